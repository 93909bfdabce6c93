/* Which section of a page is being read, marked in its contents: the last one that begins above the window's upper
   edge, whichever way the reader came. The theme waits for a heading to cross a band and misses it in a long step. */
(() => {
  "use strict";
  const contents = document.getElementById("pst-page-toc-nav");
  if (!contents) return;
  // The theme's script runs after this one and looks for the name.
  contents.id = "page-contents";
  const sections = [...contents.querySelectorAll("a[href^='#']")]
    .map((link) => ({ link, start: document.getElementById(decodeURIComponent(link.hash.slice(1))) }))
    .filter(({ start }) => start);
  const entries = [...contents.querySelectorAll(".toc-entry")];
  let chosen = null;

  // A heading that a link has led to stands a little below the edge.
  const edge = () => 6 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const top = ({ start }) => start.getBoundingClientRect().top;
  const ended = () => scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;

  // The last sections may be too short to reach the edge: there, the one that was asked for, or the last.
  function current() {
    const seen = sections.filter(({ start }) => start.checkVisibility?.() ?? true);
    const begun = seen.filter((section) => top(section) <= edge()).pop();
    if (!ended()) return begun;
    const asked = seen.find(({ start }) => start === chosen);
    if (asked && top(asked) > 0 && top(asked) < innerHeight) return asked;
    return seen.filter((section) => top(section) < innerHeight).pop();
  }

  function mark() {
    const found = current()?.link;
    for (const { link } of sections) {
      link.classList.toggle("active", link === found);
      if (link === found) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    for (const entry of entries) entry.classList.toggle("active", entry.contains(found ?? null));
  }

  let waiting = false;
  function soon() {
    if (!waiting) requestAnimationFrame(() => { waiting = false; mark(); });
    waiting = true;
  }

  function choose() {
    try {
      chosen = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      chosen = null; // An address that somebody has cut short names no place.
    }
    soon();
  }

  for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(moved, () => { chosen = null; }, { passive: true });
  addEventListener("hashchange", choose);
  // A link to the place that the address names already changes no address.
  addEventListener("click", ({ target }) => target.closest?.("a[href*='#']") && setTimeout(choose));
  for (const changed of ["scroll", "resize", "load"]) addEventListener(changed, soon, { passive: true });
  new ResizeObserver(soon).observe(document.body);
  choose();
})();
