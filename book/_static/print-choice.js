/* A page with a sheet prints all of it, as any page does; a button in the sheet prints the sheet alone. */
(() => {
  "use strict";
  const sheet = document.querySelector(".one-sheet");
  if (!sheet) return;
  const root = document.documentElement;
  const choice = document.createElement("p");
  choice.className = "print-choice";
  for (const [words, alone] of [["Print the sheet", true], ["Print the chapter", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", () => {
      root.classList.toggle("sheet-alone", alone);
      print();
    });
    choice.append(button);
  }
  sheet.append(choice);
  // What the browser's own command prints next is the chapter again.
  addEventListener("afterprint", () => root.classList.remove("sheet-alone"));
})();
