// "Softmax sliders": scores, temperature, probabilities, loss and gradient.
(function (playing) {
  "use strict";

  const n = playing.number;
  const LARGEST = 5;
  const BASE = 205;
  const FULL = 160;
  const ASIDE = 40; // from the middle of a bar to its arrow
  const HEAD = 10;
  const LEAST = 6; // the smallest head
  const DASH = 1.5; // what is too short to be seen
  const PIXELS = 25; // that a bar is drawn up for a score that is one higher

  // From the truth to the probability, on the scale of the bars; a gap that cannot be seen is a dash.
  function arrow(x, truth, slope) {
    const from = BASE - FULL * truth;
    const tip = from - FULL * slope;
    const long = FULL * Math.abs(slope);
    if (long < DASH) return `M${x - 5} ${tip.toFixed(2)}h10`;
    const head = Math.sign(slope) * Math.min(HEAD, Math.max(LEAST, long));
    return `M${x} ${from}V${tip.toFixed(2)}m-7 ${head.toFixed(2)}l7 ${(-head).toFixed(2)}l7 ${head.toFixed(2)}`;
  }

  const QUESTIONS = [
    ["Predict: the same number is added to every score. What do the probabilities do?",
      [["They stay", true], ["The largest grows", false], ["They even out", false]], (s) => {
        const by = Math.max(...s.scores) < LARGEST ? Math.min(1, LARGEST - Math.max(...s.scores)) : -1;
        s.scores = s.scores.map((z) => Math.max(-LARGEST, z + by));
        return ` All scores have just gone ${by > 0 ? "up" : "down"} by ${n(Math.abs(by), by % 1 ? 2 : 0)}.`;
      },
      "They stay, every one of them: softmax sees only differences of scores."],
    ["Predict: the temperature doubles, so every score counts half. What do the probabilities do?",
      [["They stay", false], ["The largest grows", false], ["They even out", true]], (s) => {
        if (s.scores.every((z) => z === s.scores[0])) s.scores = [...s.scores.keys()].map((k) => k - 1);
        s.heat = s.heat > 1 ? 1 : s.heat + 1;
      },
      "They even out: differences of scores have been halved. Slide on, and cold makes the largest take all."],
    ["Predict: the true class is already certain. How long are the arrows?",
      [["Long", false], ["Nearly nothing", true]], (s) => { s.heat = 0; s.scores = s.scores.map((_, k) => (k === s.label ? LARGEST : -LARGEST)); },
      "Nearly nothing: A2 is almost Y, so there is nothing to blame and nothing to learn."],
    ["Predict: can you move the scores so that an arrow is longer than one?",
      [["Yes", false], ["No", true]], (s) => { s.heat = 0; s.scores = s.scores.map((_, k) => (k === (s.label + 1) % s.scores.length ? LARGEST : -LARGEST)); },
      "No: a probability lies between 0 and 1 and the truth at one of the ends, so no arrow is longer than one. Here two of them come as close as you like."],
  ];

  playing.kinds.softmax = function (root, data) {
    const find = (name) => root.querySelector(`.play-${name}`);
    const say = playing.speaker(root);
    const called = (text) => text.replace(/\b(A2|Y|Z2)\b/g, (key) => data.names[key]);
    const fresh = () => ({ scores: data.scores, label: data.label, heat: 0 });
    let state = { ...fresh(), ...valid(playing.remembered(root)) };
    const rows = [...root.querySelectorAll(".play-table tbody tr")];
    let asked = 0;
    let told = false; // whether an answer stands there; it speaks of this very moment

    function valid(kept) {
      const good = {};
      const fits = Array.isArray(kept.scores) && kept.scores.length === data.scores.length;
      if (fits && kept.scores.every((z) => Number.isFinite(z) && Math.abs(z) <= LARGEST)) good.scores = kept.scores;
      if (Number.isInteger(kept.label) && kept.label >= 0 && kept.label < data.scores.length) good.label = kept.label;
      if (Number.isFinite(kept.heat) && Math.abs(kept.heat) <= 2) good.heat = kept.heat;
      return good;
    }

    // Softmax takes scores divided by the temperature, so a score itself is felt that much less.
    function computed() {
      const warmth = 2 ** state.heat;
      const { shares, loss, gradient } = playing.softmax(state.scores.map((z) => z / warmth), state.label);
      return { warmth, shares, loss, gradient, slopes: gradient.map((gap) => gap / warmth) };
    }
    function show(first) {
      const { warmth, shares, gradient, slopes } = computed();
      shares.forEach((p, k) => {
        const group = root.querySelector(`svg [data-class="${k}"]`);
        const bar = group.querySelector(".play-share");
        const x = Number(bar.getAttribute("x")) + 26;
        bar.setAttribute("y", (BASE - FULL * p).toFixed(2));
        bar.setAttribute("height", (FULL * p).toFixed(2));
        const truth = k === state.label ? 1 : 0;
        group.classList.toggle("is-true", Boolean(truth));
        group.querySelector(".play-truth").setAttribute("d", `M${x - 32} ${BASE - FULL * truth}h64`);
        group.querySelector(".play-arrow").setAttribute("d", arrow(x + ASIDE, truth, gradient[k]));
        const write = (key, text) => (group.querySelector(`[data-key="${key}[${k}]"]`).textContent = text);
        write("A2", n(p, 3));
        write("Y", String(truth));
        write("dZ2", playing.signed(gradient[k], 3));
        write("slope", playing.signed(slopes[k], 3));
        [n(state.scores[k]), n(p, 3), String(truth), n(gradient[k], 3), n(slopes[k], 3)].forEach((text, i) => {
          rows[k].querySelectorAll("td")[i].textContent = text;
        });
      });
      for (const slider of root.querySelectorAll("[data-score]")) {
        const z = state.scores[slider.dataset.score];
        slider.value = z;
        slider.parentElement.querySelector(".play-said").textContent = n(z);
      }
      find("temperature").value = state.heat;
      find("temperature").setAttribute("aria-valuetext", n(warmth));
      find("temperature").nextElementSibling.textContent = n(warmth);
      find("label").value = state.label;
      root.classList.toggle("is-warm", state.heat !== 0);
      for (const button of root.querySelectorAll("[data-preset]")) button.setAttribute("aria-pressed", String(isAt(data.presets[button.dataset.preset])));
      say(sentence(), first);
    }

    const isAt = ({ scores, heat }) => heat === state.heat && scores.every((z, k) => z === state.scores[k]);

    function sentence() {
      const { warmth, shares, loss, gradient } = computed();
      const longest = Math.max(...gradient.map(Math.abs));
      const arrows = longest <= 0.0005 ? "The arrows are almost nothing."
        : longest > 0.95 ? `The longest arrow is ${n(longest, 3)}; none is longer than one.`
          : state.heat ? "Against the arrows it falls." : called("Against the arrows, A2 − Y, it falls.");
      const slope = state.heat ? called(` Each slope is (A2\u00a0−\u00a0Y)/${n(warmth)}.`) : "";
      return `Class ${state.label}, the truth, gets ${n(100 * shares[state.label], 1)} %: the loss is ${n(loss, 3)}. ${arrows}${slope}`;
    }

    function question() {
      told = false;
      if (asked >= QUESTIONS.length) return playing.ask(root, null);
      const [text, answers, act, because] = QUESTIONS[asked];
      playing.ask(root, text, answers, (right) => {
        state = { ...state };
        const done = act(state) || "";
        asked += 1;
        keep();
        playing.verdict(root, `${right ? "Yes." : "Look again."} ${called(because)}${done}`);
        told = true;
        if (asked >= QUESTIONS.length) return;
        const more = playing.element("button", { type: "button" }, "Next question", root.querySelector(".play-ask"));
        more.addEventListener("click", question);
      });
    }

    function keep() {
      if (told) question();
      playing.remember(root, state);
      show(false);
    }
    for (const slider of root.querySelectorAll("[data-score]")) {
      slider.addEventListener("input", () => {
        state.scores = state.scores.map((z, k) => (k === Number(slider.dataset.score) ? Number(slider.value) : z));
        keep();
      });
    }
    for (const button of root.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", () => {
        state = { ...state, ...data.presets[button.dataset.preset] };
        keep();
      });
    }
    // A bar is drawn up and down, too; a finger that does so scrolls the page.
    for (const group of root.querySelectorAll("svg [data-class]")) {
      const k = Number(group.dataset.class);
      let from = null;
      group.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        group.setPointerCapture(event.pointerId);
        from = [event.clientY, state.scores[k]];
        group.classList.add("is-held");
      });
      group.addEventListener("pointermove", (event) => {
        if (!from) return;
        const drawn = Math.round(20 * (from[1] + (from[0] - event.clientY) / PIXELS)) / 20;
        state.scores = state.scores.map((z, i) => (i === k ? playing.clamp(drawn, -LARGEST, LARGEST) : z));
        keep();
      });
      for (const end of ["pointerup", "pointercancel"]) {
        group.addEventListener(end, () => {
          from = null;
          group.classList.remove("is-held");
        });
      }
    }
    // The same for all or for none: at the end of a slider a difference would be lost.
    for (const button of root.querySelectorAll("[data-add]")) {
      button.addEventListener("click", () => {
        const moved = state.scores.map((z) => Math.round((z + Number(button.dataset.add)) * 1e6) / 1e6);
        if (moved.every((z) => Math.abs(z) <= LARGEST)) state = { ...state, scores: moved };
        keep();
      });
    }
    find("temperature").addEventListener("input", (event) => {
      state.heat = Number(event.target.value);
      keep();
    });
    find("label").addEventListener("change", (event) => {
      state.label = Number(event.target.value);
      keep();
    });
    find("reset").addEventListener("click", () => {
      state = fresh();
      asked = 0;
      question();
      show(false);
      playing.remember(root, null);
    });
    playing.reserve(find("panel"), () => {
      const kept = state;
      const fills = Object.values(data.presets).flatMap((place) => {
        state = { ...state, ...place };
        const said = sentence();
        return QUESTIONS.flatMap(([text, answers, , because]) => [
          playing.told(said, text, answers),
          playing.told(said, `Look again. ${called(because)}`, [["Next question"]]),
        ]);
      });
      state = kept;
      return fills;
    });
    question();
    show(true);
  };
})(window.playing);
