/* What a link within the book leads to, shown while a pointer or the keyboard rests on it: an equation, a figure, a
   term, a citation, the beginning of a section. The link goes on working; Escape closes. What is shown was cut out
   when the book was built, see kit/build/previews.py; a file of it is loaded when it is first asked for. */
(() => {
  "use strict";
  if (!("popover" in HTMLElement.prototype)) return;
  const REST = 250; // milliseconds on a link before it shows what it leads to
  const LEAVE = 200; // to reach what is shown without losing it
  const script = document.currentScript.src;
  const root = new URL("../", script.replace(/[?#].*/, "").replace(/[^/]*$/, ""));
  const files = new Map();
  let box = null;
  let shown = null;
  let timer = 0;
  let dismissed = null;

  const asked = new Map();
  window.bookPreviews = {
    deliver(page, places) {
      files.set(page, places);
      asked.get(page)?.();
    },
  };

  function load(page) {
    if (files.has(page)) return Promise.resolve(files.get(page));
    return new Promise((done) => {
      asked.set(page, () => done(files.get(page)));
      const element = document.createElement("script");
      element.src = new URL(`previews/${page}.js`, root);
      element.onerror = () => {
        files.set(page, {});
        done({});
      };
      document.head.append(element);
    });
  }

  function place(link) {
    const url = new URL(link.href);
    const page = new URL(url);
    page.hash = page.search = "";
    if (!page.href.startsWith(root.href)) return null;
    const path = decodeURIComponent(page.href.slice(root.href.length)).replace(/(^|\/)$/, "$1index.html");
    return path.endsWith(".html") ? [path.slice(0, -5), decodeURIComponent(url.hash.slice(1))] : null;
  }

  function make() {
    box = document.createElement("div");
    Object.assign(box, { id: "book-preview", className: "bd-article book-preview", popover: "auto" });
    box.setAttribute("role", "tooltip");
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", leave);
    box.addEventListener("toggle", (event) => {
      if (event.newState !== "closed" || !shown) return;
      shown.removeAttribute("aria-describedby");
      dismissed = shown;
      shown = null;
    });
    document.body.append(box);
  }

  async function show(link, still) {
    const found = place(link);
    if (!found) return;
    const html = (await load(found[0]))[found[1]];
    if (!html || !still()) return;
    if (!box) make();
    if (shown) hide();
    box.innerHTML = html.replaceAll("%ROOT%/", root.href);
    box.showPopover();
    shown = link;
    link.setAttribute("aria-describedby", box.id);
    put(link);
    for (const image of box.querySelectorAll("img")) image.addEventListener("load", () => shown === link && put(link));
  }

  // Below the line of the link, or above where there is no room, and never outside the window.
  function put(link) {
    const lines = link.getClientRects();
    const line = lines[lines.length - 1];
    const width = document.documentElement.clientWidth;
    const { offsetWidth, offsetHeight } = box;
    const below = line.bottom + 8;
    const above = line.top - 8 - offsetHeight;
    const fits = below + offsetHeight <= innerHeight || above < 0;
    box.style.left = `${Math.max(8, Math.min(line.left - 16, width - offsetWidth - 8))}px`;
    box.style.top = `${fits ? below : above}px`;
  }

  function hide() {
    clearTimeout(timer);
    if (box?.matches(":popover-open")) box.hidePopover();
  }

  function leave() {
    clearTimeout(timer);
    timer = setTimeout(hide, LEAVE);
  }

  const linkOf = (event) => {
    const link = event.target.closest?.(".bd-article a.internal[href]:not(.headerlink), .bd-article a.previewed[href]");
    return link && !link.closest(".book-preview") ? link : null;
  };

  document.addEventListener("pointerover", (event) => {
    const link = linkOf(event);
    if (!link || event.pointerType === "touch" || link === shown || link === dismissed) {
      if (link && link === shown) clearTimeout(timer);
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => show(link, () => link.matches(":hover")), REST);
  });
  document.addEventListener("pointerout", (event) => {
    const link = linkOf(event);
    if (!link || link.contains(event.relatedTarget)) return;
    dismissed = null;
    leave();
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (!link || !link.matches(":focus-visible")) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(link, () => document.activeElement === link), REST);
  });
  document.addEventListener("focusout", (event) => {
    if (linkOf(event)) hide();
  });
  document.addEventListener("scroll", (event) => {
    if (!shown || box.contains(event.target)) return;
    if (shown === document.activeElement) put(shown);
    else hide();
  }, { passive: true, capture: true });
})();
