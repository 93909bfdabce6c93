// A field above the list of all equations that leaves those which have all of its words: in the number, the text
// below, the TeX, or the title of the chapter. Without this script the list is whole.
"use strict";

(() => {
  const place = document.querySelector(".equation-filter");
  if (!place) return;
  const lower = (text) => text.toLowerCase().replace(/\s+/g, " ");
  const contents = new Map(
    [...document.querySelectorAll(".equation-list-contents a[href]")].map((link) => [link.hash.slice(1), link.closest("li")]),
  );
  const parts = [...document.querySelectorAll(".equation-list-part")].map((part) => ({
    part,
    line: contents.get(part.id),
    entries: [...part.querySelectorAll(".equation-entry")].map((entry) => {
      // KaTeX keeps the TeX in an annotation; for MathJax it is the text until the formula is set.
      const kept = entry.querySelectorAll("annotation");
      const tex = [...(kept.length ? kept : entry.querySelectorAll(".math"))].map((formula) => formula.textContent);
      const link = entry.querySelector(".equation-note a")?.hash ?? "";
      const title = part.querySelector("h1, h2, h3, h4, h5, h6");
      return { entry, text: lower([title?.textContent, entry.querySelector(".equation-note")?.textContent, link, ...tex].join(" ")) };
    }),
  }));
  const total = parts.reduce((sum, { entries }) => sum + entries.length, 0);

  const field = document.createElement("input");
  Object.assign(field, { type: "search", id: "equation-filter-words", autocomplete: "off", spellcheck: false });
  field.setAttribute("aria-describedby", "equation-filter-found");
  const label = document.createElement("label");
  Object.assign(label, { htmlFor: field.id, textContent: "Show equations with" });
  const found = document.createElement("span");
  found.id = "equation-filter-found";
  found.setAttribute("role", "status");
  place.append(label, field, found);

  function filter() {
    const words = lower(field.value).split(" ").filter(Boolean);
    let shown = 0;
    for (const { part, line, entries } of parts) {
      let here = 0;
      for (const { entry, text } of entries) {
        entry.hidden = !words.every((word) => text.includes(word));
        here += !entry.hidden;
      }
      part.hidden = here === 0;
      if (line) line.hidden = part.hidden;
      shown += here;
    }
    found.textContent = words.length ? `${shown} of ${total}` : `${total} equations`;
  }

  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault();
    field.value = "";
    filter();
  });
  // A browser may bring the words back with the page; and a link to an equation must find it.
  window.addEventListener("pageshow", filter);
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target?.closest("[hidden]")) return;
    field.value = "";
    filter();
    target.scrollIntoView();
  });
  filter();
})();
