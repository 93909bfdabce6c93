/* A page with a sheet prints that alone, or all of it: the reader chooses by one of two buttons in the sheet. */
(() => {
  "use strict";
  const sheet = document.querySelector(".one-sheet");
  if (!sheet) return;
  const root = document.documentElement;
  const choice = document.createElement("p");
  choice.className = "print-choice";
  for (const [words, whole] of [["Print the sheet", false], ["Print the chapter", true]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", () => {
      root.classList.toggle("whole-chapter", whole);
      print();
    });
    choice.append(button);
  }
  sheet.append(choice);
  // The browser's own command prints the sheet, as ever.
  addEventListener("afterprint", () => root.classList.remove("whole-chapter"));
})();
