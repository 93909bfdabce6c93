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

  /* A cell that cannot run here is empty for the others. */
  const sources = () => cells.map(({ code, away }) => (away ? "" : code));

  /* A word for the eye beside the buttons, and for a screen reader in the page's one live region. */
  function report(cell, text, { aloud = true, state = "" } = {}) {
    if (!cell.status) return;
    cell.status.textContent = text;
    cell.status.dataset.state = state;
    if (aloud && text) announcer.textContent = `Cell ${cell.number + 1}: ${text}`;
  }

  /* What a cell shows. The built output waits beside it until Reset. */

  function clearOutput(cell) {
    if (!cell.output) {
      cell.output = cell.box.querySelector(":scope > .cell_output, :scope > details > .cell_output");
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
    stream(cell, { text }) {
      const before = cell.output.lastElementChild;
      if (before?.matches(".stream")) before.firstChild.append(text);
      else cell.output.append(block("stream", text));
    },
    text: (cell, { text }) => cell.output.append(block("text_plain", text)),
    html(cell, { html }) {
      const box = element("div", { className: "output text_html" });
      box.innerHTML = html;
      cell.output.append(box);
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
    },
  };

  function show(target, message) {
    const cell = cells[message.cell];
    if (message.kind === "progress") {
      const [loaded, total] = [message.loaded, message.total].map((bytes) => (bytes / 1e6).toFixed(0));
      const text = loaded === total ? "Starting Python" : `Loading Python: ${loaded} of ${total} MB`;
      report(target, text, { aloud: false, state: "busy" });
    } else if (message.kind === "started") {
      target.failed = null;
      if (cell.controls) clearOutput(cell);
      const first = message.steps > 1 && cell !== target;
      const which = `earlier cell ${message.step} of ${message.steps - 1} that this one needs`;
      report(target, first ? `Running ${which}` : "Running", { aloud: message.step === 1, state: "busy" });
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

  async function run(cell) {
    if (active) return;
    active = cell;
    document.documentElement.classList.add("live-running");
    for (const other of cells) if (other.run) other.run.disabled = true;
    cell.stop.hidden = false;
    report(cell, "Loading Python", { state: "busy" });
    const began = performance.now();
    try {
      const succeeded = await python.runCells(sources(), cell.number, (message) =>
        show(cell, message)
      );
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (succeeded) report(cell, `Done in ${seconds} s`, { state: "done" });
      else if (cell.failed.cell === cell.number) report(cell, cell.failed.summary, { state: "failed" });
      else report(cell, `Cell ${cell.failed.cell + 1}, which this one needs, failed: ${cell.failed.summary}`, { state: "failed" });
    } catch (error) {
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
    cell.code = cell.own;
    cell.editor?.remove();
    cell.editor = null;
    if (cell.source) cell.source.hidden = false;
    if (cell.built) {
      cell.output.replaceChildren(...cell.built);
      cell.output.classList.remove("live-output");
    }
    cell.reset.hidden = true;
    report(cell, "As on the built page", { state: "done" });
    cell.run.focus({ preventScroll: true });
  }

  let editorScript = null;
  function loadEditor() {
    editorScript ||= new Promise((resolve, reject) => {
      const script = element("script", { src: new URL(`code-editor.js?v=${stamp}`, home).href });
      script.onload = resolve;
      script.onerror = () => {
        editorScript = null;
        reject(new Error("The editor could not be loaded."));
      };
      document.head.append(script);
    });
    return editorScript;
  }

  async function edit(cell) {
    try {
      await loadEditor();
    } catch (error) {
      report(cell, error.message, { state: "failed" });
      return;
    }
    if (cell.source.closest("details")) cell.source.closest("details").open = true;
    if (!cell.editor) {
      cell.editor = window.codeEditor({
        code: cell.code,
        label: `Code of cell ${cell.number + 1}. Escape leaves the field, Control Enter runs the cell.`,
        onChange(code) {
          cell.code = code;
          cell.reset.hidden = false;
        },
        onRun: () => run(cell),
        onLeave: () => cell.edit.focus(),
      });
      cell.source.after(cell.editor);
      cell.source.hidden = true;
      cell.reset.hidden = false;
      report(cell, "Escape leaves the field, Ctrl-Enter runs", { aloud: false });
    }
    cell.editor.focusCode();
  }

  function button(cell, word, action) {
    const node = element("button", { type: "button", "aria-label": `${word} cell ${cell.number + 1}` }, word);
    node.addEventListener("click", () => action(cell));
    return node;
  }

  for (const controls of document.querySelectorAll(".live-controls[data-cell]")) {
    const cell = cells[Number(controls.dataset.cell)];
    cell.controls = controls;
    cell.box = controls.closest(".cell");
    cell.source = cell.box.querySelector(".cell_input > .highlight-ipython3, .cell_input > div");
    if (cell.away) {
      controls.append(element("span", { className: "live-status" }, `Not in a browser: ${cell.away}.`));
      continue;
    }
    cell.run = button(cell, "Run", run);
    cell.stop = button(cell, "Stop", () => python.stop());
    cell.edit = button(cell, "Edit", edit);
    cell.reset = button(cell, "Reset", reset);
    cell.stop.hidden = cell.reset.hidden = true;
    cell.edit.hidden = !cell.source;
    cell.status = element("span", { className: "live-status" });
    controls.append(cell.run, cell.stop, cell.edit, cell.reset, cell.status);
  }

  window.liveCells = { cells, sources, element, loadEditor, run: (number) => run(cells[number]) };
})();
