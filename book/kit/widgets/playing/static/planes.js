// "Planes": XOR in the planes of inputs, sums and outputs; two hidden units are lines to turn and shift.
(function (playing) {
  "use strict";

  const CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]];
  const SIZE = Math.SQRT2;
  const [SIDE, EDGE, TOP, FARTHEST] = [190, 5, 26, 1.2];
  const PANELS = { x: [0, -1, 2], z: [1, -2.6, 2.6], a: [2, -1, 2.6] };
  const normal = (angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];

  // Sums and outputs of the four corners, by the one forward pass of the playthings.
  playing.planes = function (lines) {
    const W1 = lines.map(([angle]) => normal(angle).map((v) => v * SIZE));
    const b1 = lines.map(([, at], j) => [-(W1[j][0] + W1[j][1]) / 2 - SIZE * at]);
    const runs = CORNERS.map((x) => playing.run([W1, b1, [[0, 0], [0, 0]], [[0], [0]]], x, 0));
    const column = (name) => runs.map((run) => [run[`${name}[0]`], run[`${name}[1]`]]);
    return { z: column("Z1"), a: column("A1") };
  };

  // How far the segment of the crosses is from that of the circles, and the nearest points.
  playing.gap = function (places) {
    const [r, p, q, s] = places;
    const side = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if (side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0) return { size: 0 };
    let best = { size: Infinity };
    for (const [a, b, c] of [[p, q, r], [p, q, s], [r, s, p], [r, s, q]]) {
      const along = [b[0] - a[0], b[1] - a[1]];
      const long = along[0] ** 2 + along[1] ** 2;
      const share = long > 0 ? ((c[0] - a[0]) * along[0] + (c[1] - a[1]) * along[1]) / long : 0;
      const t = Math.min(1, Math.max(0, share));
      const near = [a[0] + t * along[0], a[1] + t * along[1]];
      const size = Math.hypot(c[0] - near[0], c[1] - near[1]);
      if (size < best.size) best = { size, near, from: c };
    }
    return best;
  };

  function at(name, [x, y]) {
    const [place, low, high] = PANELS[name];
    const scale = SIDE / (high - low);
    return [EDGE + place * 200 + (x - low) * scale, TOP + (high - y) * scale];
  }
  const text = (points) => points.map((one) => one.map((v) => v.toFixed(1)).join(" "));

  const QUESTIONS = [
    ["Predict: suppose that both units are on at all four corners. Does a straight cut separate the classes after ReLU?",
      [["Yes", false], ["No", true]], [[0, -1], [90, -1]],
      "No: where nothing is switched off, the layer is affine, and the square stays a parallelogram."],
    ["Predict: suppose that the lines of both units run through the two circles, and each unit is on at one of the crosses. Which corners meet?",
      [["The crosses", false], ["The circles", true]], [[-45, 0], [135, 0]],
      "The circles, at zero. ReLU then moves the crosses from one line through them to two axes."],
    ["Predict: if no two corners meet, can a straight cut still separate the classes after ReLU?",
      [["Yes", true], ["No", false]], [[-45, 0], [105, -0.35]],
      "Yes: all that is needed is that the segment between the crosses no longer meets that between the circles."],
  ];

  (playing.kinds = playing.kinds || {}).planes = function (root, data) {
    const say = playing.speaker(root);
    const fits = (kept) => Array.isArray(kept) && kept.length === 2 && kept.every((line) => Array.isArray(line) &&
      line.length === 2 && Math.abs(line[0]) <= 180 && Math.abs(line[1]) <= FARTHEST);
    const kept = playing.remembered(root);
    let lines = (fits(kept) ? kept : data.lines).map((line) => line.slice());
    const rows = [...root.querySelectorAll(".play-table tbody tr")];
    let asked = 0;

    function cut(name, places) {
      const path = root.querySelector(`[data-cut="${name}"]`);
      const { size, near, from } = playing.gap(places);
      if (size < 1e-6) path.setAttribute("d", "");
      else {
        const middle = [(near[0] + from[0]) / 2, (near[1] + from[1]) / 2];
        const across = [(from[1] - near[1]) / size, (near[0] - from[0]) / size];
        const ends = [-0.8, 0.8].map((t) => at(name, [middle[0] + t * across[0], middle[1] + t * across[1]]));
        path.setAttribute("d", `M${text(ends).join("L")}`);
      }
      return size;
    }
    function show(first) {
      const found = { x: CORNERS, ...playing.planes(lines) };
      for (const [name, places] of Object.entries(found)) {
        places.forEach((place, k) => root.querySelector(`[data-point="${name}${k}"]`)
          .setAttribute("transform", `translate(${text([at(name, place)])[0]})`));
      }
      lines.forEach(([angle, shift], j) => {
        const [nx, ny] = normal(angle);
        const [x, y] = [0.5 + shift * nx, 0.5 + shift * ny];
        const [a, b, tip, middle] = text([[x + 0.9 * ny, y - 0.9 * nx], [x - 0.9 * ny, y + 0.9 * nx],
          [x + 0.25 * nx, y + 0.25 * ny], [x, y]].map((place) => at("x", place)));
        for (const path of root.querySelectorAll(`[data-line="${j}"], [data-reach="${j}"]`)) {
          path.setAttribute("d", `M${a}L${b}M${middle}L${tip}`);
        }
      });
      for (const slider of root.querySelectorAll("[data-what]")) {
        const value = lines[slider.dataset.unit][slider.dataset.what === "turn" ? 0 : 1];
        slider.value = value;
        const word = slider.dataset.what === "turn" ? `${playing.number(value, 0)}°` : playing.number(value);
        slider.setAttribute("aria-valuetext", word);
        slider.nextElementSibling.textContent = word;
      }
      rows.forEach((row, k) => [...found.z[k], ...found.a[k]].forEach((value, i) => {
        row.querySelectorAll("td")[i].textContent = playing.number(value);
      }));
      const [before, after] = [cut("z", found.z), cut("a", found.a)];
      const verdict = after < 1e-6 ? "No straight cut separates them." : "The line in the last plane separates them.";
      say(`The gap between crosses and circles is ${playing.number(before)} before ReLU and ${playing.number(after)} after it. ${verdict}`, first);
    }
    function keep() {
      playing.remember(root, lines);
      show(false);
    }
    function question() {
      if (asked >= QUESTIONS.length) return playing.ask(root, null);
      const [words, answers, place, because] = QUESTIONS[asked];
      playing.ask(root, words, answers, (right) => {
        lines = place.map((line) => line.slice());
        asked += 1;
        keep();
        playing.verdict(root, `${right ? "Yes." : "Look again."} ${because}`);
        if (asked >= QUESTIONS.length) return;
        const more = playing.element("button", { type: "button" }, "Next question", root.querySelector(".play-ask"));
        more.addEventListener("click", question);
      });
    }
    for (const slider of root.querySelectorAll("[data-what]")) {
      slider.addEventListener("input", () => {
        lines[slider.dataset.unit][slider.dataset.what === "turn" ? 0 : 1] = Number(slider.value);
        keep();
      });
    }
    for (const button of root.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", () => {
        lines = data.presets[button.dataset.preset].map((line) => line.slice());
        keep();
      });
    }
    root.querySelector(".play-reset").addEventListener("click", () => {
      lines = data.lines.map((line) => line.slice());
      asked = 0;
      question();
      show(false);
      playing.remember(root, null);
    });
    // A line is drawn along its normal, too, and is gripped from a finger's breadth around it.
    for (const path of root.querySelectorAll("[data-line], [data-reach]")) {
      const j = Number(path.dataset.line ?? path.dataset.reach);
      let from = null;
      path.style.cursor = "move";
      path.style.touchAction = "none";
      path.addEventListener("pointerdown", (event) => {
        path.setPointerCapture(event.pointerId);
        from = [event.clientX, event.clientY, lines[j][1]];
      });
      path.addEventListener("pointermove", (event) => {
        if (!from) return;
        const unit = (root.querySelector("svg").getBoundingClientRect().width / 600) * (SIDE / 3);
        const [nx, ny] = normal(lines[j][0]);
        const moved = ((event.clientX - from[0]) * nx - (event.clientY - from[1]) * ny) / unit;
        lines[j][1] = playing.clamp(Math.round((from[2] + moved) * 100) / 100, -FARTHEST, FARTHEST);
        keep();
      });
      for (const end of ["pointerup", "pointercancel"]) path.addEventListener(end, () => (from = null));
    }
    question();
    show(true);
  };
})((typeof window === "undefined" ? globalThis : window).playing);
