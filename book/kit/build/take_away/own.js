/* Makes of a page that was printed for the book one of its own: what it cites stands at its end, and what leads to
   another page of the book leads to the site, or is words. Returns the headings that are new. */
(settings) => {
  const within = `book:${settings.sources}.html#`;
  const prefix = `${settings.sources.replaceAll("/", "-")}--`;
  const place = (link) => prefix + decodeURIComponent(link.hash.slice(1));
  const links = [...document.querySelectorAll('.printed-part a[href^="book:"]')];
  const cited = new Set(links.filter((link) => link.getAttribute("href").startsWith(within)).map(place));
  const part = window.keptSources;
  const entries = part ? [...part.querySelectorAll("div.citation")].filter((entry) => cited.has(entry.id)) : [];
  for (const link of links) {
    const [path, name] = [link.getAttribute("href").slice("book:".length), place(link)];
    if (path.startsWith(`${settings.sources}.html#`) && entries.some((entry) => entry.id === name)) link.setAttribute("href", `#${name}`);
    else if (settings.url) link.setAttribute("href", settings.url + path);
    else link.removeAttribute("href");
  }
  if (!entries.length) return [];
  const heading = document.createElement("h1");
  heading.textContent = "Cited in this chapter";
  const list = document.createElement("div");
  list.className = "citation-list";
  list.append(...entries);
  part.replaceChildren(heading, list);
  part.hidden = false;
  document.querySelector(".bd-article").append(part);
  for (const one of [part, ...entries]) {
    const mark = document.createElement("a");
    mark.setAttribute("href", `#${one.id}`);
    document.body.lastElementChild.append(mark);
  }
  return [{ level: 1, title: heading.textContent, place: part.id }];
}
