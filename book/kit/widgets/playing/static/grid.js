// Sliders over a grid: each position shows the sentence, curves, bars and images that were computed
// there. Nothing is computed here, and all texts are those of the cell.
(function (playing) {
  "use strict";

  playing.kinds.grid = function (root, data) {
    const axes = Object.values(data.axes);
    const sizes = axes.map((words) => words.length);
    const say = playing.speaker(root);
    const parts = (name) => [...root.querySelectorAll(`[${name}]`)];
    const told = new Set(); // questions that have been answered
    let asked = 0;
    const kept = valid(playing.remembered(root));
    let at = kept || data.at.slice();
    if (kept && data.asks[0]?.hides.length) told.add(0); // whoever was there has answered

    function valid(kept) {
      const fits = Array.isArray(kept) && kept.length === sizes.length &&
        kept.every((i, axis) => Number.isInteger(i) && i >= 0 && i < sizes[axis]);
      return fits ? kept : null;
    }
    const flat = (index) => index.reduce((sum, i, axis) => sum * sizes[axis] + i, 0);
    const moved = (index, to) => index.map((i, axis) => to[axis] ?? i);
    const isAt = (to) => Object.entries(to).every(([axis, i]) => at[axis] === i);
    const shared = (texts, place) => texts.all[texts.at ? texts.at[place] : 0];
    const waiting = () => data.asks[asked] && !told.has(asked) ? data.asks[asked] : null;

    function draw(place) {
      for (const curve of parts("data-curve")) curve.setAttribute("d", shared(data.paths[curve.dataset.curve], place));
      for (const dot of parts("data-dot")) {
        const [x, y] = data.dots[dot.dataset.dot][place];
        dot.setAttribute("cx", x);
        dot.setAttribute("cy", y);
      }
      for (const mark of parts("data-mark")) {
        const x = data.marks[mark.dataset.mark][place];
        mark.setAttribute("transform", `translate(${x} 0)`);
        mark.querySelector("text").setAttribute("class", x > data.middle ? "is-before" : "is-after");
      }
      for (const raster of parts("data-raster")) {
        const box = raster.viewBox.baseVal;
        const [x, y] = data.images[raster.dataset.raster][place];
        raster.setAttribute("viewBox", `${x} ${y} ${box.width} ${box.height}`);
      }
      if (data.bars) bars(place);
    }
    function bars(place) {
      const { low, high, digits, truth, values, missing } = data.bars;
      const along = (value) => (100 * (value - low)) / (high - low);
      for (const bar of parts("data-bar")) {
        const value = values[bar.dataset.bar][place][bar.dataset.ofClass];
        bar.setAttribute("x", Math.min(along(0), along(value ?? 0)).toFixed(2));
        bar.setAttribute("width", Math.abs(along(value ?? 0) - along(0)).toFixed(2));
        const row = bar.closest(".play-bar-row");
        row.classList.toggle("is-missing", value === null);
        row.lastElementChild.textContent = value === null ? missing : playing.number(value, digits);
      }
      parts("data-label").forEach((row) => row.classList.toggle("is-true", truth !== null && truth[place] === Number(row.dataset.label)));
    }

    function show(first) {
      const place = flat(at);
      const hidden = waiting()?.hides || [];
      draw(place);
      // Nothing can be moved while nothing is drawn.
      root.classList.toggle("is-waiting", hidden.length > 0);
      for (const control of root.querySelectorAll("[data-axis], .play-places button")) control.disabled = hidden.length > 0;
      for (const part of parts("data-part")) part.classList.toggle("is-covered", hidden.includes(part.dataset.part));
      for (const slider of parts("data-axis")) {
        const word = axes[slider.dataset.axis][at[slider.dataset.axis]];
        slider.value = at[slider.dataset.axis];
        slider.setAttribute("aria-valuetext", word);
        slider.nextElementSibling.textContent = word;
      }
      for (const button of parts("data-choice")) {
        button.setAttribute("aria-pressed", String(at[button.dataset.choice] === Number(button.dataset.to)));
      }
      for (const button of parts("data-preset")) {
        button.setAttribute("aria-pressed", String(isAt(data.presets[button.dataset.preset])));
      }
      say(hidden.length ? "Answer first; then it is drawn." : shared(data.says, place), first);
    }

    // The question is asked of where the sliders stand; its answer of where they go.
    function question() {
      const one = waiting();
      if (!one) return playing.ask(root, null);
      const place = flat(at);
      const right = Array.isArray(one.right) ? one.right[place] : one.right;
      playing.ask(root, shared(one.asks, place), one.answers.map((answer, i) => [answer, i === right]), (good) => answer(good ? "Yes." : "Look again."));
      if (one.hides.length) button("Show the answer", () => answer(`The answer: ${one.answers[right]}.`));
    }
    function button(text, then) {
      playing.element("button", { type: "button" }, text, root.querySelector(".play-ask")).addEventListener("click", then);
    }
    function answer(word) {
      const one = data.asks[asked];
      const because = shared(one.because, flat(at));
      told.add(asked);
      at = moved(at, one.goes);
      playing.verdict(root, `${word} ${because}`);
      if (data.asks[asked + 1]) button("Next question", next);
      playing.remember(root, at);
      show(false);
    }
    function next() {
      asked += 1;
      question();
      show(false);
    }

    // Where a reader goes without an answer, the question comes along; at its goal it is answered.
    function go(to) {
      const before = waiting();
      at = to;
      if (before) {
        const arrived = Object.keys(before.goes).length && isAt(before.goes);
        const right = Array.isArray(before.right) ? before.right[flat(at)] : before.right;
        if (arrived) return answer(`The answer: ${before.answers[right]}.`);
        question();
      } else if (data.asks[asked + 1]) next();
      else playing.ask(root, null);
      playing.remember(root, at);
      show(false);
    }
    for (const slider of parts("data-axis")) {
      slider.addEventListener("input", () => go(moved(at, { [slider.dataset.axis]: Number(slider.value) })));
    }
    // An arrow follows the pointer to the nearest of its directions.
    for (const arrow of parts("data-turn")) {
      const { axis, x, y, angles } = data.turns[arrow.dataset.turn];
      const apart = (a, b) => Math.abs(((a - b + 540) % 360) - 180);
      let held = false;
      arrow.addEventListener("pointerdown", (event) => {
        arrow.setPointerCapture(event.pointerId);
        held = true;
      });
      arrow.addEventListener("pointermove", (event) => {
        if (!held) return;
        const there = new DOMPoint(event.clientX, event.clientY).matrixTransform(arrow.ownerSVGElement.getScreenCTM().inverse());
        const angle = (Math.atan2(y - there.y, there.x - x) * 180) / Math.PI;
        const far = angles.map((one) => apart(one, angle));
        const nearest = far.indexOf(Math.min(...far));
        if (nearest !== at[axis]) go(moved(at, { [axis]: nearest }));
      });
      for (const end of ["pointerup", "pointercancel"]) arrow.addEventListener(end, () => (held = false));
    }
    for (const one of parts("data-choice")) {
      one.addEventListener("click", () => go(moved(at, { [one.dataset.choice]: Number(one.dataset.to) })));
    }
    for (const one of parts("data-preset")) {
      one.addEventListener("click", () => go(moved(at, data.presets[one.dataset.preset])));
    }
    root.querySelector(".play-reset")?.addEventListener("click", () => {
      at = data.at.slice();
      told.clear();
      asked = 0;
      question();
      show(false);
      playing.remember(root, null);
    });
    // On paper stands what is drawn after the answer.
    let before = null;
    playing.printed(() => {
      if (!waiting()?.hides.length) return;
      before = at;
      at = moved(at, waiting().goes);
      told.add(asked);
      show(true);
    }, () => {
      if (!before) return;
      told.delete(asked);
      at = before;
      before = null;
      show(true);
    });
    playing.reserve(root.querySelector(".play-panel"), () => {
      const longest = (texts) => texts.all.reduce((a, b) => (b.length > a.length ? b : a), "");
      const says = longest(data.says);
      return [playing.told(says), ...data.asks.flatMap((one) => [
        playing.told(says, longest(one.asks), [...one.answers, ...(one.hides.length ? ["Show the answer"] : [])].map((text) => [text])),
        playing.told(says, `Look again. ${longest(one.because)}`, [["Next question"]]),
      ])];
    });
    question();
    show(true);
  };
})(window.playing);
