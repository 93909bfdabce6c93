// "Softmax sliders": scores, temperature, probabilities, loss and gradient.
(function (playing) {
  "use strict";

  const n = playing.number;
  const LARGEST = 10;
  const BASE = 205;
  const FULL = 160;
  const ASIDE = 40; // from the middle of a bar to its arrow
  const HEAD = 10;
  const PIXELS = 25; // that a bar is drawn up for a score that is one higher

  // From the truth to the probability, on the scale of the bars; a gap too small for a head is a dash.
  function arrow(x, truth, slope) {
    const from = BASE - FULL * truth;
    const tip = from - FULL * slope;
    if (FULL * Math.abs(slope) < HEAD) return `M${x - 5} ${tip.toFixed(2)}h10`;
    const head = slope >= 0 ? HEAD : -HEAD;
    return `M${x} ${from}V${tip.toFixed(2)}m-7 ${head}l7 ${-head}l7 ${head}`;
  }

  const QUESTIONS = [
    ["Predict: the same number is added to every score. What do the probabilities do?",
      [["They stay", true], ["The largest grows", false], ["They even out", false]], (s) => (s.scores = s.scores.map((z) => Math.min(LARGEST, z + 1))),
      "They stay, every one of them: softmax sees only differences of scores. All scores have just gone up by one."],
    ["Predict: the temperature doubles, so every score counts half. What do the probabilities do?",
      [["They stay", false], ["The largest grows", false], ["They even out", true]], (s) => (s.heat = Math.log2(2)),
      "They even out: differences of scores have been halved. Slide on, and cold makes the largest take all."],
    ["Predict: the true class is already certain. How long are the arrows?",
      [["Long", false], ["Nearly nothing", true]], (s) => { s.heat = 0; s.scores = s.scores.map((_, k) => (k === s.label ? 8 : 0)); },
      "Nearly nothing: A2 is almost Y, so there is nothing to blame and nothing to learn."],
    ["Predict: can you move the scores so that an arrow is longer than one?",
      [["Yes", false], ["No", true]], (s) => { s.heat = 0; s.scores = s.scores.map((_, k) => (k === (s.label + 1) % s.scores.length ? 8 : 0)); },
      "No: a probability lies between 0 and 1 and the truth at one of the ends, so no arrow is longer than one. Here two of them come as close as you like."],
  ];

  playing.kinds.softmax = function (root, data) {
    const find = (name) => root.querySelector(`.play-${name}`);
    const say = playing.speaker(root);
    const called = (text) => text.replace(/\b(A2|Y|Z2)\b/g, (key) => data.names[key]);
    const fresh = () => ({ scores: data.scores, label: data.label, heat: 0 });
    let state = { ...fresh(), ...valid(playing.remembered(root)) };
    let asked = 0;

    function valid(kept) {
      const good = {};
      const fits = Array.isArray(kept.scores) && kept.scores.length === data.scores.length;
      if (fits && kept.scores.every((z) => Number.isFinite(z) && Math.abs(z) <= LARGEST)) good.scores = kept.scores;
      if (Number.isInteger(kept.label) && kept.label >= 0 && kept.label < data.scores.length) good.label = kept.label;
      if (Number.isFinite(kept.heat) && Math.abs(kept.heat) <= 2) good.heat = kept.heat;
      return good;
    }

    function show(first) {
      const warmth = 2 ** state.heat;
      const { shares, gradient } = playing.softmax(state.scores.map((z) => z / warmth), state.label);
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
      });
      for (const slider of root.querySelectorAll("[data-score]")) {
        const z = state.scores[slider.dataset.score];
        slider.value = z;
        slider.parentElement.querySelector("output").textContent = n(z);
      }
      find("temperature").value = state.heat;
      find("temperature").setAttribute("aria-valuetext", n(warmth));
      find("temperature").nextElementSibling.textContent = n(warmth);
      find("label").value = state.label;
      say(sentence(), first);
    }

    function sentence() {
      const warmth = 2 ** state.heat;
      const { shares, loss, gradient } = playing.softmax(state.scores.map((z) => z / warmth), state.label);
      const list = shares.map((p, k) => `class ${k} ${n(100 * p, 1)} %`).join(", ");
      const longest = Math.max(...gradient.map(Math.abs));
      const advice = longest > 0.0005
        ? ` Each arrow is ${called("A2 − Y")}: move its score that way, and the loss rises. To make it fall, raise the score of class ${state.label} and lower the others.`
        : ` All arrows, ${called("A2 − Y")}, are almost nothing: there is little left to gain.`;
      const limit = longest > 0.95 ? ` The longest arrow is ${n(longest, 3)} long. However far you go, none is longer than one: a probability cannot be further than that from 0 or from 1.` : "";
      const note = state.heat ? ` The arrows are slopes with respect to the scores divided by ${n(warmth)}.` : "";
      return `The probabilities: ${list}. The truth is class ${state.label}, and the loss is ${n(loss, 3)}.${advice}${limit}${note}`;
    }

    function question() {
      if (asked >= QUESTIONS.length) return playing.ask(root, null);
      const [text, answers, act, because] = QUESTIONS[asked];
      playing.ask(root, text, answers, (right) => {
        state = { ...state };
        act(state);
        asked += 1;
        keep();
        playing.verdict(root, `${right ? "Yes." : "Look again."} ${called(because)}`);
        if (asked >= QUESTIONS.length) return;
        const more = playing.element("button", { type: "button" }, "Next question", root.querySelector(".play-ask"));
        more.addEventListener("click", question);
      });
    }

    function keep() {
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
