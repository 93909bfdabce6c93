// "One nudge": a parameter is pushed, and what moves because of it is marked on the way to the loss.
(function (playing) {
  "use strict";

  const SEEN = 5e-7; // a change below this is none
  const STOP = 300; // milliseconds from one layer to the next
  const LAYERS = { W1: 0, b1: 0, X: 0, Y: 0, Z1: 1, A1: 1, W2: 0, b2: 0, Z2: 2, A2: 2, J: 3 };
  const LAST = 3;
  const PIXELS = 120; // that a pointer moves for a push of one
  const TINY = 1e-6; // the nudge by which a slope is measured
  const TINY_SAID = "0.000001";
  const n = playing.number;
  const layerOf = (key) => LAYERS[key.replace(/\[.*/, "")];

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
    let back = 0; // how many layers the way back has come, if it is what is seen

    function valid(kept) {
      const good = {};
      if (keys.includes(kept.which)) good.which = kept.which;
      if (Number.isFinite(kept.by) && Math.abs(kept.by) <= data.reach) good.by = kept.by;
      if (kept.guessed === true) good.guessed = true;
      return good;
    }
    const pushed = (key, by) => playing.run(playing.changed(data.params, key, before[key] + by), x, label);

    // What is seen of a push: the layers that its wave has reached.
    let reached = before;
    let aim = before;
    let waves = [];
    function arrive(layer) {
      const through = ([key, value]) => [key, layerOf(key) === layer ? aim[key] : value];
      reached = Object.fromEntries(Object.entries(reached).map(through));
      paint();
    }
    function still() {
      waves.forEach(clearTimeout);
      waves = [];
    }
    function travel(after, atOnce) {
      aim = after;
      if (atOnce || playing.still()) {
        still();
        reached = after;
        return paint();
      }
      arrive(0);
      const behind = state.which[1] === "2" ? 1 : 0;
      for (let layer = 1 + behind; layer <= LAST; layer += 1) {
        // A wave on its way takes along what has been pushed meanwhile.
        waves[layer] ??= setTimeout(() => {
          delete waves[layer];
          arrive(layer);
        }, STOP * (layer - behind));
      }
    }
    function paint() {
      playing.draw(root, reached, 5);
      mark(reached);
      deltas(reached);
      playing.chips(root, back ? arrivedSlopes() : slopes);
      playing.blame(root, back ? wayBack() : {});
      playing.arrivals(root, back ? blames() : {}, back >= LAST ? closed() : []);
    }

    // The way back, one layer after another: to the scores, to the hidden units, through their gates.
    const closed = () => Object.keys(before).filter((key) => key.startsWith("Z1[") && before[key] <= 0).map((key) => key.replace("Z1", "1"));
    const near = (key) => (key[1] === "2" ? 2 : 3);
    const arrivedSlopes = () => Object.fromEntries(keys.filter((key) => near(key) <= back).map((key) => [key, before[`d${key}`]]));
    function wayBack() {
      const ends = {};
      for (const { dataset } of root.querySelectorAll("svg line[data-edge]")) {
        const [, name, i] = dataset.edge.match(/^(\w+)\[(\d+)/);
        const layer = { J: 1, W2: 2, W1: 3 }[name];
        const carries = before[layer === 3 ? `dZ1[${i}]` : `dZ2[${i}]`] !== 0;
        if (layer <= back && carries) ends[dataset.edge] = layer === 3;
      }
      return ends;
    }
    function blames() {
      const seen = Object.keys(before).filter((key) => key.startsWith("dZ2[") || (back > 1 && key.startsWith("dA1[")));
      return Object.fromEntries(seen.map((key) => {
        const name = key in data.names ? data.names[key] : key.slice(0, 3);
        return [key.replace(/^d[ZA]/, ""), `${name} ${playing.signed(before[key])}`];
      }));
    }
    function goBack(atOnce) {
      still();
      reached = before;
      aim = before;
      back = atOnce || playing.still() ? LAST : 1;
      paint();
      for (let layer = back + 1; layer <= LAST; layer += 1) {
        waves[layer] = setTimeout(() => {
          delete waves[layer];
          back = layer;
          paint();
        }, 2 * STOP * (layer - 1));
      }
    }
    function told() {
      const zeros = keys.filter((key) => before[`d${key}`] === 0).length;
      const stopped = closed().map((unit) => {
        const [sum, out] = [`Z${unit}`, `A${unit}`];
        return ` The blame of ${called(out)}, ${n(before[`dA${unit}`])}, stops at its gate: ${called(sum)} is ${n(before[sum])}.`;
      });
      return `The way back: one pass from the loss finds all ${keys.length} slopes, of which ${zeros || "none"} ${zeros > 1 ? "are" : "is"} 0.${stopped.join("")}`;
    }

    // At each unit that moved, by how much; where a unit is off, the move ends.
    function deltas(after) {
      const svg = root.querySelector("svg");
      svg.querySelectorAll(".play-delta").forEach((one) => one.remove());
      for (const key of Object.keys(before).filter((one) => /^(Z|J)/.test(one))) {
        const change = after[key] - before[key];
        if (Math.abs(change) <= SEEN) continue;
        const ends = key.startsWith("Z1") && after[key.replace("Z", "A")] === before[key.replace("Z", "A")];
        const unit = svg.querySelector(`[data-key="${key}"]`).closest(".play-unit").firstElementChild;
        const box = unit.getBBox();
        const low = box.y > svg.viewBox.baseVal.height / 2 - 10;
        const made = document.createElementNS(svg.namespaceURI, "text");
        made.setAttribute("class", "play-delta");
        const middle = box.x + box.width / 2 - (ends ? 12 : key === "J" ? 4 : 0);
        made.setAttribute("x", middle);
        const above = key !== "J" && low;
        made.setAttribute("y", above ? box.y - (ends ? 30 : 9) : box.y + box.height + 22);
        made.textContent = playing.signed(change, key === "J" ? 3 : 2);
        if (ends) {
          const line = document.createElementNS(svg.namespaceURI, "tspan");
          line.setAttribute("x", middle);
          line.setAttribute("dy", "20");
          line.setAttribute("class", "play-end");
          line.textContent = "ends here";
          made.append(" ", line);
        }
        svg.append(made);
      }
    }

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
        if (held) place.classList.toggle("is-moved", moved(held.dataset.key));
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

    function ledger(place) {
      const found = Object.keys(slopes).length;
      const rows = keys.map((key) => [called(key), key in slopes ? n(slopes[key], 4) : "?", ...(wentBack ? [n(before[`d${key}`], 4)] : [])]);
      playing.rows(place, ["", ...(wentBack ? ["nudged", "back"] : ["slope"])], rows, 2);
      const heading = wentBack ? "Slopes, measured by nudging and found by going back" : "Slopes, measured by nudging";
      place.prepend(playing.element("p", { class: "play-heading" }, heading));
      const each = `One pass forward before any nudge, and one for each knob, nudged by ${TINY_SAID}`;
      const paid = found ? `${each}: ${passes}. The pushes that you watch are not counted.` : `${each}.`;
      const price = `${found} of ${keys.length} measured. ${paid}`;
      playing.element("p", { class: "play-price", tabindex: "-1" }, wentBack ? `${price} Going back: one pass forward and one back for all ${keys.length}.` : price, place);
      const button = (text, act) => {
        const made = playing.element("button", { type: "button" }, text, place);
        made.addEventListener("click", () => {
          const result = act();
          show(false);
          root.querySelector(result).focus({ preventScroll: true });
        });
      };
      if (found < keys.length) button(found ? "Nudge all the others" : `Nudge all ${keys.length}`, () => {
        keys.forEach(measure);
        return ".play-price";
      });
      if (data.back && !back) button(wentBack ? "Show the way back" : "Go back once instead", () => {
        wentBack = true;
        state.by = 0;
        goBack(false);
        return ".play-says";
      });
    }

    function measure(key) {
      if (key in slopes) return;
      slopes[key] = (pushed(key, TINY).J - before.J) / TINY; // all digits shown are those of the slope
      passes += 1;
    }

    const slope = () => before[`d${state.which}`];
    const way = () => (Math.abs(slope()) < 1e-9 ? "Nothing" : slope() > 0 ? "Up" : "Down");
    const because = () => (way() === "Nothing"
      ? `It stays when ${called(state.which)} is pushed a little: no path carries the push to the loss.`
      : `It goes ${way().toLowerCase()} when ${called(state.which)} is pushed up a little: the slope is ${n(slope(), 3)}.`);
    const asks = () => `Predict: ${called(state.which)} is pushed up a little. Which way does the loss go?`;

    function ask() {
      if (state.guessed) return playing.ask(root, null);
      playing.ask(root, asks(), [["Up", "Up"], ["Down", "Down"], ["It stays", "Nothing"]].map(([text, is]) => [text, is === way()]), (right) => {
        state.guessed = true;
        measure(state.which);
        if (!state.by && !back) state.by = 0.1;
        keep();
        playing.verdict(root, `${right ? "Yes." : "Look again."} ${because()} Now push as you like.`);
      });
    }
    // A push shows what was asked, and no verdict speaks of another push than its own.
    function settle() {
      state.guessed = true;
      playing.ask(root, null);
    }
    const gates = (after) => Object.keys(before)
      .filter((key) => key.startsWith("Z1[") && before[key] > 0 !== after[key] > 0)
      .map((key) => ` On the way the gate of ${called(key)} ${after[key] > 0 ? "opened" : "closed"}.`).join("");

    function sentence(after) {
      const change = after.J - before.J;
      const [felt, limit] = [change / state.by, slope()].map((one) => n(one, 3));
      // A push of some size bends: its price differs from the slope.
      const bent = felt === limit ? "" : `, and ${limit} of a tiny one`;
      const price = `${n(Math.abs(change), 4)}: ${felt} per unit of this push${bent}`;
      const outcome = Math.abs(change) <= SEEN ? "The loss stays." : `The loss ${change > 0 ? "rises" : "falls"} by ${price}.`;
      return state.by
        ? `${called(state.which)} goes from ${n(before[state.which])} to ${n(after[state.which])}. ${outcome}${gates(after)}`
        : `Nothing is pushed yet. The loss is ${n(before.J, 3)}.`;
    }

    function show(first, atOnce = first) {
      const after = pushed(state.which, state.by);
      find("which").value = state.which;
      find("push").value = state.by;
      find("push").setAttribute("aria-valuetext", `${called(state.which)} pushed by ${playing.signed(state.by)}`);
      find("value").textContent = playing.signed(state.by);
      find("replay").setAttribute("aria-disabled", String(!state.by && !back));
      if (back) paint();
      else travel(after, atOnce || !state.by);
      const moved = state.by ? ` Moved: ${journey(after) || "nothing else"}.` : "";
      say(back ? told() : sentence(after), first, moved);
      ledger(find("beside"));
      tell(state.which);
    }

    function keep() {
      playing.remember(root, state);
      show(false);
    }
    function choose(which, by) {
      if (which !== state.which) {
        if (!back) still();
        reached = before;
        state = { which, by, guessed: which in slopes || wentBack };
        ask();
      } else if (by === state.by) return;
      state.by = by;
      if (by) {
        if (back) still();
        back = 0;
        settle();
        measure(which);
      }
      keep();
    }
    for (const fixed of root.querySelectorAll('svg [data-handle^="X"]')) {
      fixed.removeAttribute("data-handle");
      fixed.classList.add("is-fixed");
    }
    const tell = playing.handles(root, data.names,
      (key) => before[key] + (key === state.which ? state.by : 0),
      (key, value) => choose(key, playing.clamp(Math.round((value - before[key]) * 100) / 100, -data.reach, data.reach)),
      (key) => n(before[key] + (key === state.which ? state.by : 0)), PIXELS, (key) => choose(key, key === state.which ? state.by : 0));
    find("which").addEventListener("change", (event) => choose(event.target.value, 0));
    find("push").addEventListener("input", (event) => choose(state.which, Number(event.target.value)));
    find("replay").addEventListener("click", () => {
      if (back) return goBack(false);
      if (!state.by) return;
      still();
      reached = before;
      travel(pushed(state.which, state.by), false);
    });
    find("reset").addEventListener("click", () => {
      state = fresh();
      slopes = {};
      passes = 1;
      wentBack = false;
      back = 0;
      still();
      ask();
      show(false, true);
      playing.remember(root, null);
    });
    playing.reserve(find("panel"), () => {
      const kept = state;
      const fills = keys.flatMap((which) => {
        state = { which, by: -0.1, guessed: true };
        const said = sentence(pushed(which, -0.1));
        return [
          playing.told("Nothing is pushed yet.", asks(), [["Up"], ["Down"], ["It stays"]]),
          playing.told(said, `Look again. ${because()} Now push as you like.`),
          ...(data.back ? [playing.told(told(), asks(), [["Up"], ["Down"], ["It stays"]])] : []),
        ];
      });
      state = kept;
      return fills;
    });
    if (state.by) state.guessed = true;
    find("says").setAttribute("tabindex", "-1");
    ask();
    show(true);
  };
})(window.playing);
