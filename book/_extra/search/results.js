// What a search shows of a page. Sphinx takes the text of everything: of a formula its MathML, its TeX and its
// drawing, one into the other. Here a formula is one line of plain text, code and tables keep their words apart,
// and each result says in which section of its page it lies.
"use strict";

const LOWER = { 0: "₀", 1: "₁", 2: "₂", 3: "₃", 4: "₄", 5: "₅", 6: "₆", 7: "₇", 8: "₈", 9: "₉", "+": "₊", "-": "₋", "−": "₋" };
const UPPER = { 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹", "+": "⁺", "-": "⁻", "−": "⁻", T: "ᵀ", "⊤": "ᵀ", "𝖳": "ᵀ" };

function script(text, signs, mark) {
  if (!text) return "";
  if ([...text].every((sign) => sign in signs)) return [...text].map((sign) => signs[sign]).join("");
  return /^′+$/.test(text) ? text : mark + ([...text].length > 1 ? `(${text})` : text);
}

// A sum stands apart from what is summed.
const after = (sign) => (/^[∑∏∫]$/.test(sign) ? " " : "");

function grouped(text) {
  return /^[∂∇\p{L}\p{N}\p{M}_₀-₉⁰-⁹²³¹ᵀ′.]*$/u.test(text) ? text : `(${text})`;
}

// The text of an element of MathML, in one line.
function inLine(element) {
  const parts = [...element.children].map(inLine);
  const [first, second, third] = parts;
  switch (element.localName) {
    case "annotation": return "";
    case "semantics": return first;
    case "mfrac": return /^0/.test(element.getAttribute("linethickness") ?? "") ? `${first} over ${second}` : `${grouped(first)}/${grouped(second)}`;
    case "msqrt": return `√${grouped(parts.join(""))}`;
    case "mroot": return `${script(second, UPPER, "")}√${grouped(first)}`;
    case "msub": case "munder": return first + script(second, LOWER, "_") + after(first);
    case "msup": return first + script(second, UPPER, "^");
    case "mover": return element.getAttribute("accent") === "true" ? first + second : first + script(second, UPPER, "^");
    case "msubsup": case "munderover": return first + script(second, LOWER, "_") + script(third, UPPER, "^") + after(first);
    case "mtable": return parts.join("; ");
    case "mtr": return parts.join(" ").trim();
    case "mspace": return " ";
    case "mo": {
      const sign = element.textContent;
      return /^[=<>≤≥≈≠∈→↦⇒+−×⊙∼≪≫:]$/.test(sign) ? ` ${sign} ` : /^[,;]$/.test(sign) ? `${sign} ` : sign;
    }
    default: return parts.length ? parts.join("") : element.textContent;
  }
}

let read = { html: null, page: null };

function asText(math) {
  return inLine(math)
    // The sign that a function is applied.
    .replace(/\s*\u2061\s*(?=[([)\],.;])/g, "").replace(/\u2061/g, " ")
    .replace(/[\u2062-\u2064\u200b]/g, "")
    .replace(/([,;.])\s*;/g, "$1")
    .replace(/\s+/g, " ").trim();
}

// A page's article without what is no part of its text, each formula as a line of text.
function readable(html) {
  if (read.html === html) return read.page;
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const unread of page.querySelectorAll(
    ".headerlink, script, style, noscript, button, .live-controls, .cell_output script, .collapsed, .expanded, .toctree-wrapper, " +
    ".prev-next-footer, .bd-sidebar-secondary, .bd-header-article, #jb-print-docs-body, .exercise-verdict",
  )) unread.remove();
  for (const formula of page.querySelectorAll(".katex")) {
    const math = formula.querySelector("math");
    if (math) formula.replaceWith(asText(math));
  }
  for (const number of page.querySelectorAll(".eqno, .caption-number, .section-number")) number.append(" ");
  // Text of one block does not run into the next.
  for (const block of page.querySelectorAll("p, div, li, dt, dd, td, th, pre, h1, h2, h3, h4, figcaption, summary, br")) block.after(" ");
  read = { html, page };
  return page;
}

function placeOf(page, anchor) {
  const found = anchor ? page.getElementById(decodeURIComponent(anchor.slice(1))) : null;
  if (found?.matches("dt") && found.nextElementSibling) {
    // A term is shown with what it means.
    const both = page.createElement("div");
    both.append(found.cloneNode(true), ": ", found.nextElementSibling.cloneNode(true));
    return both;
  }
  return found || page.querySelector('[role="main"] article') || page.querySelector('[role="main"]');
}

// The element below which a word is first found.
function firstWith(place, words) {
  const walker = place.ownerDocument.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const lower = text.data.toLowerCase();
    if (words.some((word) => lower.includes(word)) && !text.parentElement.closest("h1")) return text.parentElement;
  }
  return place;
}

function sectionOf(element) {
  const heading = element.closest("section, dl")?.closest("section")?.querySelector(":scope > :is(h2, h3, h4)");
  return heading?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

Search.htmlToText = (html, anchor) => (placeOf(readable(html), anchor)?.textContent ?? "").replace(/\s+/g, " ").trim();

const excerpt = Search.makeSearchSummary;
Search.makeSearchSummary = (html, keywords, anchor) => {
  const page = readable(html);
  const place = placeOf(page, anchor);
  const summary = excerpt(html, keywords, anchor);
  if (!place || !summary) return summary;
  // Sphinx begins with dots also where nothing is left out.
  const start = Search.htmlToText(html, anchor).slice(0, 20);
  if (summary.textContent.startsWith(`...${start}`)) summary.textContent = summary.textContent.slice(3);
  const found = new DocumentFragment();
  const words = [...keywords].map((word) => word.toLowerCase());
  const equation = anchor && place.matches(".math") && place.querySelector(".eqno")?.textContent.replace(/\s+/g, " ").trim();
  const section = sectionOf(anchor ? place : firstWith(place, words)) || (anchor ? "" : "Beginning of the page");
  const where = [equation && `Equation ${equation}`, section].filter(Boolean).join(", in ");
  if (where) {
    const line = document.createElement("p");
    line.className = "search-place";
    line.textContent = where;
    found.append(line);
  }
  found.append(summary);
  return found;
};

// Opened as a file, a page cannot read the others: no excerpts are asked for, which would each be an error.
const IN_FILES = location.protocol === "file:";
if (IN_FILES) DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// A number is no word to Sphinx. One that is asked for, as "5.2", "(5.2)", "Fig. 5.1" or "chapter 5", is looked up in
// `numbers.js`.
const KINDS = {
  chapter: /^ch(ap(ter)?)?$/,
  section: /^(sec(tion)?|§)$/,
  equation: /^(eq(uation)?|formula|\()$/,
  figure: /^fig(ure)?$/,
  exercise: /^ex(ercise)?$/,
};
const NUMBER = /^(\p{L}+|§)?\.?\s*(\()?(\d+(?:\.\d+)*)\.?\)?$/u;

// The kinds and the number that a query asks for, or nothing.
function askedNumber(query) {
  const [, word, bracket, number] = query.trim().toLowerCase().match(NUMBER) ?? [];
  if (!number) return null;
  const named = word?.replace(/s$/, "") ?? bracket;
  const kinds = Object.keys(KINDS).filter((kind) => !named || KINDS[kind].test(named));
  return kinds.length ? { kinds, number } : null;
}

// As a script, since that also loads from a file.
const numbersLoaded = () => new Promise((resolve, reject) => {
  if (Search.numbers) return resolve();
  const script = document.createElement("script");
  script.src = `${document.documentElement.dataset.content_root}search/numbers.js`;
  script.addEventListener("load", resolve);
  script.addEventListener("error", reject);
  document.head.append(script);
});

const NAMES = { section: "Section", equation: "Equation", figure: "Fig.", exercise: "Exercise" };

// A place as a result of a search. Without an excerpt, what it is called stands beside its page's title.
function result(page, place) {
  const { docnames, titles } = Search._index;
  const kinds = IN_FILES && place ? Object.entries(Search.numbers?.[page] ?? {}) : [];
  const names = kinds.flatMap(([kind, places]) => Object.keys(places).filter((number) => places[number] === place).map((number) => `${NAMES[kind]} ${number}`));
  return [page, titles[docnames.indexOf(page)], place && `#${place}`, names[0] ?? null, 100, `${page}.md`, "title"];
}

// What has a number, as results of a search: the best comes last.
function numbered(query) {
  const asked = askedNumber(query);
  if (!asked) return [];
  const pages = Object.entries(Search.numbers ?? {});
  const found = asked.kinds.flatMap((kind) => pages
    .filter(([, kinds]) => kinds[kind]?.[asked.number] !== undefined)
    .map(([page, kinds]) => result(page, kinds[kind][asked.number])));
  return found.reverse();
}

// Equations by their symbols and words, as `formulas.js` has them. What is asked for is read as code, as TeX or as it
// is seen: "dZ2 = A2 - Y", "W_1^T", "∇J", "α".
Search.formulas = [];
const MOST = 12;
const SIGN = {
  α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "varepsilon", η: "eta", θ: "theta", κ: "kappa", λ: "lambda", μ: "mu", ν: "nu", π: "pi",
  ρ: "rho", σ: "sigma", τ: "tau", φ: "varphi", ω: "omega", Λ: "Lambda", Σ: "Sigma", Δ: "Delta", ℓ: "ell", "∇": "nabla", "∂": "partial", "∑": "sum",
  "∏": "prod", "∫": "int", "⊙": "odot", "⊗": "otimes", "×": "times", "≤": "le", "≥": "ge", "≠": "ne", "≈": "approx", "→": "to", "∞": "infty",
  "−": "-", "⋅": " ", "·": " ",
};
const LOWERED = Object.fromEntries(Object.entries(LOWER).map(([sign, low]) => [low, sign]));

function symbolsOf(query) {
  return query
    .normalize("NFC").replace(/[ẊẎŻẆĊĠẋẏżẇ]/g, (letter) => letter.normalize("NFD"))
    .replace(/[₀-₉]/g, (low) => LOWERED[low])
    .replace(/(\p{L})\u0307(\d*)/gu, "$1$2dot").replace(/\\dot\s*\{?(\p{L})\}?(?:_?\{?(\d+)\}?)?/gu, "$1$2dot")
    .replace(/\\([dt]?frac|left|right|sqrt|text|operatorname|math[a-z]+|q?quad|cdot)\b/g, " ")
    .replace(/_\{\s*(\w+)\s*\}/g, "_$1").replace(/\{(\w)\}_/g, "$1_")
    .replace(/(∇|\\nabla|\bnabla)_\{?(\w+)\}?/g, "nabla d$2")
    .replace(/(?<=\w)(ᵀ|\.T\b|\^\{?(T\b|⊤|\\top)\}?)/g, " ᵀ ")
    .replace(/_/g, "").replace(/[{}()[\],;.^\\'’/]/g, " ")
    .replace(/[^\w\sᵀ]/gu, (sign) => ` ${SIGN[sign] ?? sign} `)
    .split(/\s+/).filter(Boolean);
}

// All of it one after the other, with other symbols between: "dW1 = dZ1 X^T" where the book has a factor 1/m.
function follows(row, asked) {
  let at = 0;
  for (const symbol of row) at += symbol === asked[at];
  return asked.length > 2 && at === asked.length;
}

const holds = (row, asked) => row.some((_, start) => asked.every((symbol, i) => row[start + i] === symbol));

// The results of a query that equations give, the best last; a single letter would be in nearly all of them.
function inFormulas(query) {
  const asked = symbolsOf(query);
  if (!asked.length || (asked.length === 1 && /^[a-z]$|^.?\d*$/.test(asked[0]) && !/^\p{Lu}\d$/u.test(asked[0]))) return [];
  const lower = (row) => row.map((symbol) => symbol.toLowerCase());
  const rows = Search.formulas.map(([page, place, symbols]) => ({ page, place, row: symbols.split(" "), label: place.split("-").slice(2) }));
  let found = rows.filter(({ row }) => holds(row, asked));
  if (!found.length) found = rows.filter(({ row, label }) => holds(lower(row), lower(asked)) || holds(label, lower(asked)));
  if (!found.length) found = rows.filter(({ row }) => follows(row, asked));
  // That which begins with what is asked for says what it is.
  const rank = ({ row }) => (holds(row.slice(0, asked.length), asked) ? 0 : 1);
  found.sort((one, other) => rank(one) - rank(other));
  return found.slice(0, MOST).reverse().map(({ page, place }) => result(page, place));
}

const ask = Search.query;
Search.query = async (query) => {
  if (IN_FILES || askedNumber(query)) await numbersLoaded().catch(() => {});
  const best = numbered(query);
  const formulas = best.length ? [] : inFormulas(query);
  const perform = Search._performSearch;
  Search._performSearch = (...terms) => {
    const places = new Set([...formulas, ...best].map(([page, , anchor]) => page + anchor));
    const others = perform(...terms).filter(([page, , anchor]) => !places.has(page + anchor));
    // A word is first looked for in titles and terms; a symbol is one of equations.
    const word = /^[a-z][a-z\s-]+$/.test(query.trim());
    const titled = word ? others.findIndex(([, , , , score]) => score > 5) : -1;
    others.splice(titled < 0 ? others.length : titled, 0, ...formulas);
    return [...others, ...best];
  };
  try {
    ask(query);
  } finally {
    Search._performSearch = perform;
  }
};

// How many pages were found is said aloud, too: by an element that was there before its words.
document.addEventListener("DOMContentLoaded", () => {
  const results = document.getElementById("search-results");
  const told = document.createElement("p");
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  results.after(told);
  const tell = () => { told.textContent = results.querySelector(".search-summary")?.textContent ?? ""; };
  new MutationObserver(tell).observe(results, { childList: true, subtree: true, characterData: true });
  if (IN_FILES) {
    const line = document.createElement("p");
    line.className = "search-place";
    line.textContent = "Opened as a file, the search finds what it does on a server, but cannot show the words around it.";
    results.before(line);
  }
  setTimeout(tell, 200);
});
