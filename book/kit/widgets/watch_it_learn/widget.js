// The widget "Watch it learn": the page's Python trains the network with nnfs, a few steps a call,
// and the page draws what it reports. To pause is not to ask for more. Nothing is computed here.
(function (watchItLearn) {
  "use strict";

  const BEGIN = `from sphinx_live_cells.browser import send_event
from kit.widgets.watch_it_learn.browser.training import Watched, digits

watched = Watched(*digits(), **settings)`;
  const report = (how) => `send_event("report", watched.advance(${how}))`;
  const LOST = "Python was stopped, and the training with it. Start begins anew.";
  const SELDOM = 5000; // milliseconds between two summaries to a screen reader while it runs
  const SOON = 1000; // and otherwise

  const root = document.querySelector(".watch-it-learn");
  if (root === null) return;
  const find = (name) => root.querySelector(`.watch-${name}`);
  const form = find("settings");
  const last = Number(root.dataset.last);
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const nothing = () => ({ loss: [], accuracy: [], weights: null, start: null, problem: "" });
  let current = nothing();
  let previous = nothing();
  let begun = false; // Python holds this training
  let wanted = null; // "run", "step", or nothing more
  let working = false;
  let round = 0; // of the settings; what an earlier one still reports is dropped

  watchItLearn.history = () => ({ loss: [...current.loss], accuracy: [...current.accuracy] });

  const settings = () => ({
    alpha: Number(form.elements.alpha.value),
    scheme: form.elements.scheme.value,
    width: Number(form.elements.width.value),
    mask: form.elements.mask.checked,
  });

  // At rest the status says what there is to do. Both texts say the same, one of them seldom.
  let timer = null;
  let told = 0;
  let tick = null; // counts seconds for the eye while Python loads
  function say(text, state) {
    tick?.();
    find("status").textContent = text;
    find("status").dataset.state = state;
    clearTimeout(timer);
    const wait = told + (state === "running" ? SELDOM : SOON) - performance.now();
    timer = setTimeout(() => {
      told = performance.now();
      find("unseen").textContent = text;
    }, Math.max(wait, 0));
  }

  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  const summary = () =>
    `Iteration ${current.loss.length}, loss ${current.loss.at(-1).toFixed(2)}, ` +
    `accuracy ${percent(current.accuracy.at(-1))}.`;

  const drawLoss = watchItLearn.curve(find("loss"), {
    name: "Loss",
    last,
    chance: Math.log(10),
    top: (most) => 2 * Math.ceil(most / 2),
    words: (loss) => `${loss.toFixed(2)} nats`,
  });
  const drawAccuracy = watchItLearn.curve(find("accuracy"), {
    name: "Accuracy",
    last,
    chance: 10,
    top: () => 100,
    words: (accuracy) => `${accuracy.toFixed(0)} %`,
  });

  function picture(unit) {
    if (current.weights === null || unit >= current.weights.shape[0]) return null;
    const [first, end] = [784 * unit, 784 * (unit + 1)];
    const weights = current.weights.data.slice(first, end);
    if (find("view").value === "weights") return weights;
    return weights.map((w, j) => w - current.start.data[first + j]);
  }

  function draw() {
    drawLoss(current.loss, previous.loss);
    const scaled = (run) => run.accuracy.map((share) => 100 * share);
    drawAccuracy(scaled(current), scaled(previous));
    const canvases = [...find("pictures").children];
    canvases.forEach((canvas, unit) => watchItLearn.paintWeights(canvas, picture(unit)));
    const count = current.weights === null ? 0 : current.weights.shape[0];
    const what = find("view").value === "weights" ? "weights" : "what training added to the weights";
    find("pictures").setAttribute(
      "aria-label",
      count ? `A picture for each of ${count} hidden units: ${what}` : "No pictures yet",
    );
  }

  const over = () => current.problem !== "" || current.loss.length >= last;

  function show() {
    const runs = wanted === "run";
    find("run").textContent = runs ? "Pause" : "Start";
    find("run").disabled = find("step").disabled = over();
  }

  function showNumbers() {
    if (current.problem) say(`It ${current.problem.replace(/^training /, "")}.`, "failed");
    else if (over()) say(`${summary()} This was the last.`, "done");
    else if (wanted === "run") say(summary(), "running");
    else say(`${summary()} Paused.`, "paused");
  }

  function hear(message) {
    if (message.kind !== "progress") return;
    const text = livePython.progress(message);
    say(`${text}.`, "busy");
    tick ||= livePython.ticking((seconds) => (find("status").textContent = seconds));
    tick(text);
  }

  async function ask(code, variables = {}) {
    let value = null;
    let problem = "Python could not do it.";
    const options = { name: "watch it learn", space: "watch it learn", variables };
    const succeeded = await livePython.run(code, options, (message) => {
      hear(message);
      if (message.kind === "event") value = message.value;
      if (message.kind === "error") problem = message.summary;
    });
    if (!succeeded) throw new Error(problem);
    return value;
  }

  function take({ loss, accuracy, weights, start, problem }) {
    current.loss.push(...loss.data);
    current.accuracy.push(...accuracy.data);
    Object.assign(current, { weights, start, problem });
    if (wanted === "step" || over()) wanted = null;
    draw();
    showNumbers();
  }

  // One call after the other as long as something is wanted; a hidden page waits.
  async function work() {
    if (working) return;
    working = true;
    while (wanted !== null) {
      const mine = round;
      try {
        if (!begun) {
          if (livePython.running) say("Waiting for Python.", "busy");
          await ask(BEGIN, { settings: settings() });
          if (mine !== round) continue;
          begun = true;
          if (wanted === null) {
            say("Python is ready. Paused before the first iteration.", "paused");
            continue;
          }
        }
        const seconds = still.matches ? 1 : 0.1;
        const reported = await ask(report(wanted === "step" ? "steps=1" : `seconds=${seconds}`));
        if (mine === round) take(reported);
      } catch (error) {
        if (mine !== round) continue;
        forget();
        say(error.stopped ? LOST : error.message, "failed");
      }
      show();
      await new Promise(requestAnimationFrame);
    }
    working = false;
  }

  // Python no longer has the training. Its curve stays until the next begins.
  function forget() {
    begun = false;
    wanted = null;
    round += 1;
    show();
  }

  function restart() {
    forget();
    previous = current;
    current = nothing();
    draw();
    show();
  }

  function lose() {
    if (!begun) return;
    forget();
    say(LOST, "failed");
  }

  function want(what) {
    // Not earlier: the page's Python may come with a later script. The same listener counts once.
    livePython.addEventListener("stopped", lose);
    if (!begun && current.loss.length > 0) restart();
    wanted = what;
    if (!begun) say("Loading Python.", "busy");
    show();
    work();
  }

  find("run").addEventListener("click", () => {
    if (wanted !== "run") return want("run");
    wanted = null;
    show();
    if (current.loss.length) showNumbers();
    else say("Paused before the first iteration.", "paused");
  });
  find("step").addEventListener("click", () => want("step"));
  find("reset").addEventListener("click", () => {
    restart();
    say("At the start again.", "new");
  });
  form.addEventListener("change", () => {
    if (current.loss.length === 0 && wanted === null) return;
    restart();
    say("A new training, with these settings.", "new");
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  find("view").addEventListener("change", draw);
  draw();
  show();
})((globalThis.watchItLearn = globalThis.watchItLearn || {}));
