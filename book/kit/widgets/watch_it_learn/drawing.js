// What the widget "Watch it learn" draws: curves as SVG in the colours of the page, weights as
// greys.
(function (watchItLearn) {
  "use strict";

  const LEFT = 34, RIGHT = 312, TOP = 8, BOTTOM = 162;
  const SIDE = 28;
  const SPANS = [50, 100, 200, 400];

  function add(parent, name, attributes = {}, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  // The first end of the horizontal axis that has room.
  function span(count, last) {
    return SPANS.find((end) => end >= count && end < last) || last;
  }

  // Returns draw(current, previous), two lists of numbers, the first of iteration 1.
  // chance: where the dotted line is. last: the largest iteration. top: of the vertical axis, or a
  // function of the largest number.
  watchItLearn.curve = function (svg, { chance, last, top, name, words }) {
    const axes = add(svg, "g", { class: "watch-axes" });
    add(axes, "path", { d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` });
    const place = (x, y, anchor) => add(axes, "text", { x, y, "text-anchor": anchor });
    const rows = [0, 0.5, 1].map((share) => ({
      share,
      label: place(LEFT - 5, BOTTOM - share * (BOTTOM - TOP) + 4, "end"),
    }));
    const columns = [0, 0.5, 1].map((share) => ({
      share,
      label: place(LEFT + share * (RIGHT - LEFT), BOTTOM + 16, share === 1 ? "end" : "middle"),
    }));
    add(axes, "text", { x: (LEFT + RIGHT) / 2, y: BOTTOM + 34, "text-anchor": "middle" }, "iteration");
    const dotted = add(svg, "path", { class: "watch-chance" });
    const dashed = add(svg, "polyline", { class: "watch-previous" });
    const solid = add(svg, "polyline", { class: "watch-current" });

    return function draw(current, previous) {
      const end = span(Math.max(current.length, previous.length, 1), last);
      const highest = top([...current, ...previous].reduce((most, v) => Math.max(most, v), chance));
      const x = (iteration) => LEFT + (iteration / end) * (RIGHT - LEFT);
      const y = (value) => BOTTOM - (value / highest) * (BOTTOM - TOP);
      const points = (values) =>
        values.map((value, i) => `${x(i + 1).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
      for (const { share, label } of rows) label.textContent = `${share * highest}`;
      for (const { share, label } of columns) label.textContent = `${share * end}`;
      dotted.setAttribute("d", `M${LEFT} ${y(chance)}H${RIGHT}`);
      dashed.setAttribute("points", points(previous));
      solid.setAttribute("points", points(current));
      const told = current.length
        ? `from ${words(current[0])} to ${words(current.at(-1))} in ${current.length} iterations`
        : "still empty";
      svg.setAttribute("aria-label", `${name} against iteration, ${told}`);
    };
  };

  // canvas: 28 x 28. weights: 784 numbers, or null for an empty picture.
  watchItLearn.paintWeights = function (canvas, weights) {
    const paper = canvas.getContext("2d");
    paper.clearRect(0, 0, SIDE, SIDE);
    canvas.classList.toggle("is-empty", weights === null);
    if (weights === null) return;
    const most = weights.reduce((largest, w) => Math.max(largest, Math.abs(w)), 0) || 1;
    const picture = paper.createImageData(SIDE, SIDE);
    weights.forEach((w, j) => {
      picture.data.fill(127.5 * (1 + w / most), 4 * j, 4 * j + 3);
      picture.data[4 * j + 3] = 255;
    });
    paper.putImageData(picture, 0, 0);
  };
})((globalThis.watchItLearn = globalThis.watchItLearn || {}));
