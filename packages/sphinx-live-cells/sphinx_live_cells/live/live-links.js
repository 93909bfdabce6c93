/* The address of a cell, which carries the reader's code where it is not the book's: what it was made of, the code, and
   a digest, by which an address that was cut off is known. Code from an address is shown in the field, and never run
   by itself; what the reader has written before is kept beside it,
   and Reset forgets nothing of that. What else the reader does takes the code out of the page's address. */
(() => {
  "use strict";
  const { cells, mineOf, report, unfold, setCode, mark, edit } = window.liveCells;
  const LONGEST = 4000;
  const count = (number) => number.toLocaleString("en");

  function digest(text) {
    let found = 2166136261;
    for (const byte of new TextEncoder().encode(text)) found = Math.imul(found ^ byte, 16777619);
    return (found >>> 0).toString(36);
  }

  function packed(text) {
    const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
    return btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  function unpacked(safe) {
    try {
      const bytes = Uint8Array.from(atob(safe.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
      return new TextDecoder().decode(bytes);
    } catch {
      return null;
    }
  }

  function addressOf({ number, own, code }) {
    const home = location.protocol === "file:" && document.querySelector('link[rel="canonical"]')?.href;
    const place = `${home || location.href.split("#")[0]}#cell-${number + 1}`;
    return code === own ? place : `${place}.${digest(own)}.${packed(code)}.${digest(code)}`;
  }

  async function copy(cell) {
    const address = addressOf(cell);
    if (address.length > LONGEST) {
      const words = `Not copied: with your code the link has ${count(address.length)} characters, and more than ${count(LONGEST)} may get lost on the way`;
      return report(cell, words, { state: "failed" });
    }
    try {
      await navigator.clipboard.writeText(address);
      const words = cell.code === cell.own ? "Link copied" : `Link with your code copied, ${count(address.length)} characters`;
      report(cell, words, { state: "done" });
    } catch {
      history.replaceState(history.state, "", address.slice(address.indexOf("#")));
      report(cell, "Not copied: take the link from the address bar", { state: "failed" });
    }
  }

  async function open() {
    const [all, number, was, safe, sum] = location.hash.match(/^#cell-(\d+)\.(?:(\w+)\.([\w-]*)\.(\w+)$)?/) ?? [];
    if (!all) return;
    // The cell that the code was made of, wherever it stands now.
    const able = cells.filter((cell) => cell.edit && !cell.edit.hidden);
    const inPlace = (cell) => cell.number === number - 1;
    const same = able.filter(({ own }) => digest(own) === was);
    const cell = same.find(inPlace) ?? same[0] ?? able.find(inPlace);
    if (!cell) return;
    unfold(cell.controls);
    cell.controls.scrollIntoView({ block: "center" });
    const code = unpacked(safe ?? "");
    if (!sum || code === null || digest(code) !== sum) {
      report(cell, "The code of the link has not arrived whole", { state: "failed" });
    } else if (code !== cell.code) {
      if (cell.code !== cell.own) cell.changed = { number: cell.number, was: mineOf(cell), code: cell.code };
      setCode(cell, code);
      cell.linked = true;
      mark(cell);
      await edit(cell);
      report(cell, `This code came with the link${same.length ? "" : ", for an earlier version of this cell"}. It runs when you press Run`);
    }
  }

  window.liveLinks = { copy, open };
})();
