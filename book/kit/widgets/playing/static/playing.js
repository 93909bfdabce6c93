// What all playthings share: numbers as text, questions before answers, the state in the address,
// and one sentence for screen readers.
(function (playing) {
  "use strict";

  const QUIET = 500; // milliseconds without a change before a screen reader is told

  // The same text as Python's: a real minus, and none before a zero.
  playing.number = function (value, digits = 2) {
    const text = value.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
  };
  playing.signed = (value, digits = 2) => {
    const text = playing.number(value, digits);
    return text.startsWith("−") || Number(text) === 0 ? text : `+${text}`;
  };

  // An author's own names, wherever a sentence has those of NumPy.
  const KEY = /\bd?(?:[WbZA][12]|[XY])\[\d+(?:,\d+)?\]/g;
  playing.named = (text, names = {}) => text.replace(KEY, (key) => names[key] || key);
  playing.capital = (text) => text[0].toUpperCase() + text.slice(1);

  playing.element = function (tag, attributes, text, parent) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };

  // A line of code, cut so that each symbol in it can be lit.
  playing.code = function (line, place) {
    const code = playing.element("code", {}, undefined, place);
    for (const part of line.split(/\b(d?(?:[WbZA][12]|[XYJ]))\b/)) {
      if (/^d?[WbZAXYJ][12]?$/.test(part)) playing.element("span", { "data-sym": part }, part, code);
      else code.append(part);
    }
  };

  // A table in one part or in several side by side, with as many rows each.
  playing.rows = function (place, head, rows, parts = 1) {
    place.replaceChildren();
    const tables = playing.element("div", { class: "play-tables" }, undefined, place);
    const many = Math.ceil(rows.length / parts);
    for (let start = 0; start < rows.length; start += many) {
      const table = playing.element("table", { class: "play-rows" }, undefined, tables);
      const heading = playing.element("tr", {}, undefined, table);
      head.forEach((text) => playing.element(text ? "th" : "td", text ? { scope: "col" } : {}, text, heading));
      for (const [name, ...cells] of rows.slice(start, start + many)) {
        const row = playing.element("tr", {}, undefined, table);
        playing.element("th", { scope: "row" }, name, row);
        cells.forEach((text) => playing.element("td", {}, text, row));
      }
    }
  };

  // What is seen is said once it has come to rest; a slider that is held would drown it.
  playing.speaker = function (root) {
    const seen = root.querySelector(".play-says");
    const told = root.querySelector(".play-unseen");
    let waiting = 0;
    // more: what is said to a screen reader only, since the picture shows it.
    return function (sentence, first, more = "") {
      seen.textContent = sentence;
      clearTimeout(waiting);
      if (!first) waiting = setTimeout(() => (told.textContent = sentence + more), QUIET);
    };
  };

  // Beside a picture a place is as high as the highest of what may come, so that nothing below it
  // jumps: fills() are functions, each of which fills a copy of it. Below a picture the style takes
  // no notice: there the room that is kept would be a gap.
  playing.reserve = function (place, fills) {
    let width = 0;
    function measure() {
      if (place.clientWidth === width || !place.clientWidth) return;
      width = place.clientWidth;
      // All of them are laid out at once: one at a time, the browser would look at the page's
      // styles again for each.
      const style = `width: ${place.offsetWidth}px`;
      const copies = fills().map((fill) => {
        const copy = place.cloneNode(false);
        copy.classList.add("is-measured");
        copy.classList.remove("has-room");
        copy.style.cssText = style;
        fill(copy);
        return copy;
      });
      place.after(...copies);
      const heights = copies.map((copy) => Math.ceil(copy.getBoundingClientRect().height));
      for (const copy of copies) copy.remove();
      const most = Math.max(0, ...heights);
      place.style.setProperty("--play-room", `${most}px`);
      place.classList.add("has-room");
    }
    new ResizeObserver(measure).observe(place);
    measure();
  };
  playing.told = (sentence, asked, answers, last) => function (place) {
    const told = playing.element("div", { class: "play-told" }, undefined, place);
    playing.element("p", { class: "play-says" }, sentence, told);
    const ask = playing.element("div", { class: "play-ask" }, undefined, told);
    if (asked && !answers) playing.fold(ask, asked, "");
    else if (asked) playing.element("p", {}, asked, ask);
    for (const [answer] of answers || []) playing.element("button", { type: "button" }, answer, ask);
    if (last) playing.element("p", { class: "play-steps" }, last, told);
  };

  playing.still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // A question with answers to choose from; then(right or not, answer) once one is chosen.
  playing.ask = function (root, question, answers, then) {
    const place = root.querySelector(".play-ask");
    const wasInside = place.contains(document.activeElement);
    place.replaceChildren();
    if (!question) return;
    playing.element("p", {}, question, place);
    for (const [answer, right] of answers) {
      const button = playing.element("button", { type: "button" }, answer, place);
      button.addEventListener("click", () => then(right, answer));
    }
    if (wasInside) place.querySelector("button").focus();
  };
  // A question that was passed over: it is folded, with its answer in it.
  playing.fold = function (place, question, answer) {
    place.replaceChildren();
    const fold = playing.element("details", { class: "play-passed" }, undefined, place);
    playing.element("summary", {}, question, fold);
    playing.element("p", {}, answer, fold);
  };
  playing.verdict = function (root, text) {
    const place = root.querySelector(".play-ask");
    const wasInside = place.contains(document.activeElement);
    place.replaceChildren();
    const said = playing.element("p", { class: "play-verdict", tabindex: "-1" }, text, place);
    if (wasInside) said.focus();
  };

  // The state stands in the address under the figure's name; a page on a disk may not allow it.
  const nameOf = (root) => (root.closest("figure") || root).id || root.dataset.kind;
  playing.remembered = function (root) {
    const text = new URLSearchParams(location.search).get(nameOf(root));
    try {
      const kept = text ? JSON.parse(text) : {};
      return kept !== null && typeof kept === "object" ? kept : {};
    } catch {
      return {};
    }
  };
  playing.remember = function (root, state) {
    const query = new URLSearchParams(location.search);
    if (state) query.set(nameOf(root), JSON.stringify(state));
    else query.delete(nameOf(root));
    const text = query.toString();
    try {
      history.replaceState(history.state, "", `${location.pathname}${text && "?"}${text}${location.hash}`);
    } catch {
      // A browser that keeps addresses of files as they are.
    }
  };

  // On paper stands what before() shows; after() puts back what was seen.
  playing.printed = function (before, after) {
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
  };

  playing.kinds = {};
  playing.clamp = (value, low, high) => Math.min(high, Math.max(low, value));
  document.addEventListener("DOMContentLoaded", () => {
    for (const root of document.querySelectorAll(".play[data-kind]")) {
      const begin = playing.kinds[root.dataset.kind];
      if (begin) begin(root, JSON.parse(root.querySelector("script").textContent));
    }
  });
})((window.playing = window.playing || {}));
