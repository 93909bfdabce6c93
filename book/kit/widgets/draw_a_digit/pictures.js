// What the widget paints: pixels as greys, amounts as squares. An amount is the area of its square,
// and its sign is told twice: filled and blue for plus, hollow and orange for minus.
(function (drawADigit) {
  "use strict";

  const SIDE = 28;
  const INK = "#1a1a1a";
  const PLUS = "#1457a8";
  const MINUS = "#b34700";

  function wiped(canvas) {
    const paper = canvas.getContext("2d");
    paper.clearRect(0, 0, canvas.width, canvas.height);
    return paper;
  }

  // canvas: 28 x 28. strength: how dark full ink is.
  drawADigit.paintImage = function (canvas, image, strength = 1) {
    const paper = wiped(canvas);
    if (image === null) return;
    const picture = paper.createImageData(SIDE, SIDE);
    for (let j = 0; j < image.length; j++) {
      picture.data[4 * j + 3] = 255 * strength * image[j];
    }
    paper.putImageData(picture, 0, 0);
  };

  function square(paper, x, y, cell, amount, colour, hollow) {
    const side = (cell - 1) * Math.sqrt(amount);
    if (side < 1) return;
    paper.fillStyle = paper.strokeStyle = colour;
    if (hollow) {
      const pen = Math.min(side / 3, cell / 8);
      paper.lineWidth = pen;
      paper.strokeRect(x - side / 2 + pen / 2, y - side / 2 + pen / 2, side - pen, side - pen);
    } else {
      paper.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }

  const largest = (amounts) => amounts.reduce((most, a) => Math.max(most, Math.abs(a)), 0) || 1;

  // A square for each pixel's contribution.
  drawADigit.paintContributions = function (canvas, contributions) {
    const paper = wiped(canvas);
    if (contributions === null) return;
    const cell = canvas.width / SIDE;
    const most = largest(contributions);
    contributions.forEach((amount, j) => {
      const x = ((j % SIDE) + 0.5) * cell;
      const y = (Math.floor(j / SIDE) + 0.5) * cell;
      const minus = amount < 0;
      square(paper, x, y, cell, Math.abs(amount) / most, minus ? MINUS : PLUS, minus);
    });
  };

  // A square for each hidden unit, a block for each hidden layer, the first at the top. A unit that
  // is off is a dot.
  drawADigit.paintHidden = function (canvas, layers) {
    const paper = wiped(canvas);
    const height = canvas.height / layers.length;
    layers.forEach((units, depth) => {
      const columns = Math.ceil(Math.sqrt((units.length * canvas.width) / height));
      const rows = Math.ceil(units.length / columns);
      const cell = Math.min(canvas.width / columns, height / rows);
      const most = largest(units);
      units.forEach((amount, u) => {
        const x = ((u % columns) + 0.5) * cell + (canvas.width - columns * cell) / 2;
        const y = (Math.floor(u / columns) + 0.5) * cell + depth * height + (height - rows * cell) / 2;
        paper.fillStyle = INK;
        paper.fillRect(x - 3, y - 3, 6, 6);
        square(paper, x, y, 0.92 * cell, amount / most, INK, false);
      });
    });
  };
})((globalThis.drawADigit = globalThis.drawADigit || {}));
