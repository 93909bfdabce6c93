/* The edit field of a cell; bundled into code-editor.js as README.md beside it says. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

window.codeEditor = ({ code, label, onChange, onRun, onLeave }) => {
  const own = [
    { key: "Mod-Enter", run: () => (onRun(), true), preventDefault: true },
    // As in a notebook.
    { key: "Shift-Enter", run: () => (onRun(), true), preventDefault: true },
    { key: "Escape", run: () => (onLeave(), true) },
    indentWithTab,
  ];
  const box = document.createElement("div");
  box.className = "live-editor";
  // A key typed here is no shortcut of the page, such as Sphinx's "/" for the search. Only Ctrl-K,
  // which no editor needs, opens the search from here as well: the theme takes it before it arrives.
  for (const kind of ["keydown", "keypress", "keyup"]) box.addEventListener(kind, (event) => event.stopPropagation());
  const view = new EditorView({
    parent: box,
    state: EditorState.create({
      doc: code,
      extensions: [
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        indentUnit.of("    "),
        pythonLanguage,
        syntaxHighlighting(classHighlighter),
        keymap.of([...own, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  box.focusCode = () => view.focus();
  box.setCode = (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  return box;
};
