// A link to a place in a folded part opens it, also when a page is loaded; what is to be printed is open on paper.
// Without this script browsers open most of it by themselves, and every part by hand.
"use strict";

(() => {
  const around = (node) => {
    const found = [];
    for (let fold = node?.closest("details"); fold; fold = fold.parentElement?.closest("details")) found.push(fold);
    return found;
  };

  function show(hash) {
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(hash.slice(1)));
    } catch {
      return; // not the name of a place
    }
    const closed = around(target).filter((fold) => !fold.open);
    if (!closed.length) return;
    for (const fold of closed) fold.open = true;
    target.scrollIntoView();
  }

  show(location.hash);
  addEventListener("hashchange", () => show(location.hash));
  // Following the link of the address once more is no change of it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link?.hash && link.href === location.href) show(link.hash);
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details[data-print]:not([open])")];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    opened = [];
  });
})();
