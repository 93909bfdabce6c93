// The drawing of a network: other numbers in its elements, and its boxes as sliders.
(function (playing) {
  "use strict";

  const LIMIT = 5;
  const STEP = 0.1;
  const PIXELS = 80; // that a pointer moves for a change of one

  playing.draw = function (root, found, latest) {
    for (const place of root.querySelectorAll("svg [data-key]")) {
      const key = place.dataset.key;
      if (key in found) place.textContent = playing.number(found[key], Number(place.dataset.digits || 2));
    }
    for (const text of root.querySelectorAll("svg text[data-stage]")) {
      text.setAttribute("visibility", Number(text.dataset.stage) <= latest ? "visible" : "hidden");
    }
    for (const edge of root.querySelectorAll("svg [data-edge^=W]")) {
      const weight = found[edge.dataset.edge];
      edge.setAttribute("stroke-width", Math.min(0.8 + 1.6 * Math.abs(weight), 6).toFixed(2));
      if (weight >= 0) edge.removeAttribute("stroke-dasharray");
      else edge.setAttribute("stroke-dasharray", "7 4");
    }
    for (const unit of root.querySelectorAll('svg [data-unit^="1["]')) {
      const off = latest >= 2 && found[unit.dataset.unit.replace("1", "Z1")] <= 0;
      unit.classList.toggle("is-off", off);
    }
  };

  // Which symbols this moment is about: they stand out, the rest stays.
  playing.spotlight = function (root, symbols) {
    for (const part of root.querySelectorAll("svg [data-of]")) {
      part.classList.toggle("is-now", part.dataset.of.split(" ").some((s) => symbols.includes(s)));
    }
  };

  // Boxes become sliders: arrows, Page keys, Home and End, or a pointer that is drawn sideways.
  playing.handles = function (root, names, get, set, told) {
    for (const handle of root.querySelectorAll("svg [data-handle]")) {
      const key = handle.dataset.handle;
      handle.setAttribute("role", "slider");
      handle.setAttribute("tabindex", "0");
      handle.setAttribute("aria-label", playing.named(key, names));
      handle.setAttribute("aria-valuemin", -LIMIT);
      handle.setAttribute("aria-valuemax", LIMIT);
      const to = (value) => set(key, playing.clamp(Math.round(value * 100) / 100, -LIMIT, LIMIT));
      handle.addEventListener("keydown", (event) => {
        const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
        const end = { Home: -LIMIT, End: LIMIT }[event.key];
        if (by === undefined && end === undefined) return;
        event.preventDefault();
        to(end === undefined ? get(key) + by * STEP : end);
      });
      let from = null;
      handle.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        handle.setPointerCapture(event.pointerId);
        from = [event.clientX, get(key)];
        handle.classList.add("is-held");
      });
      handle.addEventListener("pointermove", (event) => {
        if (from) to(from[1] + (event.clientX - from[0]) / PIXELS);
      });
      for (const end of ["pointerup", "pointercancel"]) {
        handle.addEventListener(end, () => {
          from = null;
          handle.classList.remove("is-held");
        });
      }
    }
    return function () {
      for (const handle of root.querySelectorAll("svg [data-handle]")) {
        const key = handle.dataset.handle;
        handle.setAttribute("aria-valuenow", get(key));
        handle.setAttribute("aria-valuetext", told(key));
      }
    };
  };
})(window.playing);
