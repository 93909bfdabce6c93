// A formula that is wider than its window scrolls, and then the keyboard reaches it as well: not every browser sees to
// that by itself.
(() => {
  "use strict";
  const ABOUT = { tabindex: "0", role: "group", "aria-label": "Wide formula" };
  const look = new ResizeObserver((entries) => {
    const boxes = entries.map(({ target }) => target.closest(".katex"));
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, i) => {
      for (const name in ABOUT) wide[i] ? box.setAttribute(name, ABOUT[name]) : box.removeAttribute(name);
    });
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const formula of document.querySelectorAll(".katex-display .katex-html")) {
      look.observe(formula);
      look.observe(formula.parentElement);
    }
  });
})();
