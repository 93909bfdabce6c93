/* Exercises that mark the reader's code: write, check, keep, train, download.

   Nothing is loaded before the first Write, Check or Train. What the reader writes and what has passed
   is kept in this browser and nowhere else; where a browser keeps nothing, until the page is left. */
(() => {
  "use strict";
  const list = document.getElementById("reader-exercises");
  const python = window.livePython;
  if (!list || !python || !window.liveCells) return;
  const { element } = window.liveCells;
  const starts = JSON.parse(list.textContent);
  const names = Object.keys(starts);
  const KEY = "nnfs-exercises";
  let active = null;

  /* What is kept, read anew each time: another page of the book may have added to it. */

  const known = (codes) =>
    Object.fromEntries(Object.entries(codes || {}).filter(([name, code]) => name in starts && typeof code === "string"));

  const shelf = window.liveCells.shelf(KEY, (found) => ({
    drafts: known(found?.drafts),
    passed: known(found?.passed),
  }));
  const kept = () => shelf.read();

  function keep(change) {
    shelf.change(change);
    showProgress();
  }

  const passedCodes = () => kept().passed;
  const count = () => `${Object.keys(passedCodes()).length} of ${names.length} passed`;

  /* A line beside the buttons for the eye, and a place below them that is read aloud. */

  function status(place, text, state = "") {
    place.status.textContent = text;
    place.status.dataset.state = state;
  }

  function verdict(place, text, state = "") {
    place.words.textContent = text;
    place.verdict.dataset.state = state;
  }

  function printed(place, text) {
    place.output ||= element("pre", { tabIndex: 0, "aria-label": "What your code prints" });
    place.output.append(text);
    place.verdict.after(place.output);
  }

  function showProgress() {
    const { drafts, passed } = kept();
    for (const exercise of exercises) {
      if (exercise === active) continue;
      const own = exercise.name in passed ? "passed, " : exercise.name in drafts ? "draft kept, " : "";
      status(exercise, `${own}${count()}`, own.startsWith("passed") ? "done" : "");
      exercise.reset.hidden = !(exercise.name in drafts || exercise.name in passed);
      exercise.undo.hidden = !exercise.before || !exercise.reset.hidden;
    }
    for (const panel of panels) {
      panel.progress.textContent = `${count()}.`;
      panel.download.disabled = !Object.keys(passed).length;
      panel.items.forEach((item, i) => item.toggleAttribute("data-passed", names[i] in passed));
    }
  }

  /* One piece of Python at a time; Stop ends it. */

  async function run(place, code, variables, onShow) {
    if (active) return;
    active = place;
    for (const other of [...exercises, ...panels]) other.go.disabled = true;
    place.stop.hidden = false;
    place.output?.remove();
    place.output = null;
    verdict(place, "Loading Python and running your code.");
    const tick = (place.tick = python.ticking((text) => status(place, text, "busy")));
    tick("Loading Python");
    let failed = "";
    let loading = true;
    try {
      await python.run(code, { name: "check", space: "exercises", variables }, (message) => {
        if (message.kind === "progress") return tick(python.progress(message));
        if (loading) tick("Running your code");
        loading = false;
        if (message.kind === "stream") printed(place, message.text);
        else if (message.kind === "note") printed(place, `\n${message.text}\n`);
        else if (message.kind === "error") failed = message.summary;
        else if (message.kind === "event") onShow(message.value);
      });
    } catch (error) {
      failed = error.stopped ? "Stopped. Your code is as it was." : error.message;
    }
    tick();
    status(place, "");
    if (failed) verdict(place, failed, "failed");
    active = null;
    for (const other of [...exercises, ...panels]) other.go.disabled = false;
    const lostFocus = document.activeElement === place.stop || document.activeElement === document.body;
    place.stop.hidden = true;
    if (lostFocus) place.go.focus({ preventScroll: true });
    showProgress();
  }

  /* One exercise. */

  const CHECK = `from sphinx_live_cells.browser import send_event
from kit.exercises.engine.marking import mark

send_event("verdict", mark(name, source, answers))`;

  /* What stands in the field, whatever another window keeps meanwhile. */
  function code({ name, written }) {
    const { drafts, passed } = kept();
    return written ?? drafts[name] ?? passed[name] ?? starts[name];
  }

  function check(exercise) {
    const source = code(exercise);
    return run(exercise, CHECK, { name: exercise.name, source, answers: passedCodes() }, ({ passed, text }) => {
      if (passed) keep((now) => (now.passed[exercise.name] = source));
      const before = !passed && exercise.name in passedCodes();
      verdict(exercise, before ? `${text} What passed before is kept.` : text, passed ? "passed" : "failed");
    });
  }

  async function write(exercise) {
    try {
      await window.liveCells.loadEditor();
    } catch (error) {
      verdict(exercise, error.message, "failed");
      return;
    }
    if (!exercise.editor) {
      exercise.editor = window.codeEditor({
        code: code(exercise),
        label: `Your ${exercise.name}. Escape leaves the field, Control Enter checks the code.`,
        onChange(text) {
          exercise.written = text;
          exercise.before = null;
          keep((now) => (now.drafts[exercise.name] = text));
        },
        onRun: () => check(exercise),
        onLeave: () => exercise.write.focus(),
      });
      exercise.written = code(exercise);
      exercise.text?.remove();
      exercise.text = null;
      exercise.start.after(exercise.editor);
      exercise.start.hidden = true;
    }
    exercise.editor.focusCode();
  }

  /* What was kept stands in the place of the empty function from the start, as text until Write. */
  function restore(exercise) {
    const { drafts, passed } = kept();
    const own = code(exercise);
    exercise.text?.remove();
    exercise.text = null;
    exercise.start.hidden = own !== starts[exercise.name];
    if (exercise.start.hidden) {
      exercise.text = element("pre", { className: "live-edited", tabIndex: 0 }, own);
      exercise.start.after(exercise.text);
    }
    if (!(exercise.name in passed)) verdict(exercise, "Not checked on this visit.");
    else if (own === passed[exercise.name]) verdict(exercise, "Passed on an earlier visit.", "passed");
    else verdict(exercise, "An earlier version passed and is kept. This one is not checked yet.");
  }

  function reset(exercise) {
    const { drafts, passed } = kept();
    const before = { draft: drafts[exercise.name], passed: passed[exercise.name] };
    show(exercise, starts[exercise.name]);
    exercise.before = before;
    keep((now) => {
      delete now.drafts[exercise.name];
      delete now.passed[exercise.name];
    });
    verdict(exercise, "Empty again. Undo brings back what you wrote.");
    exercise.undo.focus({ preventScroll: true });
  }

  /* Until something else is written, what a reset took away can come back. */
  function undo(exercise) {
    const { draft, passed } = exercise.before;
    show(exercise, draft ?? passed);
    exercise.before = null;
    keep((now) => {
      if (draft !== undefined) now.drafts[exercise.name] = draft;
      if (passed !== undefined) now.passed[exercise.name] = passed;
    });
    if (!exercise.editor) restore(exercise);
    else if (passed === exercise.written) verdict(exercise, "Your code is back. It has passed.", "passed");
    else verdict(exercise, `Your code is back. ${passed === undefined ? "It" : "An earlier version passed and is kept. This one"} is not checked yet.`);
    exercise.write.focus({ preventScroll: true });
  }

  /* Code in the field, or, until Write, the empty function. */
  function show(exercise, code) {
    exercise.text?.remove();
    exercise.text = null;
    if (!exercise.editor) exercise.start.hidden = false;
    exercise.editor?.setCode(code);
  }

  function button(word, label, action) {
    const node = element("button", { type: "button", "aria-label": label }, word);
    node.addEventListener("click", action);
    return node;
  }

  function place(controls, name) {
    const box = document.querySelector(`[data-verdict="${name}"]`);
    const words = element("p");
    box.append(words);
    const stop = button("Stop", "Stop Python", () => python.stop());
    stop.hidden = true;
    return { name, controls, verdict: box, words, stop, status: element("span", { className: "live-status" }) };
  }

  const exercises = [...document.querySelectorAll(".live-controls[data-exercise]")].map((controls) => {
    const exercise = place(controls, controls.dataset.exercise);
    const { name } = exercise;
    exercise.start = controls.closest(".marked-exercise").querySelector(".exercise-start");
    exercise.write = button("Write", `Write ${name}`, () => write(exercise));
    exercise.go = button("Check", `Check ${name}`, () => check(exercise));
    exercise.reset = button("Reset", `Reset ${name}`, () => reset(exercise));
    // The second click of two, made before the eye saw that another button has come, is none.
    exercise.undo = button("Undo", `Undo the reset of ${name}`, ({ detail }) => detail < 2 && undo(exercise));
    exercise.undo.hidden = true;
    controls.append(exercise.write, exercise.go, exercise.stop, exercise.reset, exercise.undo, exercise.status);
    restore(exercise);
    return exercise;
  });

  /* All of them together. */

  const TRAIN = `from sphinx_live_cells.browser import send_event
from kit.exercises.engine.training import train_on_digits

for report in train_on_digits(answers):
    send_event("report", report)`;

  const percent = (share) => `${(100 * share).toFixed(1)} %`;

  function train(panel) {
    const answers = passedCodes();
    const own = Object.keys(answers).length;
    const whose = own === names.length ? "all functions are yours" : `${own} of ${names.length} functions are yours, the others are the book's`;
    return run(panel, TRAIN, { answers }, (report) => {
      const { steps, of, loss, accuracy } = report;
      const now = `loss ${loss.toFixed(3)}, ${percent(accuracy)} of the test images right`;
      if (steps < of) panel.tick(`${steps} of ${of} steps: ${now}`);
      else verdict(panel, `Trained for ${of} steps: ${now}; ${whose}.`, "passed");
    });
  }

  /* The reader's own module: what has passed, in the order of the chapters. */
  function moduleText() {
    const answers = passedCodes();
    const own = names.filter((name) => name in answers);
    const missing = names.filter((name) => !(name in answers));
    const still = missing.length ? `\n\nStill to write: ${missing.join(", ")}.\n` : "";
    const head = `"""My own small nnfs, written with Neural Networks from Scratch.${still}"""\n\nimport numpy as np\n`;
    return [head, ...own.map((name) => `${answers[name].trim()}\n`)].join("\n\n");
  }

  function download() {
    const address = URL.createObjectURL(new Blob([moduleText()], { type: "text/x-python" }));
    element("a", { href: address, download: "my_nnfs.py" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  const panels = [...document.querySelectorAll(".live-controls[data-reader-module]")].map((controls) => {
    const panel = place(controls, "reader-module");
    const box = controls.closest(".reader-module");
    panel.progress = box.querySelector("[data-progress]");
    panel.items = [...box.querySelectorAll("li")];
    panel.go = button("Train on the digits", "Train on the digits with your functions", () => train(panel));
    panel.download = button("Download my_nnfs.py", "Download my_nnfs.py, your functions in one file", download);
    controls.append(panel.go, panel.stop, panel.download, panel.status);
    verdict(panel, "Not trained on this visit.");
    return panel;
  });

  /* Written or passed in another window. */
  window.addEventListener("storage", ({ key }) => {
    if (key !== null && key !== KEY) return;
    for (const exercise of exercises) {
      const shown = exercise.text?.textContent ?? starts[exercise.name];
      if (!exercise.editor && exercise !== active && code(exercise) !== shown) restore(exercise);
    }
    showProgress();
  });
  showProgress();
  /* What a page shows when it opens is read where it stands; only what changes is news. */
  setTimeout(() => {
    for (const { words } of [...exercises, ...panels]) words.setAttribute("role", "status");
  });
})();
