// A prepared digit: the path of a pen over a pad of side 1, as cubic curves from point to point, for
// a page on which something is to be read before its reader has done anything.
(function (drawADigit) {
  "use strict";

  const SECONDS = 2.6;
  const START = [0.3, 0.25];
  const CURVES = [
    [0.4, 0.13, 0.7, 0.14, 0.69, 0.31],
    [0.68, 0.43, 0.55, 0.47, 0.45, 0.48],
    [0.6, 0.47, 0.75, 0.55, 0.72, 0.7],
    [0.68, 0.88, 0.38, 0.9, 0.28, 0.76],
  ];

  // Where the pen is, for a time from 0 to the number of curves.
  function place(time) {
    const index = Math.min(CURVES.length - 1, Math.floor(time));
    const t = time - index;
    const from = index ? CURVES[index - 1].slice(4) : START;
    const curve = CURVES[index];
    const [x, y] = [0, 1].map(
      (i) =>
        (1 - t) ** 3 * from[i] +
        3 * (1 - t) ** 2 * t * curve[i] +
        3 * (1 - t) * t ** 2 * curve[2 + i] +
        t ** 3 * curve[4 + i],
    );
    return { x, y };
  }

  // Draws the digit with line(from, to), in the time of a hand or, where motion is unwelcome, at
  // once. Returns a function that stops it.
  drawADigit.replay = function (line, ended) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const steps = 96;
    let drawn = 0;
    let request = 0;
    let start = null;

    function upTo(step) {
      for (; drawn < step; drawn++) {
        const times = [drawn, drawn + 1].map((count) => (count / steps) * CURVES.length);
        line(place(times[0]), place(times[1]));
      }
      if (drawn === steps) ended();
    }

    function frame(now) {
      start ??= now;
      upTo(Math.min(steps, Math.ceil(((now - start) / 1000 / SECONDS) * steps)));
      if (drawn < steps) request = requestAnimationFrame(frame);
    }

    if (still) upTo(steps);
    else request = requestAnimationFrame(frame);
    return () => cancelAnimationFrame(request);
  };
})((globalThis.drawADigit = globalThis.drawADigit || {}));
