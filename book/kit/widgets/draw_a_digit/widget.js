// The widget "Draw a digit": what is drawn on the pad goes through the networks of this build, and
// the page shows what they make of it. Nothing is sent anywhere.
//
// The page holds a JSON list of the networks. The first comes with its weights; a later one names a
// script beside this file, which is added to the page at the first stroke and then calls
// drawADigit.deliver(script's name, weights). Scripts, unlike fetch, also load from a folder.
(function (drawADigit) {
  "use strict";

  const FOLDER = document.currentScript.src.replace(/[^/]*$/, "");
  const QUIET = 700; // milliseconds without a change before a screen reader is told
  const root = document.querySelector(".draw-a-digit");
  const list = document.querySelector("script.draw-a-digit-networks");
  if (root === null || list === null) return;

  const find = (name) => root.querySelector(`.digit-${name}`);

  // No probability is one; a number that would be rounded to it says so. It stays on one line with its unit.
  function percent(share) {
    return share < 1 && share > 0.999 ? ">99.9\u00a0%" : `${(100 * share).toFixed(1)}\u00a0%`;
  }

  const networks = JSON.parse(list.textContent).map((described, index) => ({
    ...described,
    card: root.querySelectorAll(".digit-network")[index],
    found: null,
    ready: described.weights ? drawADigit.network(described.widths, described.weights) : null,
  }));
  let chosen = 0;
  let image = null;
  let waiting = false;

  const pad = drawADigit.pad(find("ink"), find("cursor"), {
    changed() {
      if (!waiting) requestAnimationFrame(read);
      waiting = true;
    },
    said: announce,
  });

  function read() {
    waiting = false;
    image = drawADigit.prepare(pad.ink(), pad.side, pad.side);
    if (image !== null && !recording) load();
    show();
  }

  // A prepared digit is drawn when the pad comes into view, and read by the network that the page
  // carries. The first touch of a reader wipes it off.
  let recording = false;
  let stop = () => {};
  function replay() {
    recording = true;
    root.classList.add("is-recorded");
    const scaled = ({ x, y }) => ({ x: x * pad.side, y: y * pad.side });
    stop = drawADigit.replay(
      (from, to) => pad.line(scaled(from), scaled(to)),
      () => root.classList.add("is-read"),
    );
  }

  function forget() {
    watch?.disconnect();
    if (!recording) return;
    stop();
    recording = false;
    root.classList.remove("is-recorded", "is-read");
    pad.clear();
  }

  let watch = null;
  if ("recorded" in root.dataset) {
    watch = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watch.disconnect();
      replay();
    });
    watch.observe(find("ink"));
    find("ink").addEventListener("pointerdown", forget, { capture: true });
    find("ink").addEventListener("keydown", ({ key }) => key === "Tab" || key === "Shift" || forget(), { capture: true });
    find("clear").addEventListener("click", forget, { capture: true });
  }

  function load() {
    for (const network of networks) {
      if (!network.script || network.asked) continue;
      network.asked = true;
      const script = document.createElement("script");
      script.src = FOLDER + network.script;
      script.onerror = () => {
        network.failed = true;
        show();
      };
      document.head.append(script);
    }
  }

  drawADigit.deliver = function (script, weights) {
    const network = networks.find((one) => one.script === script);
    network.ready = drawADigit.network(network.widths, weights);
    show();
  };

  function show() {
    for (const network of networks) {
      network.found = image && network.ready ? drawADigit.forward(network.ready, image) : null;
      showAnswer(network);
    }
    find("who").textContent = who();
    showInside(networks[chosen]);
    root.classList.toggle("is-empty", image === null);
    announce("");
  }

  function showAnswer({ card, found, failed, ready }) {
    const sure = found && percent(found.probabilities[found.answer]);
    card.classList.toggle("is-waiting", recording && !found);
    card.querySelector(".digit-answer").textContent = found ? found.answer : "–";
    card.querySelector(".digit-sure").textContent =
      sure || (failed ? "not loaded" : ready || !image ? "" : recording ? "Draw, and it reads yours" : "loading");
  }

  // Who reads, and what: the page's own network reads a prepared digit, both read a reader's.
  function who() {
    if (image === null && !recording) return "Draw a digit, and two networks read it. Choose one to look into.";
    if (recording) return "The small network reads a prepared digit. Draw, and both read yours.";
    const alone = networks.some(({ failed }) => failed);
    return alone ? "The small network reads your digit." : "Both networks read your digit. Choose one to look into.";
  }

  function showInside(network) {
    const { found, ready, widths } = network;
    root.classList.toggle("is-unread", !found);
    drawADigit.paintImage(find("prepared"), image);
    drawADigit.paintImage(find("under"), found && image, 0.16);
    drawADigit.paintContributions(
      find("contributions"),
      found && drawADigit.contributions(ready, found, image),
    );
    const layers = found ? found.hidden : widths.slice(1, -1).map((n) => new Float64Array(n));
    drawADigit.paintHidden(find("hidden"), layers);
    find("whose").textContent = `from the ${network.name}`;
    const on = (units) => `${units.filter((a) => a > 0).length} of ${units.length} are on.`;
    find("on").textContent = found ? layers.map(on).join(" ") : "";
    find("for").textContent = found ? `Which pixels say ${found.answer}?` : "Which pixels?";
    root.querySelectorAll(".digit-probabilities li").forEach((row, k) => {
      const share = found ? found.probabilities[k] : 0;
      row.classList.toggle("is-answer", found !== null && k === found.answer);
      row.querySelector(".digit-bar").style.setProperty("--share", share);
      row.querySelector(".digit-share").textContent = found ? percent(share) : "–";
    });
  }

  // A screen reader hears the last thing that happened at the pad and the answers, once the pen has
  // rested.
  let timer = null;
  let last = "";
  function announce(words) {
    if (recording) return;
    last = words || last;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const answers = networks
        .filter(({ found }) => found)
        .map(({ label, found }) => {
          return `${label}: ${found.answer}, ${percent(found.probabilities[found.answer])}.`;
        });
      const found = image ? answers : ["The pad is empty."];
      find("status").textContent = [last, ...found].join(" ").trim();
      last = "";
    }, QUIET);
  }

  networks.forEach((network, index) => {
    network.name = index ? "larger network" : "small network";
    network.label = index ? "Larger network" : "Small network";
    network.card.querySelector(".digit-label").textContent = network.label;
    network.card.querySelector(".digit-score").textContent =
      `${network.described}. Reads ${percent(network.accuracy)} of the ${network.tested} correctly.`;
    const choice = network.card.querySelector("input");
    if (choice.checked) chosen = index;
    choice.addEventListener("change", () => {
      chosen = index;
      show();
    });
  });
  find("clear").addEventListener("click", () => {
    pad.clear();
    announce("Cleared.");
  });
  showInside(networks[chosen]);
})(globalThis.drawADigit);
