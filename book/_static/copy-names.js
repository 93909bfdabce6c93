/* The buttons that copy code are pictures: they get a name, and the words that they show when they have copied, which are
   said aloud, too. */
(() => {
  "use strict";
  const NAME = "Copy this code";

  const said = document.createElement("div");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(said);

  function name(button) {
    const shown = button.dataset.tooltip;
    button.dataset.ready ??= shown;
    button.type = "button";
    button.setAttribute("aria-label", shown === button.dataset.ready ? NAME : shown);
  }

  // They are added when the page has been read, or later, and say in an attribute what happened.
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") {
        if (target.matches("button.copybtn")) {
          name(target);
          const { tooltip, ready } = target.dataset;
          said.textContent = tooltip === ready ? "" : tooltip;
        }
        continue;
      }
      for (const added of addedNodes) {
        if (!(added instanceof Element)) continue;
        if (added.matches("button.copybtn")) name(added);
        added.querySelectorAll("button.copybtn").forEach(name);
      }
    }
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-tooltip"] });
  document.querySelectorAll("button.copybtn").forEach(name);
})();
