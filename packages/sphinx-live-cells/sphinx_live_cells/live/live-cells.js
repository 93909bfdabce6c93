/* Run, edit and reset the cells of a page. Nothing is loaded before the first Run or Edit. */
(() => {
  "use strict";
  const list = document.getElementById("live-cells");
  if (!list || !window.livePython) return;
  const home = new URL(".", document.currentScript.src);
  const stamp = new URL(document.currentScript.src).searchParams.get("v") || "";
  const python = window.livePython;
  const page = JSON.parse(list.textContent);
  const cells = page.cells.map((cell, number) => ({ ...cell, number, own: cell.code }));
  const KEY = page.key;
  const announcer = element("div", { className: "live-announcer", role: "status" });
  document.body.append(announcer);
  let active = null;

  function element(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in node) node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /* What this browser keeps under a key, read anew each time, since another page may have added to it.
     Where it keeps nothing, it lasts until the page is left, and leaving is asked about. */
  const unkept = new Map();
  window.addEventListener("beforeunload", (event) => {
    if ([...unkept.values()].includes(true)) event.preventDefault();
  });
  function shelf(key, accepted) {
    let memory = accepted(null);
    const empty = JSON.stringify(memory);
    return {
      read() {
        if (unkept.has(key)) return memory;
        try {
          memory = accepted(JSON.parse(localStorage.getItem(key)));
        } catch {
          /* A browser that keeps nothing, or something that is not ours. */
        }
        return memory;
      },
      change(how) {
        const now = this.read();
        how(now);
        memory = now;
        const text = JSON.stringify(now);
        try {
          localStorage.setItem(key, text);
          unkept.delete(key);
        } catch {
          unkept.set(key, text !== empty);
        }
      },
    };
  }

  /* Edits, by page: each with the book's code at that time and the reader's. */
  const edits = shelf(KEY, (found) => {
    const pages = found && typeof found === "object" && !Array.isArray(found) ? found : {};
    const sound = (edit) => typeof edit?.was === "string" && typeof edit?.code === "string";
    return Object.fromEntries(
      Object.entries(pages).filter(([, list]) => Array.isArray(list) && list.every(sound))
    );
  });

  function keep(cell, { forgetEarlier = false } = {}) {
    const { number, keptAs = number, own: was, code } = cell;
    const earlier = forgetEarlier ? cell.changed : null;
    const theSame = (a, b) => b && a.number === b.number && a.was === b.was;
    edits.change((all) => {
      const list = (all[page.name] || []).filter(
        (edit) => !theSame(edit, { number: keptAs, was }) && !theSame(edit, earlier)
      );
      if (code !== was) list.push({ number, was, code });
      if (list.length) all[page.name] = list;
      else delete all[page.name];
    });
    cell.keptAs = number;
    if (forgetEarlier) cell.changed = null;
    mark(cell);
  }

  /* An edit of a cell that the book has changed is kept again. */
  function remember(edit) {
    edits.change((all) => (all[page.name] ||= []).push(edit));
  }

  function mark(cell) {
    const edited = cell.code !== cell.own;
    const other = cell.changed?.was === mineOf(cell) ? "you wrote another version of this cell" : "you edited an earlier version of this cell";
    const words = [edited && (cell.linked ? "from the link that you opened" : "edited"), cell.changed && other];
    cell.mark.textContent = words.filter(Boolean).join("; ");
    cell.mark.hidden = !cell.mark.textContent;
    cell.mine.hidden = !cell.changed;
    if (edited || cell.changed) cell.reset.hidden = false;
    tellOfOutput(cell);
  }

  /* An output stays when the code changes, so it is said whose it is. */
  function tellOfOutput(cell) {
    if (!cell.outdated) return;
    const output = cell.output || builtOutput(cell);
    const shown = output?.textContent.trim() || output?.querySelector("img, svg, canvas");
    const of = cell.ran ?? cell.own;
    const whose = of === cell.own ? "the book’s code" : "code that you have changed since";
    cell.outdated.textContent = `The result below is that of ${whose}. Run shows that of yours.`;
    cell.outdated.hidden = !shown || cell.code === of;
    output?.classList.toggle("live-outdated", !cell.outdated.hidden);
  }

  /* An edit belongs to the cell that has the code it was made of, wherever the cell stands now; if
     none has, the book's cell has changed, and both are offered. */
  function restore() {
    const editable = cells.filter(({ source, edit }) => source && edit);
    let list = edits.read()[page.name] || [];
    for (const inPlace of [true, false]) {
      for (const cell of editable.filter(({ code, own }) => code === own)) {
        const edit = list.find(({ was, number }) => was === cell.own && (!inPlace || number === cell.number));
        if (!edit) continue;
        list = list.filter((other) => other !== edit);
        cell.keptAs = edit.number;
        cell.code = edit.code;
        showEdited(cell);
      }
    }
    for (const edit of list) {
      const cell = cells[edit.number];
      if (editable.includes(cell)) cell.changed = edit;
    }
    editable.forEach(mark);
  }

  /* What changes the results of other cells is not folded away. */
  function unfold(node) {
    for (let fold = node.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  const mineOf = (cell) => `${cell.own}\n`;

  const links = () => load("live-links.js", "The link could not be made.");
  const link = (cell) => links().then(() => window.liveLinks.copy(cell)).catch(({ message }) => report(cell, message, { state: "failed" }));
  const openLinked = () => location.hash.startsWith("#cell-") && links().then(() => window.liveLinks.open());

  function leaveLink(cell) {
    if (!cell.linked) return;
    cell.linked = false;
    history.replaceState(history.state, "", `#cell-${cell.number + 1}`);
  }

  /* The reader's code as text, until Edit makes it a field: the editor is not loaded for it. */
  function showEdited(cell) {
    unfold(cell.source);
    cell.text?.remove();
    cell.text = element("pre", { className: "live-edited", tabIndex: 0 }, cell.code);
    cell.source.after(cell.text);
    cell.source.hidden = true;
  }

  /* A cell that cannot run here is empty for the others. */
  const sources = () => cells.map(({ code, away }) => (away ? "" : code));

  /* What a run may load ahead, which cells before it are meant to fail, and which stand aside. */
  function whatFor(target) {
    const here = cells.slice(0, target.number + 1).filter((cell) => cell === target || !(cell.away || cell.aside));
    const numbers = (kind) => cells.filter((cell) => cell[kind]).map(({ number }) => number);
    return {
      packages: [...new Set(here.flatMap(({ packages }) => packages || []))],
      mayFail: numbers("mayFail"),
      aside: numbers("aside"),
    };
  }

  /* A word for the eye beside the buttons, and for a screen reader in the page's one live region. */
  function report(cell, text, { aloud = true, state = "" } = {}) {
    if (!cell.status) return;
    cell.status.textContent = text;
    cell.status.dataset.state = state;
    if (aloud && text) announcer.textContent = `Cell ${cell.number + 1}: ${text}`;
  }

  /* What a cell shows. The built output waits beside it until Reset. */

  function builtOutput(cell) {
    return cell.box.querySelector(":scope > .cell_output, :scope > details > .cell_output");
  }

  function clearOutput(cell) {
    if (!cell.output) {
      cell.output = builtOutput(cell);
      if (!cell.output) {
        cell.output = element("div", { className: "cell_output docutils container" });
        cell.controls.after(cell.output);
      }
      cell.built = [...cell.output.childNodes];
    }
    cell.output.replaceChildren();
    cell.output.classList.add("live-output");
    cell.figures = cell.built.flatMap((node) =>
      node.matches?.("figure") ? [node] : [...(node.querySelectorAll?.("figure") || [])]
    );
  }

  function block(kind, text) {
    return element("div", { className: `output ${kind}` }, element("pre", { tabIndex: 0 }, text));
  }

  /* A number as a sentence would show it, a word as it is. */
  function short(value) {
    const number = Number(value);
    return Number.isFinite(number) ? String(Number(number.toPrecision(4))) : String(value ?? "none");
  }

  /* What begins with the label of an equation of this page gets its number and a link, as when it was built. */
  function linkToEquation(node) {
    const { label } = node.dataset;
    const id = `equation-${label}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/-$/, "");
    const number = document.getElementById(id)?.querySelector(".eqno")?.firstChild?.textContent.trim();
    const words = node.firstChild;
    if (!number || !words?.data?.startsWith(label)) return;
    words.data = words.data.slice(label.length);
    node.prepend(element("a", { className: "reference internal", href: `#${id}` }, number));
  }

  function figure(cell, svg) {
    const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    const built = cell.figures.shift();
    const old = built?.querySelector("img");
    const picture = element("img", {
      src: address,
      alt: `A figure that this cell has just drawn.${old?.alt ? ` On the built page: ${old.alt}` : ""}`,
    });
    picture.onload = () => URL.revokeObjectURL(address);
    if (!old) return element("div", { className: "output image_svg" }, picture);
    const copy = built.cloneNode(true);
    copy.querySelector("img").replaceWith(picture);
    return copy;
  }

  const put = {
    clear: (cell) => cell.output.replaceChildren(),
    stream(cell, { text, over }) {
      const before = cell.output.lastElementChild;
      if (over && before?.matches(".stream")) {
        before.firstChild.textContent = before.firstChild.textContent.replace(/[^\n]*$/, "");
      }
      if (before?.matches(".stream")) before.firstChild.append(text);
      else cell.output.append(block("stream", text));
    },
    text: (cell, { text }) => cell.output.append(block("text_plain", text)),
    html(cell, { html }) {
      const box = element("div", { className: "output text_html" });
      box.innerHTML = html;
      box.querySelectorAll("[data-label]").forEach(linkToEquation);
      cell.output.append(box);
      if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    },
    glue(cell, { values }) {
      const other = Object.entries(values)
        .map(([name, value]) => [name, short(value), short(page.values[name])])
        .filter(([, here, built]) => here !== built)
        .map(([name, here, built]) => `${name.replaceAll("_", " ")} ${here} (built page: ${built})`);
      if (!other.length) return;
      const text = `In the sentences: ${other.join(", ")}.`;
      cell.output.append(element("p", { className: "live-note" }, text));
    },
    svg: (cell, { svg }) => cell.output.append(figure(cell, svg)),
    note: (cell, { text }) => cell.output.append(element("p", { className: "live-note" }, text)),
    error(cell, { text }) {
      const box = block("live-error", text);
      box.firstChild.setAttribute("aria-label", "Error");
      cell.output.append(box);
      unfold(box);
    },
  };

  function show(target, message) {
    const cell = cells[message.cell];
    if (message.kind === "progress") {
      tick(python.progress(message));
    } else if (message.kind === "again") {
      const why = "A cell has changed a library or the book’s code, so Python starts anew";
      report(target, why, { state: "busy" });
      tick(why);
    } else if (message.kind === "started") {
      target.failed = null;
      if (cell.controls) {
        clearOutput(cell);
        cell.ran = target.sent[message.cell];
        tellOfOutput(cell);
      }
      const first = message.steps > 1 && cell !== target;
      const which = message.steps > 2 ? `${message.step} of the ${message.steps - 1} cells` : "the cell";
      const text = first ? `Running ${which} above this one` : "Running";
      report(target, text, { aloud: message.step === 1, state: "busy" });
      tick(text);
    } else if (message.kind === "finished") {
      if (cell.controls) cell.reset.hidden = false;
    } else if (message.kind === "error" && cell !== target) {
      target.failed = message;
      if (cell.controls) put.error(cell, message);
    } else if (message.kind === "error") {
      target.failed = message;
      put.error(cell, message);
    } else if (cell?.controls && put[message.kind]) {
      put[message.kind](cell, message);
    }
  }

  /* What the buttons do. */

  const tick = python.ticking((text) => active && report(active, text, { aloud: false, state: "busy" }));

  async function run(cell) {
    if (active) return;
    active = cell;
    document.documentElement.classList.add("live-running");
    for (const other of cells) if (other.run) other.run.disabled = true;
    cell.stop.hidden = false;
    const first = python.begun ? "Running" : "Loading Python";
    report(cell, first, { state: "busy", aloud: !python.begun });
    tick(first);
    const began = performance.now();
    try {
      const onShow = (message) => show(cell, message);
      cell.sent = sources();
      const succeeded = await python.runCells(cell.sent, cell.number, onShow, whatFor(cell));
      tick();
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (succeeded) report(cell, `Done in ${seconds} s`, { state: "done" });
      else if (cell.failed.cell === cell.number) report(cell, cell.failed.summary, { state: "failed" });
      else report(cell, `Cell ${cell.failed.cell + 1}, which runs before this one, failed: ${cell.failed.summary}`, { state: "failed" });
    } catch (error) {
      tick();
      report(cell, error.stopped ? "Stopped. Run starts anew." : error.message, { state: "failed" });
    }
    active = null;
    document.documentElement.classList.remove("live-running");
    for (const other of cells) if (other.run) other.run.disabled = false;
    const stopHadFocus = document.activeElement === cell.stop;
    cell.stop.hidden = true;
    if (stopHadFocus || document.activeElement === document.body) cell.run.focus({ preventScroll: true });
  }

  function reset(cell) {
    offerUndo(cell);
    const { linked } = cell;
    setCode(cell, cell.own);
    if (cell.source) (linked ? mark : (one) => keep(one, { forgetEarlier: true }))(cell);
    if (cell.built) showOutput(cell, { nodes: cell.built });
    cell.reset.hidden = true;
    const back = cell.before ? ". Undo brings back what you wrote" : "";
    report(cell, `As on the built page${back}`, { state: "done" });
    (cell.before ? cell.undo : cell.run).focus({ preventScroll: true });
  }

  /* The reader's code leaves the field for another. */
  function setCode(cell, code) {
    leaveLink(cell);
    cell.code = code;
    cell.editor?.remove();
    cell.text?.remove();
    cell.editor = cell.text = null;
    if (cell.source) cell.source.hidden = false;
    if (code !== cell.own) showEdited(cell);
  }

  /* What a cell shows, and the code that it is the result of; none if it was built with the page. */
  function showOutput(cell, { nodes, ran = null }) {
    cell.ran = ran;
    cell.output.replaceChildren(...nodes);
    cell.output.classList.toggle("live-output", ran !== null);
    tellOfOutput(cell);
  }

  /* What is about to be replaced waits until the reader writes something else. */
  function offerUndo(cell) {
    const { code, changed, ran, output } = cell;
    const written = code !== cell.own || changed;
    cell.before = written ? { code, changed, shown: ran != null && { ran, nodes: [...output.childNodes] } } : null;
    cell.undo.hidden = !cell.before;
  }

  function withdrawUndo(cell) {
    cell.before = null;
    cell.undo.hidden = true;
  }

  function undo(cell) {
    const { code, changed, shown } = cell.before;
    withdrawUndo(cell);
    setCode(cell, code);
    cell.changed = changed;
    keep(cell);
    if (changed) remember(changed);
    if (shown) showOutput(cell, shown);
    cell.reset.hidden = false;
    report(cell, "Your code is back", { state: "done" });
    cell.edit.focus({ preventScroll: true });
  }

  const loading = {};
  function load(name, failure) {
    loading[name] ||= new Promise((resolve, reject) => {
      const script = element("script", { src: new URL(`${name}?v=${stamp}`, home).href });
      script.onload = resolve;
      script.onerror = () => {
        delete loading[name];
        reject(new Error(failure));
      };
      document.head.append(script);
    });
    return loading[name];
  }
  const loadEditor = () => load("code-editor.js", "The editor could not be loaded.");

  async function edit(cell) {
    try {
      await loadEditor();
    } catch (error) {
      report(cell, error.message, { state: "failed" });
      return;
    }
    unfold(cell.source);
    if (!cell.editor) {
      cell.editor = window.codeEditor({
        code: cell.code,
        label: `Code of cell ${cell.number + 1}. Escape leaves the field, Control Enter runs the cell.`,
        onChange(code) {
          cell.code = code;
          withdrawUndo(cell);
          const mine = cell.linked && cell.changed;
          leaveLink(cell);
          keep(cell);
          if (mine) remember(mine);
        },
        onRun: () => run(cell),
        onLeave: () => cell.edit.focus(),
      });
      cell.text?.remove();
      cell.text = null;
      cell.source.after(cell.editor);
      cell.source.hidden = true;
      cell.reset.hidden = false;
      report(cell, "Escape leaves the field, Ctrl-Enter runs", { aloud: false });
    }
    cell.editor.focusCode();
  }

  /* The edit of a cell that the book has changed since: taken over when the reader asks for it. */
  function takeMine(cell) {
    offerUndo(cell);
    setCode(cell, cell.changed.code);
    keep(cell, { forgetEarlier: true });
    return edit(cell);
  }

  /* The second click of two, made before the eye saw that another button has come, is none. */
  function button(cell, word, action) {
    const node = element("button", { type: "button", "aria-label": `${word} cell ${cell.number + 1}` }, word);
    node.addEventListener("click", ({ detail }) => {
      if (word !== "Undo" || detail < 2) action(cell);
    });
    return node;
  }

  for (const controls of document.querySelectorAll(".live-controls[data-cell]")) {
    const cell = cells[Number(controls.dataset.cell)];
    cell.controls = controls;
    cell.box = controls.closest(".cell");
    cell.source = cell.box.querySelector(".cell_input > .highlight-ipython3, .cell_input > div");
    cell.link = button(cell, "Link", link);
    cell.link.setAttribute("aria-label", `Copy a link to cell ${cell.number + 1}`);
    cell.link.addEventListener("pointerenter", links);
    if (cell.away) {
      cell.status = element("span", { className: "live-status" });
      controls.append(element("span", { className: "live-away" }, `Not in a browser: ${cell.away}.`), cell.link, cell.status);
      continue;
    }
    cell.run = button(cell, "Run", run);
    cell.stop = button(cell, "Stop", () => python.stop());
    cell.edit = button(cell, "Edit", edit);
    cell.reset = button(cell, "Reset", reset);
    cell.mine = button(cell, "Show mine", takeMine);
    cell.undo = button(cell, "Undo", undo);
    cell.undo.setAttribute("aria-label", `Undo the reset of cell ${cell.number + 1}`);
    cell.mark = element("span", { className: "live-mark" });
    cell.outdated = element("p", { className: "live-whose" });
    cell.outdated.hidden = cell.undo.hidden = true;
    cell.stop.hidden = cell.reset.hidden = cell.mine.hidden = cell.mark.hidden = true;
    cell.edit.hidden = !cell.source;
    cell.status = element("span", { className: "live-status" });
    controls.append(cell.run, cell.stop, cell.edit, cell.mine, cell.reset, cell.undo, cell.link, cell.mark, cell.status, cell.outdated);
  }
  restore();

  window.liveCells = { cells, sources, element, loadEditor, shelf, run: (number) => run(cells[number]), mineOf, report, unfold, setCode, mark, edit };
  openLinked();
  addEventListener("hashchange", openLinked);
})();
