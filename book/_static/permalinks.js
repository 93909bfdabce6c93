/* The sign behind a heading, an equation's number or a caption copies the place's address, and says so. */
(() => {
  "use strict";
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);

  async function copy(link, event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { hash } = link;
    history.replaceState(history.state, "", hash);
    const home = location.protocol === "file:" && document.querySelector('link[rel="canonical"]')?.href;
    try {
      await navigator.clipboard.writeText(home ? home + hash : location.href);
      link.dataset.said = "Link copied";
    } catch {
      link.dataset.said = "Not copied: it is in the address bar";
    }
    status.textContent = link.dataset.said;
    setTimeout(() => {
      delete link.dataset.said;
      status.textContent = "";
    }, 4000);
  }

  // A heading is called what stands in it. Its own words become the heading, so that the link beside them is not read with them.
  function apart(line, link) {
    const heading = document.createElement("span");
    heading.setAttribute("role", "heading");
    heading.setAttribute("aria-level", line.localName.slice(1));
    heading.append(...[...line.childNodes].filter((part) => part !== link));
    line.prepend(heading);
    line.setAttribute("role", "none");
  }

  for (const link of document.querySelectorAll(".bd-article a.headerlink")) {
    const above = link.parentElement;
    const words = (above.querySelector(".caption-number") ?? above).textContent.replace(/#$/, "").trim();
    // The author's label outlives a title.
    const label = above.matches("h1, h2, h3, h4") && above.parentElement.firstElementChild;
    if (label && label.matches("span[id]:empty")) link.hash = label.id;
    if (above.matches("h1, h2, h3, h4, h5, h6")) apart(above, link);
    link.setAttribute("role", "button");
    link.setAttribute("aria-label", `Copy a link to ${above.matches(".eqno") ? "equation " : ""}${words.slice(0, 80)}`);
    link.addEventListener("click", (event) => copy(link, event));
    link.addEventListener("keydown", (event) => event.key === " " && copy(link, event));
  }
})();
