// Sliders over a grid: each position shows the sentence and the curves that were computed there.
(function (playing) {
  "use strict";

  playing.kinds.grid = function (root, data) {
    const axes = Object.values(data.axes);
    const say = playing.speaker(root);
    const kept = playing.remembered(root);
    const fits = Array.isArray(kept) && kept.length === axes.length &&
      kept.every((i, axis) => Number.isInteger(i) && i >= 0 && i < axes[axis].length);
    const at = fits ? kept : data.at.slice();

    function show(first) {
      const place = at.reduce((sum, i, axis) => sum * axes[axis].length + i, 0);
      for (const curve of root.querySelectorAll("[data-curve]")) curve.setAttribute("d", data.paths[curve.dataset.curve][place]);
      for (const slider of root.querySelectorAll("[data-axis]")) {
        const value = String(axes[slider.dataset.axis][at[slider.dataset.axis]]);
        slider.value = at[slider.dataset.axis];
        slider.setAttribute("aria-valuetext", value);
        slider.nextElementSibling.textContent = value;
      }
      say(data.says[place], first);
    }
    for (const slider of root.querySelectorAll("[data-axis]")) {
      slider.addEventListener("input", () => {
        at[slider.dataset.axis] = Number(slider.value);
        playing.remember(root, at);
        show(false);
      });
    }
    show(true);
  };
})(window.playing);
