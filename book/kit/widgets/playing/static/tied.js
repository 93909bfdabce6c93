// A symbol lights up wherever it stands: in formulas, drawings and code. Drawings say which symbols
// they hold; in code a name is found by its text, and in a formula by its letter with its index.
(function (playing) {
  "use strict";

  const ORDER = "X W1 b1 Z1 A1 W2 b2 Z2 A2 Y J dZ2 dW2 db2 dZ1 dW1 db1".split(" ");
  const symbolsOf = (part) => part.dataset.sym.split(" ");

  function tieCode(known) {
    for (const token of document.querySelectorAll(".highlight pre span.n")) {
      const text = token.textContent;
      if (known.has(text)) token.dataset.sym = text;
    }
  }

  // What stands below a letter; of two parts beside it the lower comes first.
  function indexOf(beside) {
    const stack = beside.querySelector(".vlist-t2 > .vlist-r > .vlist");
    return stack ? stack.firstElementChild.textContent.replace(/[\s\u200b]/g, "") : "";
  }

  // Z with the index 1 is Z1, w with 12 is w12, and nabla with W1 is dW1. A letter may stand in
  // groups of its own, with its index beside the outermost.
  function tieFormulas(known) {
    for (const letter of document.querySelectorAll(".katex-html .mord")) {
      if (letter.children.length || letter.closest("[data-sym]")) continue;
      const text = letter.textContent;
      let part = letter;
      while (!part.nextElementSibling && part.parentElement.matches(".mord") && part.parentElement.children.length === 1) part = part.parentElement;
      const beside = part.nextElementSibling;
      const index = beside?.classList.contains("msupsub") ? indexOf(beside) : "";
      if (index) part = part.parentElement;
      const name = text === "∇" ? `d${index}` : text + index;
      if (known.has(name)) part.dataset.sym = name;
    }
  }

  function light(symbols) {
    for (const part of document.querySelectorAll("[data-sym]")) {
      part.classList.toggle("is-tied", symbolsOf(part).some((symbol) => symbols.includes(symbol)));
    }
  }

  // A list of buttons, folded below the caption: the way to the same with a keyboard. A symbol that
  // is one number to change needs none: the number has the focus.
  function buttons(root) {
    const parts = [...root.querySelectorAll("svg [data-sym]")];
    const handles = parts.filter((part) => part.getAttribute("role") === "spinbutton").flatMap(symbolsOf);
    const alone = (symbol) => handles.filter((one) => one === symbol).length === 1;
    const placed = new Map(parts.flatMap((part) => {
      const matrices = (part.dataset.of || part.dataset.sym).split(" ");
      return symbolsOf(part).map((symbol, i) => [symbol, ORDER.indexOf(matrices[i])]);
    }));
    const inOrder = [...placed.keys()].sort((one, other) => placed.get(one) - placed.get(other));
    const found = new Set(inOrder.filter((symbol) => !alone(symbol)));
    if (!found.size) return;
    const fold = playing.element("details", { class: "play play-lit play-table" });
    playing.element("summary", {}, "Find a symbol on this page", fold);
    playing.element("p", { class: "play-hint" }, "Press a symbol, and it lights up wherever it stands: in formulas, drawings and code. Pointing at one there does the same. Escape puts out the light.", fold);
    const list = playing.element("div", { class: "play-symbols", role: "group", "aria-label": "Symbols" }, undefined, fold);
    for (const symbol of found) {
      const button = playing.element("button", { type: "button", "data-sym": symbol, "aria-pressed": "false" }, symbol, list);
      button.addEventListener("click", () => hold(symbol));
    }
    (root.closest("figure") || root).append(fold);
  }

  let held = null;
  const rest = () => light(held ? [held] : []);
  function hold(symbol) {
    held = held === symbol ? null : symbol;
    for (const button of document.querySelectorAll(".play-symbols button")) {
      button.setAttribute("aria-pressed", String(button.dataset.sym === held));
    }
    rest();
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const root of document.querySelectorAll(".play")) if (root.querySelector(".play-controls") || root.dataset.kind === "drawing") buttons(root);
    const known = new Set([...document.querySelectorAll("[data-sym]")].flatMap(symbolsOf));
    tieCode(known);
    tieFormulas(known);
    // What is read aloud of a formula lies over its letters.
    const below = (event) => event.target.closest(".katex-mathml") && document.elementsFromPoint(event.clientX, event.clientY).find((part) => part.closest("[data-sym]"));
    const at = (event) => event.target.closest && (below(event) || event.target).closest("[data-sym]");
    for (const name of ["pointerover", "focusin"]) {
      document.addEventListener(name, (event) => {
        const part = at(event);
        if (part) light(symbolsOf(part));
        else rest();
      });
    }
    document.addEventListener("focusout", rest);
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
