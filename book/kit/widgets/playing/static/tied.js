// A symbol lights up wherever it stands: in formulas, drawings and code. Formulas and drawings say
// which symbols they hold; in code a name is found by its text.
(function (playing) {
  "use strict";

  const symbolsOf = (part) => part.dataset.sym.split(" ");

  function tieCode(known) {
    for (const token of document.querySelectorAll(".highlight pre span.n")) {
      const text = token.textContent;
      if (known.has(text)) token.dataset.sym = text;
    }
  }

  function light(symbols) {
    for (const part of document.querySelectorAll("[data-sym]")) {
      part.classList.toggle("is-tied", symbolsOf(part).some((symbol) => symbols.includes(symbol)));
    }
  }

  // A list of buttons under each drawing: the way to the same with a keyboard.
  function buttons(root) {
    const found = new Set([...root.querySelectorAll("svg [data-sym]")].flatMap(symbolsOf));
    if (!found.size) return;
    const list = playing.element("div", { class: "play-symbols", role: "group", "aria-label": "Show where a symbol stands" });
    for (const symbol of found) {
      const button = playing.element("button", { type: "button", "data-sym": symbol, "aria-pressed": "false" }, symbol, list);
      button.addEventListener("focus", () => light([symbol]));
      button.addEventListener("blur", () => light([]));
      button.addEventListener("click", () => hold(symbol));
    }
    root.querySelector(".play-picture").after(list);
  }

  let held = null;
  function hold(symbol) {
    held = held === symbol ? null : symbol;
    for (const button of document.querySelectorAll(".play-symbols button")) {
      button.setAttribute("aria-pressed", String(button.dataset.sym === held));
    }
    light(held ? [held] : []);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const root of document.querySelectorAll(".play")) if (root.querySelector(".play-controls") || root.dataset.kind === "drawing") buttons(root);
    const known = new Set([...document.querySelectorAll("[data-sym]")].flatMap(symbolsOf));
    tieCode(known);
    const at = (event) => event.target.closest && event.target.closest("[data-sym]");
    document.addEventListener("pointerover", (event) => {
      const part = at(event);
      if (part) light(symbolsOf(part));
      else light(held ? [held] : []);
    });
    // A tap on a formula or on code holds the light; a second one, or Escape, puts it out.
    document.addEventListener("click", (event) => {
      const part = at(event);
      if (part && !part.closest(".play") && event.detail) hold(symbolsOf(part)[0]);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && held) hold(held);
    });
  });
})(window.playing);
