/* Makes one document of the pages in it: names of places are kept apart, links lead within it or to the site. */
(settings) => {
  const pages = new Set(settings.pages);
  const prefix = (page) => page.replaceAll("/", "-") + "--";
  for (const part of document.querySelectorAll(".printed-part[data-page]")) {
    const page = part.dataset.page;
    const base = new URL(`${page}.html`, settings.site);
    for (const one of part.querySelectorAll(settings.left_out)) one.remove();
    const only = settings.only[page] && part.querySelector(settings.only[page]);
    if (only) part.replaceChildren(only);
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
      if (pages.has(name)) link.setAttribute("href", `#${prefix(name)}${decodeURIComponent(address.hash.slice(1))}`);
      else if (settings.url) link.href = settings.url + path + address.hash;
      else link.removeAttribute("href");
    }
    for (const one of part.querySelectorAll("[id]")) if (!one.closest("svg")) one.id = prefix(page) + one.id;
    part.id = prefix(page);
  }
  if (settings.cited_only) {
    const cited = new Set([...document.querySelectorAll('.printed-part a[href^="#"]')].map((a) => a.hash.slice(1)));
    for (const entry of document.querySelectorAll("div.citation")) {
      if (!cited.has(entry.id)) entry.remove();
    }
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(link.getAttribute("href").slice(1))) link.removeAttribute("href");
  }
}
