/* What a reader has finished, and where they were last: kept in this browser and nowhere else. Exercises that have
   passed are kept by their own script and only read here. */
(() => {
  "use strict";
  const KEY = "nnfs-progress";
  const EXERCISES = "nnfs-exercises";
  const data = document.getElementById("chapters-of-book");
  if (!data) return;
  const { page, chapters, exercises } = JSON.parse(data.textContent);
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);

  function stored(key) {
    try {
      const found = JSON.parse(localStorage.getItem(key));
      return found && typeof found === "object" ? found : {};
    } catch {
      return {};
    }
  }

  // Read anew each time: the book may be open in another window.
  function kept() {
    const { finished, last } = stored(KEY);
    return {
      finished: Array.isArray(finished) ? finished.filter((name) => chapters.includes(name)) : [],
      last: last && chapters.includes(last.page) ? last : null,
    };
  }

  function keep(change) {
    const now = kept();
    change(now);
    try {
      localStorage.setItem(KEY, JSON.stringify(now));
      return true;
    } catch {
      return false;
    }
  }

  function exercisesOf(chapter) {
    const { passed } = stored(EXERCISES);
    const names = Object.keys(exercises).filter((name) => exercises[name] === chapter);
    return { all: names.length, passed: names.filter((name) => passed && name in passed).length };
  }

  function pageOf(link) {
    const url = new URL(link.href);
    url.hash = url.search = "";
    return url.href.startsWith(root.href) ? url.href.slice(root.href.length).replace(/\.html$/, "") : "";
  }

  /* Marks in the contents: a sign for the eye, words for the ear. */
  function mark() {
    const { finished } = kept();
    for (const link of document.querySelectorAll(".bd-sidebar-primary nav.bd-links li > a, .route a")) {
      const name = link.getAttribute("href") === "#" ? page : pageOf(link);
      link.querySelector(".chapter-state")?.remove();
      if (!chapters.includes(name)) continue;
      const { all, passed } = exercisesOf(name);
      const done = finished.includes(name);
      if (!done && !passed) continue;
      const state = document.createElement("span");
      state.className = "chapter-state";
      const sign = document.createElement("span");
      sign.ariaHidden = "true";
      sign.textContent = done ? "✓" : `${passed}/${all}`;
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = done ? " (finished)" : ` (${passed} of ${all} exercises passed)`;
      state.append(sign, words);
      link.append(" ", state);
    }
    return finished.length;
  }

  const box = document.querySelector(".finished-chapter");
  const count = box?.querySelector(".finished-count");

  function show() {
    const finished = mark();
    if (!box) return;
    box.querySelector("input").checked = kept().finished.includes(page);
    const { all, passed } = exercisesOf(page);
    const parts = finished ? [`${finished} of ${chapters.length} chapters finished`] : [];
    if (all) parts.push(`${passed} of ${all} exercises of this one passed`);
    count.textContent = parts.length ? `${parts.join(", ")}.` : "";
  }

  if (box) {
    box.hidden = false;
    box.querySelector("input").addEventListener("change", ({ target }) => {
      const saved = keep((now) => {
        now.finished = now.finished.filter((name) => name !== page);
        if (target.checked) now.finished.push(page);
      });
      show();
      if (!saved) {
        target.checked = false;
        count.textContent = "This browser keeps nothing, so it cannot remember this.";
      }
    });
  }

  /* The section that was read last, for the first page's "Continue". */
  if (chapters.includes(page)) {
    const headings = [...document.querySelectorAll(".bd-article :is(h1, h2)")];
    let timer = 0;
    const note = () => {
      const read = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2).pop() || headings[0];
      if (!read) return;
      const copy = read.cloneNode(true);
      copy.querySelectorAll(".headerlink").forEach((link) => link.remove());
      const section = read.closest("section");
      keep((now) => {
        now.last = { page, place: read.tagName === "H1" ? "" : section?.id || "", title: copy.textContent.trim() };
      });
    };
    addEventListener("scroll", () => {
      clearTimeout(timer);
      timer = setTimeout(note, 500);
    }, { passive: true });
    setTimeout(note, 1500);
  }

  const again = document.querySelector(".continue-reading");
  const { last } = kept();
  if (again && last) {
    const link = document.createElement("a");
    link.href = new URL(`${last.page}.html${last.place ? `#${last.place}` : ""}`, root);
    link.textContent = `Continue with ${last.title || "where you were"}`;
    again.append(link);
    again.hidden = false;
  }

  addEventListener("storage", ({ key }) => {
    if (key === KEY || key === EXERCISES || key === null) show();
  });
  show();
  /* What a page shows when it opens is read where it stands; only what changes is news. */
  setTimeout(() => count?.setAttribute("role", "status"));
})();
