// "One nudge": a parameter is pushed, and what moves because of it is marked on the way to the loss.
(function (playing) {
  "use strict";

  const SEEN = 5e-7; // a change below this is none
  const n = playing.number;

  playing.kinds.nudge = function (root, data) {
    const find = (name) => root.querySelector(`.play-${name}`);
    const say = playing.speaker(root);
    const x = data.X.map((row) => row[data.example]);
    const label = data.y[data.example];
    const before = playing.run(data.params, x, label);
    const keys = data.parameters;
    const called = (text) => playing.named(text, data.names);
    const fresh = () => ({ which: data.start, by: 0, guessed: false });
    let state = { ...fresh(), ...valid(playing.remembered(root)) };
    let slopes = {};
    let passes = 1;
    let wentBack = false;

    function valid(kept) {
      const good = {};
      if (keys.includes(kept.which)) good.which = kept.which;
      if (Number.isFinite(kept.by) && Math.abs(kept.by) <= 0.5) good.by = kept.by;
      if (kept.guessed === true) good.guessed = true;
      return good;
    }
    const pushed = (key, by) => playing.run(playing.changed(data.params, key, before[key] + by), x, label);

    function mark(after) {
      const moved = (key) => Math.abs(after[key] - before[key]) > SEEN;
      for (const edge of root.querySelectorAll("svg [data-edge]")) {
        const [, name, i, j] = edge.dataset.edge.match(/^(\w+)\[(\d+)(?:,(\d+))?\]$/);
        const carries = {
          W1: () => edge.dataset.edge === state.which && moved(`Z1[${i}]`),
          W2: () => (edge.dataset.edge === state.which || moved(`A1[${j}]`)) && moved(`Z2[${i}]`),
          J: () => moved(`A2[${i}]`),
        }[name];
        edge.classList.toggle("is-moved", carries());
      }
      for (const place of root.querySelectorAll("svg text")) {
        const held = place.querySelector("[data-key]");
        if (held) place.classList.toggle("is-moved", moved(held.dataset.key) && (held.dataset.key !== "J" || state.guessed));
      }
      for (const handle of root.querySelectorAll("svg [data-handle]")) {
        handle.classList.toggle("is-chosen", handle.dataset.handle === state.which);
      }
    }

    function journey(after) {
      const change = (key) => `${called(key)} ${playing.signed(after[key] - before[key], 4)}`;
      const parts = ["Z1", "A1", "Z2", "A2"].map((name) =>
        Object.keys(before).filter((key) => key.startsWith(`${name}[`) && Math.abs(after[key] - before[key]) > SEEN).map(change).join(", "));
      return parts.filter(Boolean).join(", then ");
    }

    function ledger() {
      const found = Object.keys(slopes).length;
      const rows = keys.map((key) => [called(key), key in slopes ? n(slopes[key], 4) : "?", ...(wentBack ? [n(before[`d${key}`], 4)] : [])]);
      const place = find("beside");
      playing.rows(place, ["", "by a nudge", wentBack ? "by one pass back" : ""].slice(0, wentBack ? 3 : 2), rows, 2);
      const paid = `${passes}, ${passes > 1 ? "one of them " : ""}before any nudge`;
      const price = `Slopes found by nudging: ${found} of ${keys.length}. Forward passes so far: ${paid}.`;
      playing.element("p", { class: "play-price" }, wentBack ? `${price} One pass forward and one back found all ${keys.length}.` : price, place);
      const button = (text, act) => {
        const made = playing.element("button", { type: "button" }, text, place);
        made.addEventListener("click", () => {
          act();
          show(false);
          (place.querySelector("button") || find("push")).focus();
        });
      };
      if (found < keys.length) button("Nudge all the others", () => keys.forEach(measure));
      if (data.back && !wentBack) button("Go back once instead", () => (wentBack = true));
    }

    function measure(key) {
      if (key in slopes) return;
      slopes[key] = (pushed(key, 1e-4).J - before.J) / 1e-4;
      passes += 1;
    }

    function show(first) {
      const after = pushed(state.which, state.by);
      find("which").value = state.which;
      find("push").value = state.by;
      find("push").setAttribute("aria-valuetext", `${called(state.which)} pushed by ${playing.signed(state.by)}`);
      find("value").textContent = playing.signed(state.by);
      playing.draw(root, after, 5);
      const loss = root.querySelector('svg [data-key="J"]');
      if (!state.guessed) loss.textContent = state.by ? "?" : n(before.J, 3);
      mark(after);
      const change = after.J - before.J;
      const way = Math.abs(before[`d${state.which}`]) < 1e-9 ? "Nothing" : before[`d${state.which}`] > 0 ? "Up" : "Down";
      if (!state.guessed) {
        playing.ask(root, `Predict: ${called(state.which)} is pushed up a little. Which way does the loss go?`,
          ["Up", "Down", "Nothing"].map((answer) => [answer === "Nothing" ? "It stays" : answer, answer === way]),
          (right) => {
            state.guessed = true;
            measure(state.which);
            if (!state.by) state.by = 0.1;
            keep();
            const slope = before[`d${state.which}`];
            playing.verdict(root, `${right ? "Yes." : "Look again."} ${way === "Nothing" ? "It stays: no path carries the push to the loss." : `It goes ${way.toLowerCase()}: the slope is ${n(slope, 3)}.`} Now push as you like.`);
          });
      }
      const felt = `${n(Math.abs(change), 4)}, or ${n(Math.abs(change / state.by), 3)} per unit of push`;
      const outcome = Math.abs(change) <= SEEN ? "The loss stays." : `The loss ${change > 0 ? "rises" : "falls"} by ${felt}.`;
      say(state.by
        ? `${called(state.which)} goes from ${n(before[state.which])} to ${n(after[state.which])}. Moved: ${journey(after) || "nothing else"}. ${state.guessed ? outcome : "And the loss? Predict first."}`
        : `Nothing is pushed yet. The loss is ${n(before.J, 3)}.`, first);
      ledger();
      tell();
    }

    function keep() {
      playing.remember(root, state);
      show(false);
    }
    function choose(which, by) {
      if (which !== state.which) state = { which, by, guessed: which in slopes };
      else state.by = by;
      if (state.guessed) playing.ask(root, null);
      keep();
    }
    for (const fixed of root.querySelectorAll('svg [data-handle^="X"]')) fixed.removeAttribute("data-handle");
    const tell = playing.handles(root, data.names,
      (key) => before[key] + (key === state.which ? state.by : 0),
      (key, value) => choose(key, playing.clamp(Math.round((value - before[key]) * 100) / 100, -0.5, 0.5)),
      (key) => n(before[key] + (key === state.which ? state.by : 0)));
    find("which").addEventListener("change", (event) => choose(event.target.value, 0));
    find("push").addEventListener("input", (event) => choose(state.which, Number(event.target.value)));
    find("reset").addEventListener("click", () => {
      state = fresh();
      slopes = {};
      passes = 1;
      wentBack = false;
      show(false);
      playing.remember(root, null);
    });
    show(true);
  };
})(window.playing);
