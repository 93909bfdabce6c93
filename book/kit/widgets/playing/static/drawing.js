// The drawing of a network: other numbers in its elements, and its boxes as sliders.
(function (playing) {
  "use strict";

  const LIMIT = 5;
  const STEP = 0.1;
  const CHIP = 39; // from the middle of a box to the lower end of the slope below it
  const PIXELS = 80; // that a pointer moves for a change of one, unless a plaything is finer
  const BELOW = [-6, 27]; // from the middle of a weight's box to its slope
  const BESIDE = [75, 0]; // from that of a bias
  const GROUND = [64, 23]; // of a slope
  const ARRIVED = { "1": -16, "2": -6 }; // from the middle of a unit to what has come back to it

  // slopes: which of them are seen, if not all that are known.
  playing.draw = function (root, found, latest, slopes) {
    const seen = ({ stage, of }) => Number(stage) <= latest && (!slopes || of[0] !== "d" || slopes.includes(of));
    for (const place of root.querySelectorAll("svg [data-key]")) {
      const key = place.dataset.key;
      const write = "signed" in place.dataset ? playing.signed : playing.number;
      if (key in found) place.textContent = write(found[key], Number(place.dataset.digits || 2));
    }
    for (const part of root.querySelectorAll("svg [data-stage]")) {
      part.setAttribute("visibility", seen(part.dataset) ? "visible" : "hidden");
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

  // How far a weight's box, with the slope below it, reaches from its middle towards a point.
  function outOf(rect, towards) {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
    const [middle, centre] = [x + width / 2, y + height / 2];
    const [along, down] = [towards[0] - middle, towards[1] - centre];
    const low = down > 0 ? CHIP : height / 2;
    const share = Math.min(width / 2 / Math.abs(along), Math.abs(down) < 1 ? 1 : low / Math.abs(down));
    return [middle + share * along, centre + share * down];
  }

  // Arrows of the way back run along edges from right to left: to the unit before, or only to the
  // box of the weight. ends: whether an edge's arrow ends at its box.
  playing.blame = function (root, ends) {
    root.querySelectorAll("svg .play-blame").forEach((arrow) => arrow.remove());
    const svg = root.querySelector("svg");
    const keys = Object.keys(ends);
    svg.classList.toggle("is-backward", keys.length > 0);
    for (const key of keys) {
      const edge = svg.querySelector(`[data-edge="${key}"]`);
      const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => Number(edge.getAttribute(name)));
      const box = ends[key] && svg.querySelector(`[data-handle="${key}"] rect:not(.play-reach)`);
      const [x, y] = box ? outOf(box, [x2, y2]) : [x1, y1];
      const long = Math.hypot(x - x2, y - y2) || 1;
      const [along, across] = [(x2 - x) / long, (y2 - y) / long];
      const wing = (side) => `${(x + 10 * along - 7 * side * across).toFixed(1)} ${(y + 10 * across + 7 * side * along).toFixed(1)}`;
      const group = document.createElementNS(svg.namespaceURI, "g");
      group.classList.add("play-blame");
      const path = (name, d) => {
        const made = document.createElementNS(svg.namespaceURI, "path");
        made.setAttribute("class", name);
        made.setAttribute("d", d);
        made.setAttribute("pathLength", "1");
        group.append(made);
      };
      path("play-shaft", `M${x2} ${y2}L${(x + 8 * along).toFixed(1)} ${(y + 8 * across).toFixed(1)}`);
      path("play-head", `M${x.toFixed(1)} ${y.toFixed(1)}L${wing(1)}L${wing(-1)}Z`);
      edge.after(group);
    }
  };

  function made(tag, attributes, parent) {
    const element = document.createElementNS(parent.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
    return element;
  }
  function chip(svg, text, middle, centre, wide, of) {
    const group = made("g", { class: "play-found", "data-found": of }, svg);
    const high = GROUND[1];
    made("rect", { class: "play-chip", x: middle - wide / 2, y: centre - high / 2, width: wide, height: high, rx: high / 2 }, group);
    made("text", { class: "is-gradient is-chip", x: middle, y: centre + 6.5 }, group).textContent = text;
  }
  // Where a unit stands, and on which of its sides the middle of the drawing is: 1 below it.
  function unitOf(svg, unit) {
    const circle = svg.querySelector(`[data-unit="${unit}"] circle`);
    const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(circle.getAttribute(name)));
    return { x, y, r, inward: y > svg.viewBox.baseVal.height / 2 ? -1 : 1 };
  }

  // What has come back to units: texts by unit, such as {"2[0]": "dz0 +0.38"}; and the units where
  // the way back ends, with a bar on the side to which it does not go on.
  playing.arrivals = function (root, texts, closed) {
    const svg = root.querySelector("svg");
    svg.querySelectorAll(".play-arrived, .play-stop").forEach((one) => one.remove());
    for (const [unit, text] of Object.entries(texts)) {
      const { x, y, inward } = unitOf(svg, unit);
      chip(svg, text, x + ARRIVED[unit[0]], y + inward * 65, Math.max(GROUND[0], 12 * text.length), unit);
      svg.lastElementChild.classList.replace("play-found", "play-arrived");
    }
    for (const unit of closed) {
      const { x, y, r, inward } = unitOf(svg, unit);
      const stop = made("g", { class: "play-stop" }, svg);
      made("path", { d: `M${x - r - 7} ${y - 30}v60` }, stop);
      const below = inward > 0 ? 100 : -87;
      made("text", { class: "play-end", x: x + ARRIVED[unit[0]], y: y + below }, stop).textContent = "stops here";
    }
  };

  // Slopes that a reader has found, each at its parameter, where the drawing has none of its own.
  playing.chips = function (root, slopes) {
    const svg = root.querySelector("svg");
    svg.querySelectorAll(".play-found").forEach((one) => one.remove());
    for (const [key, slope] of Object.entries(slopes)) {
      const box = svg.querySelector(`[data-handle="${key}"] rect:not(.play-reach)`);
      const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
      const [right, down] = key[0] === "b" ? BESIDE : BELOW;
      const [middle, centre] = [x + width / 2 + right, y + height / 2 + down];
      chip(svg, playing.signed(slope), middle, centre, GROUND[0], key);
    }
  };

  // Boxes can be changed: by arrows up and down, Page keys, Home and End, or a pointer that is drawn
  // sideways. All of them are one stop of the Tab key: arrows to the sides go to the next. reached is
  // told which one a reader has come to.
  playing.handles = function (root, names, get, set, told, pixels = PIXELS, reached = () => {}) {
    const all = [...root.querySelectorAll("svg [data-handle]")];
    const stop = (at) => all.forEach((one) => one.setAttribute("tabindex", one === at ? "0" : "-1"));
    stop(all[0]);
    for (const [place, handle] of all.entries()) {
      const key = handle.dataset.handle;
      handle.setAttribute("role", "spinbutton");
      handle.addEventListener("focus", () => {
        stop(handle);
        reached(key);
      });
      handle.setAttribute("aria-label", playing.named(key, names));
      handle.setAttribute("aria-valuemin", -LIMIT);
      handle.setAttribute("aria-valuemax", LIMIT);
      const to = (value) => set(key, playing.clamp(Math.round(value * 100) / 100, -LIMIT, LIMIT));
      handle.addEventListener("keydown", (event) => {
        const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (aside) {
          event.preventDefault();
          all[(place + aside + all.length) % all.length].focus();
          return;
        }
        const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
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
        if (from) to(from[1] + (event.clientX - from[0]) / pixels);
      });
      for (const end of ["pointerup", "pointercancel"]) {
        handle.addEventListener(end, () => {
          from = null;
          handle.classList.remove("is-held");
        });
      }
    }
    // chosen: the handle at which the Tab key arrives, if it is not where a reader has been last.
    return function (chosen) {
      if (chosen) stop(all.find((one) => one.dataset.handle === chosen));
      for (const handle of root.querySelectorAll("svg [data-handle]")) {
        const key = handle.dataset.handle;
        handle.setAttribute("aria-valuenow", get(key));
        handle.setAttribute("aria-valuetext", told(key));
      }
    };
  };
})(window.playing);
