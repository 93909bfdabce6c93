/* Makes one document of the pages in it: names of places are kept apart, links lead within it, to another page of
   the book by an address that begins with book:, or to the site. Returns the headings. */
(settings) => {
  const pages = new Set(settings.pages), book = new Set(settings.book);
  const prefix = (page) => page.replaceAll("/", "-") + "--";
  for (const part of document.querySelectorAll(".printed-part[data-page]")) {
    const page = part.dataset.page;
    const base = new URL(`${page}.html`, settings.site);
    for (const one of part.querySelectorAll(settings.left_out)) one.remove();
    const only = settings.only[page] && part.querySelector(settings.only[page]);
    if (only) {
      part.replaceChildren(only);
      part.dataset.whole = "";
    }
    // A figure that is printed needs no words in its place.
    const drawn = new Set([...part.querySelectorAll("figure .caption-number")].map((one) => one.textContent.trim()));
    for (const one of part.querySelectorAll("details")) {
      const title = one.querySelector("summary")?.textContent.trim() ?? "";
      if (title.endsWith(" in words") && drawn.has(title.replace(/ in words$/, ""))) one.remove();
    }
    // What is folded and has an answer to give is open on paper.
    for (const one of part.querySelectorAll("details")) one.open = true;
    for (const image of part.querySelectorAll("img[src]")) {
      image.src = new URL(image.getAttribute("src"), base).href;
      image.loading = "eager";
    }
    for (const link of part.querySelectorAll("a[href]")) {
      const address = new URL(link.getAttribute("href"), base);
      if (!address.href.startsWith(settings.site)) continue;
      const path = address.pathname.slice(new URL(settings.site).pathname.length);
      const name = path.replace(/\.html$/, "");
      if (pages.has(name)) {
        link.setAttribute("href", `#${prefix(name)}${decodeURIComponent(address.hash.slice(1))}`);
        if (settings.url) link.dataset.onTheSite = settings.url + path + address.hash;
      } else if (book.has(name)) link.setAttribute("href", `book:${path}${address.hash}`);
      else if (settings.url) link.href = settings.url + path + address.hash;
      else link.removeAttribute("href");
    }
    for (const one of part.querySelectorAll("[id]")) if (!one.closest("svg")) one.id = prefix(page) + one.id;
    part.id = prefix(page);
  }
  // What it cites is for a page's own PDF, see own.js.
  window.keptSources = document.querySelector(".printed-sources");
  window.keptSources?.remove();
  if (settings.cited_only) {
    const cited = new Set([...document.querySelectorAll('.printed-part a[href^="#"]')].map((a) => a.hash.slice(1)));
    for (const entry of document.querySelectorAll("div.citation")) {
      if (!cited.has(entry.id)) entry.remove();
    }
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (document.getElementById(link.getAttribute("href").slice(1))) continue;
    if (link.dataset.onTheSite) link.href = link.dataset.onTheSite;
    else link.removeAttribute("href");
  }
  if (settings.columns) {
    // A number that leads elsewhere is said to be the book's.
    for (const link of document.querySelectorAll(".printed-part a.reference.internal")) {
      if (link.getAttribute("href")?.startsWith("#") || !/^[A-Z]?[a-z.]*\s?\(?\d[\d.]*\)?$/i.test(link.textContent.trim())) continue;
      if (!/^\s+(of|in) the book\b/.test(link.nextSibling?.textContent ?? "")) link.after(" of the book");
    }
    // One flow from the first chapter to the last: none ends in the middle of a page.
    let flow = null;
    for (const part of document.querySelectorAll(".printed-part")) {
      if ("whole" in part.dataset) flow = null;
      else {
        if (!flow) part.before((flow = document.createElement("div")));
        flow.className = "printed-flow";
        flow.append(part);
      }
    }
    for (const plaything of document.querySelectorAll("figure.plaything")) {
      const number = plaything.querySelector(".caption-number")?.textContent.trim() ?? "This figure";
      const note = document.createElement("p");
      note.className = "elsewhere";
      note.id = plaything.id;
      note.textContent = `${number} is in the book, where it can be played with.`;
      plaything.replaceWith(note);
    }
    // What is wider than its column becomes smaller, or stands across both.
    const across = (formula) => {
      const range = document.createRange();
      range.selectNodeContents(formula);
      return range.getBoundingClientRect().width;
    };
    for (const block of document.querySelectorAll(".printed-flow :is(div.math, table, .cell_output pre)")) {
      const number = block.querySelector(":scope > .eqno")?.getBoundingClientRect().width ?? 0;
      // A row of an array stays whole, unlike a line of code.
      if (block.matches("pre")) block.style.whiteSpace = "pre";
      const formulas = block.matches("table") ? [] : block.matches("pre") ? [block] : [...block.querySelectorAll(".katex-html")];
      const size = parseFloat(getComputedStyle(block).fontSize);
      const beside = block.matches("pre") ? 1.2 * size : 1.3 * number;
      const wide = formulas.length ? Math.max(...formulas.map(across)) + beside : block.getBoundingClientRect().width;
      const room = block.parentElement.clientWidth;
      if (wide <= room) continue;
      if (room / wide < 0.72) block.classList.add("across");
      else block.style.fontSize = `${(0.98 * size * room) / wide}px`;
    }
  }
  const wordsOf = (heading) => {
    const words = heading.cloneNode(true);
    for (const one of words.querySelectorAll(".katex-html, annotation")) one.remove();
    return words.textContent.trim().replace(/\s+/g, " ");
  };
  const titles = [];
  for (const heading of document.querySelectorAll(".printed-part :is(h1, h2, h3)")) {
    const around = heading.closest(heading.matches("h1") ? ".printed-part[id]" : "section[id], .printed-part[id]");
    const title = wordsOf(heading);
    if (around && title && heading.checkVisibility()) titles.push({ level: +heading.tagName[1], title, place: around.id });
  }
  // Chromium names in a PDF the places that links within it lead to, seen or not.
  const marks = document.createElement("div");
  marks.hidden = true;
  for (const one of document.querySelectorAll(".printed-part[id], .printed-part [id]")) {
    if (one.closest("svg, math")) continue;
    const mark = document.createElement("a");
    mark.setAttribute("href", `#${one.id}`);
    marks.append(mark);
  }
  document.body.append(marks);
  return titles;
}
