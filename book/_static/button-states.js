/* What the theme's buttons leave unsaid: which colours are chosen and whether a side is open. The keyboard stays with them,
   and comes back to them from what they have opened. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const root = document.documentElement;
  const NAMES = { light: "light", dark: "dark", auto: "as the system has it" };
  function colours() {
    for (const button of document.querySelectorAll(".theme-switch-button")) {
      button.setAttribute("aria-label", `Color mode: ${NAMES[root.dataset.mode] ?? NAMES.auto}`);
    }
  }
  new MutationObserver(colours).observe(root, { attributeFilter: ["data-mode"] });
  colours();

  for (const which of ["primary", "secondary"]) {
    const side = document.getElementById(`pst-${which}-sidebar`);
    if (!side) continue;
    const tell = () => {
      const open = side.childElementCount > 0 && getComputedStyle(side).visibility === "visible";
      for (const button of document.querySelectorAll(`.${which}-toggle`)) button.setAttribute("aria-expanded", String(open));
    };
    new MutationObserver(tell).observe(side, { attributeFilter: ["class"] });
    new ResizeObserver(tell).observe(root);
    side.addEventListener("transitionend", tell);
  }

  // The theme takes the focus from its buttons when they are pressed.
  let opener = null;
  const back = () => setTimeout(() => document.activeElement === document.body && opener?.focus());
  document.addEventListener("click", ({ target, detail }) => {
    opener = target.closest("button") ?? opener;
    if (detail === 0) back();
  }, true);
  document.addEventListener("close", back, true);
});
