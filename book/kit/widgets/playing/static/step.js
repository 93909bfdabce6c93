// "Step through backpropagation": the stages of one pass, one step of learning, and a question
// where the next stage has a surprise.
(function (playing) {
  "use strict";

  const LIT = [
    ["X"], ["Z1", "W1", "b1"], ["A1"], ["Z2", "W2", "b2"], ["A2"], ["J", "Y"],
    ["dZ2"], ["dW2", "db2"], ["dZ1"], ["dW1", "db1"], ["W1", "b1", "W2", "b2"],
  ];
  const LINES = [
    [], ["Z1 = W1 @ X + b1"], ["A1 = np.maximum(0, Z1)"], ["Z2 = W2 @ A1 + b2"], ["A2 = softmax(Z2)"],
    ["J = -(Y * np.log(A2)).sum() / m"], ["dZ2 = A2 - Y"], ["dW2 = dZ2 @ A1.T / m", "db2 = dZ2 @ ones / m"],
    ["dZ1 = (W2.T @ dZ2) * (Z1 > 0)"], ["dW1 = dZ1 @ X.T / m", "db1 = dZ1 @ ones / m"],
    ["W1 -= alpha * dW1", "b1 -= alpha * db1", "W2 -= alpha * dW2", "b2 -= alpha * db2"],
  ];
  const ALONE = "With one example, m\u00a0=\u00a01.";
  const MEASURED = { 6: ["dZ2"], 7: ["dW2", "db2"], 8: ["dZ1"], 9: ["dW1", "db1"] };
  // Slopes in the drawing: those of a stage, and the blame from which they come.
  const SLOPES = {
    6: ["dZ2"], 7: ["dZ2", "dW2", "db2"], 8: ["dZ2", "dZ1"], 9: ["dZ1", "dW1", "db1"], 10: ["dW1", "db1", "dW2", "db2"],
  };
  // Numbers that a stage adds, for words on what has moved.
  const SEEN = [[], ["Z1"], ["A1"], ["Z2"], ["A2"], ["J"], ["dZ2"], ["dW2", "db2"], ["dZ1"], ["dW1", "db1"], []];
  const LEAST = 5e-7; // a change below this is none
  const NUDGE = 1e-4;
  const MOST = 6; // losses of steps that are listed
  const SHOW = "Show the answer";
  const n = playing.number;
  const factor = (v) => (v < 0 ? `(${n(v)})` : n(v));

  // Which sums made each number of a stage, in words with the numbers in them.
  function story(stage, f, now) {
    const sum = (layer, from) => (i) => {
      const width = Object.keys(f).filter((key) => key.startsWith(`W${layer}[${i},`)).length;
      const terms = Array.from({ length: width }, (_, j) =>
        `${factor(f[`W${layer}[${i},${j}]`])}·${factor(f[`${from}[${j}]`])}`);
      return `Z${layer}[${i}] = ${terms.join(" + ")} + ${factor(f[`b${layer}[${i}]`])} = ${n(f[`Z${layer}[${i}]`])}`;
    };
    const many = (name) => Object.keys(f).filter((key) => key.startsWith(`${name}[`)).map((_, i) => i);
    const list = (name, say) => many(name).map(say).join("; ");
    const sentence = (name, say) => playing.capital(list(name, say));
    const part = (i) => `dA1[${i}] = ${many("Z2").map((k) => `${factor(f[`W2[${k},${i}]`])}·${factor(f[`dZ2[${k}]`])}`).join(" + ")} = ${n(f[`dA1[${i}]`])}`;
    return [
      () => `Example ${now.example + 1} goes in: ${list("X", (i) => `input ${i + 1} is ${n(f[`X[${i}]`])}`)}. Its class is ${now.label}.`,
      () => `${list("Z1", sum(1, "X"))}.`,
      () => sentence("Z1", (i) => (f[`Z1[${i}]`] > 0 ? `unit ${i + 1} passes ${n(f[`Z1[${i}]`])} on` : `unit ${i + 1} has ${n(f[`Z1[${i}]`])}, which is not positive, and gives 0`)) + ".",
      () => `${list("Z2", sum(2, "A1"))}.`,
      () => `${sentence("A2", (k) => `class ${k} gets ${n(100 * f[`A2[${k}]`], 1)} %`)}. They add up to 100 %.`,
      () => `The true class ${now.label} got ${n(100 * f[`A2[${now.label}]`], 1)} %, so the loss is −log ${n(f[`A2[${now.label}]`], 3)} = ${n(f.J, 3)}.`,
      () => `${list("Z2", (k) => `dZ2[${k}] = ${n(f[`A2[${k}]`])} − ${n(f[`Y[${k}]`], 0)} = ${n(f[`dZ2[${k}]`])}`)}. A slope below 0 asks its score to rise.`,
      () => `Each weight's slope is blame times what came in: dW2[0,0] = ${factor(f["dZ2[0]"])}·${factor(f["A1[0]"])} = ${n(f["dW2[0,0]"])}. A unit that gave 0 leaves its weights without a slope. ${ALONE}`,
      () => `${list("A1", part)}. ${sentence("Z1", (i) => (f[`Z1[${i}]`] > 0 ? `unit ${i + 1} was on: dZ1[${i}] = ${n(f[`dZ1[${i}]`])}` : `unit ${i + 1} was off: dZ1[${i}] = 0`))}.`,
      () => `Once more blame times what came in: dW1[0,0] = ${factor(f["dZ1[0]"])}·${factor(f["X[0]"])} = ${n(f["dW1[0,0]"])}. ${ALONE}`,
      () => (now.taken
        ? `Now the loss of this example is ${n(f.J, 3)}. Before the step it was ${n(now.taken[1], 3)}; another step would bring it to ${n(now.after.J, 3)}.`
        : `Now the loss of this example is ${n(f.J, 3)}. Take the step, and ${now.alpha} times its slope is subtracted from each parameter: the loss will be ${n(now.after.J, 3)}.`),
    ][stage]();
  }

  function question(stage, f, now) {
    if (stage === 5) {
      return [`Predict: which way must Z2[${now.label}], the score of the true class, move to make the loss smaller?`,
        [["Up", true], ["Down", false]],
        `It must go up: its slope is ${n(f[`dZ2[${now.label}]`])}, and we walk against the slope.`];
    }
    if (stage === 7) {
      const on = Object.keys(f).filter((key) => key.startsWith("Z1[") && f[key] > 0).length;
      const all = Object.keys(f).filter((key) => key.startsWith("Z1[")).length;
      return ["Predict: how many hidden units will let blame through to the first layer?",
        Array.from({ length: all + 1 }, (_, i) => [String(i), i === on]),
        `${on} of ${all}: the mask lets blame through where Z1 was positive, and nowhere else.`];
    }
    if (stage === 9) {
      const falls = now.after.J < f.J;
      return [`Predict: after one step with alpha = ${now.alpha}, will the loss of this example be smaller?`,
        [["Smaller", falls], ["Larger", !falls]],
        falls ? `Smaller: ${n(f.J, 3)} becomes ${n(now.after.J, 3)}.` : `Not this time: ${n(f.J, 3)} becomes ${n(now.after.J, 3)}. The step was too long.`];
    }
    return null;
  }

  playing.kinds.step = function (root, data) {
    playing.element("p", { class: "play-steps" }, "", root.querySelector(".play-told"));
    const find = (name) => root.querySelector(`.play-${name}`);
    const say = playing.speaker(root);
    const called = (text) => playing.named(text, data.names);
    const last = data.stages.length - 1;
    const fresh = () => ({ params: data.params, x: null, example: data.example, stage: 0, steps: [] });
    let state = { ...fresh(), ...valid(playing.remembered(root)) };
    const inputs = () => state.x || data.X.map((row) => row[state.example]);

    function valid(kept) {
      const same = (a, b) => Array.isArray(a)
        ? Array.isArray(b) && a.length === b.length && a.every((v, i) => same(v, b[i]))
        : Number.isFinite(b);
      const good = {};
      if (Number.isInteger(kept.stage) && kept.stage >= 0 && kept.stage <= last) good.stage = kept.stage;
      if (Number.isInteger(kept.example) && kept.example >= 0 && kept.example < data.y.length) good.example = kept.example;
      if (same(data.params, kept.params)) good.params = kept.params;
      const step = (one) => same([0, 0, 0], one);
      if (Array.isArray(kept.steps) && kept.steps.length <= MOST && kept.steps.every(step)) good.steps = kept.steps;
      if (kept.x && same(data.X.map((row) => row[0]), kept.x)) good.x = kept.x;
      return good;
    }

    function measured(stage, found) {
      const rows = [];
      for (const name of MEASURED[stage] || []) {
        for (const key of Object.keys(found).filter((one) => one.startsWith(`${name}[`))) {
          const of = key.slice(1);
          const loss = (by) => of[0] === "Z"
            ? playing.run(state.params, inputs(), data.y[state.example], { [of]: by }).J
            : playing.run(playing.changed(state.params, of, found[of] + by), inputs(), data.y[state.example]).J;
          rows.push([called(key), n(found[key], 4), n((loss(NUDGE) - loss(-NUDGE)) / (2 * NUDGE), 4)]);
        }
      }
      return rows;
    }

    // What a stage has found, beside what it is compared with; the drawing shows what is now.
    function ledger(stage, found, after, place) {
      if (stage === last) {
        const [head, left, right] = taken() ? [["", "before", "now"], past, found] : [["", "now", "next"], found, after];
        const rows = Object.keys(found).filter((key) => /^[Wb]/.test(key)).map((key) => [called(key), n(left[key], 3), n(right[key], 3)]);
        playing.rows(place, head, rows, 2);
      } else if (MEASURED[stage]) {
        playing.rows(place, ["", "going back", "by ±0.0001"], measured(stage, found), 2);
      } else place.replaceChildren();
    }

    // What travels back at a stage, and along which edges; what is 0 carries nothing.
    function blame(found) {
      const [start, toBox, felt] = {
        6: ["J", false, (i) => found[`dZ2[${i}]`]],
        7: ["W2", true, (i, j) => found[`dW2[${i},${j}]`]],
        8: ["W2", false, (i, j) => found[`W2[${i},${j}]`] * found[`dZ2[${i}]`]],
        9: ["W1", true, (i, j) => found[`dW1[${i},${j}]`]],
      }[state.stage] || [];
      const ends = {};
      if (!start) return ends;
      for (const { dataset } of root.querySelectorAll(`svg line[data-edge^="${start}["]`)) {
        const [i, j] = dataset.edge.match(/\d+/g).slice(start === "J" ? 0 : 1);
        if (felt(i, j) !== 0) ends[dataset.edge] = toBox;
      }
      return ends;
    }

    // The losses of the steps as a trace; where something else was changed between two, it begins anew.
    function trace(steps) {
      if (!steps.length) return "";
      const losses = steps.map(([, before, after], i) => {
        const goesOn = i && n(steps[i - 1][2], 3) === n(before, 3);
        return `${goesOn ? "" : `${i ? "; " : ""}${n(before, 3)}`} → ${n(after, 3)}`;
      });
      const [count] = steps.at(-1);
      return `After ${count} ${count === 1 ? "step" : "steps"}: loss ${losses.join("")}.`;
    }

    // The table behind the summary: the numbers as they are now.
    const keyOf = Object.fromEntries(Object.keys(playing.run(data.params, inputs(), data.y[0])).map((key) => [called(key), key]));
    function numbers(found) {
      for (const { cells } of root.querySelectorAll(".play-table tbody tr")) {
        const key = keyOf[cells[0].textContent];
        cells[1].textContent = n(found[key], 4);
        if (cells[2].textContent) cells[2].textContent = n(found[`d${key}`], 4);
      }
    }

    function title(stage, place) {
      place.replaceChildren(`${stage + 1} of ${last + 1}. ${data.stages[stage]}`);
      for (const line of LINES[stage]) playing.code(line, place);
    }

    let passed = null; // the question that a reader went past
    let past = null; // the numbers before the step that was just taken
    const taken = () => past && state.steps.at(-1);
    function nowOf(stage) {
      const label = data.y[state.example];
      const found = playing.run(state.params, inputs(), label);
      const after = playing.run(playing.stepped(state.params, found, data.alpha), inputs(), label);
      const now = { example: state.example, label, alpha: data.alpha, after, taken: taken() };
      return { found, after, said: called(story(stage, found, now)), asked: question(stage, found, now) };
    }

    function show(first) {
      const { found, after, said, asked } = nowOf(state.stage);
      title(state.stage, find("title"));
      playing.draw(root, found, Math.min(state.stage, 9), SLOPES[state.stage] || []);
      playing.spotlight(root, LIT[state.stage]);
      numbers(found);
      find("stage").value = state.stage;
      find("stage").setAttribute("aria-valuetext", data.stages[state.stage]);
      find("example").value = state.example;
      find("back").disabled = state.stage === 0;
      find("next").setAttribute("aria-disabled", String(state.stage === last));
      find("take").setAttribute("aria-disabled", String(state.stage !== last));
      find("take").textContent = state.steps.length ? "Take another step" : "Take this step";
      playing.blame(root, blame(found));
      const steps = [change(found), state.stage === last ? trace(state.steps) : ""].filter(Boolean).join(" ");
      find("steps").textContent = steps;
      say(said, first, steps && ` ${steps}`);
      const answered = (judged) => {
        move(state.stage + 1);
        playing.verdict(root, `${judged} ${called(asked[2])}`);
      };
      playing.ask(root, asked && called(asked[0]), asked && [...asked[1], [SHOW, null]], (right) =>
        answered(right === null ? "The answer:" : right ? "Yes." : "Look again."));
      if (passed) playing.fold(find("ask"), passed[0], passed[1]);
      ledger(state.stage, found, after, find("beside"));
      tell();
    }

    function get(key) {
      const [, name, i] = key.match(/^(\w+)\[(\d+)/);
      return name === "X" ? inputs()[+i] : playing.run(state.params, inputs(), data.y[state.example])[key];
    }
    // What a number that is dragged has moved, since a reader took hold of it: how many of each matrix.
    let held = null;
    function change(found) {
      if (!held || found[held.key] === held.found[held.key]) return "";
      const known = data.stages.slice(0, state.stage + 1).flatMap((_, stage) => SEEN[stage]);
      const moved = known.map((name) => {
        const all = Object.keys(found).filter((key) => key === name || key.startsWith(`${name}[`));
        const some = all.filter((key) => Math.abs(found[key] - held.found[key]) > LEAST);
        if (!some.length) return "";
        if (name === "J") return `the loss (${n(held.found.J, 3)} → ${n(found.J, 3)})`;
        return some.length === all.length ? `all of ${name}` : some.map(called).join(", ");
      });
      return `${called(held.key)}: ${n(held.found[held.key])} → ${n(found[held.key])}. Moved with it: ${moved.filter(Boolean).join("; ") || "nothing yet"}.`;
    }
    function letGo() {
      held = null;
      past = null;
      passed = null;
    }
    function set(key, value) {
      past = null;
      passed = null;
      if (!held || held.key !== key) held = { key, found: playing.run(state.params, inputs(), data.y[state.example]) };
      if (key.startsWith("X")) {
        state.x = inputs().slice();
        state.x[+key.match(/\d+/)[0]] = value;
      } else state.params = playing.changed(state.params, key, value);
      keep();
    }
    function keep() {
      playing.remember(root, state);
      show(false);
    }
    function move(stage) {
      letGo();
      state.stage = playing.clamp(stage, 0, last);
      keep();
    }
    const told = (key) =>
      state.stage >= 9 && !key.startsWith("X")
        ? `${n(get(key))}, slope ${n(playing.run(state.params, inputs(), data.y[state.example])[`d${key}`])}`
        : n(get(key));
    // Who cannot drag presses a number, and then a button for less or more of it.
    let chosen = root.querySelector("svg [data-handle]");
    function choose(key) {
      chosen.classList.remove("is-chosen");
      chosen = root.querySelector(`svg [data-handle="${key}"]`);
      chosen.classList.add("is-chosen");
      find("of").textContent = called(key);
      find("by").setAttribute("aria-label", `${called(key)} by a tenth`);
    }
    const tell = playing.handles(root, data.names, get, set, told, undefined, choose);
    for (const button of root.querySelectorAll("[data-press]")) {
      button.addEventListener("click", () => chosen.dispatchEvent(new KeyboardEvent("keydown", { key: button.dataset.press, cancelable: true })));
    }

    // Who goes on without an answer finds the question folded beside what was asked.
    find("next").addEventListener("click", () => {
      if (state.stage >= last) return;
      const { asked } = nowOf(state.stage);
      move(state.stage + 1);
      if (!asked) return;
      passed = [called(asked[0]), called(asked[2])];
      show(false);
    });
    find("take").addEventListener("click", () => {
      if (state.stage !== last) return;
      const label = data.y[state.example];
      const found = playing.run(state.params, inputs(), label);
      state.params = playing.stepped(state.params, found, data.alpha);
      const count = state.steps.length ? state.steps.at(-1)[0] + 1 : 1;
      const after = playing.run(state.params, inputs(), label).J;
      state.steps = [...state.steps, [count, found.J, after]].slice(-MOST);
      const question = count === 1 ? passed : null;
      letGo();
      [past, passed] = [found, question];
      keep();
    });
    find("back").addEventListener("click", () => move(state.stage - 1));
    find("stage").addEventListener("input", (event) => move(Number(event.target.value)));
    find("example").addEventListener("change", (event) => {
      state.example = Number(event.target.value);
      state.x = null;
      state.steps = [];
      letGo();
      keep();
    });
    find("reset").addEventListener("click", () => {
      state = fresh();
      letGo();
      show(false);
      playing.remember(root, null);
    });
    const stages = data.stages.map((_, stage) => stage);
    const longest = trace(Array.from({ length: MOST }, (_, i) => [10 + i, 1, 1]));
    playing.reserve(find("panel"), () => stages.flatMap((stage) => {
      const { said, asked } = nowOf(stage);
      const before = stage && nowOf(stage - 1).asked;
      const whole = (told) => (place) => {
        title(stage, playing.element("p", { class: "play-title" }, "", place));
        told(place);
      };
      return [
        whole(playing.told(said, asked && called(asked[0]), asked && [...asked[1], [SHOW]], stage === last && longest)),
        whole(playing.told(said, before && `Look again. ${called(before[2])}`, [], stage === last && longest)),
      ];
    }));
    const complete = find("says").textContent;
    playing.printed(() => {
      const found = playing.run(data.params, data.X.map((row) => row[data.example]), data.y[data.example]);
      playing.draw(root, found, 9);
      playing.blame(root, {});
      playing.spotlight(root, []);
      find("says").textContent = complete;
    }, () => show(true));
    show(true);
  };
})(window.playing);
