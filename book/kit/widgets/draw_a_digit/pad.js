// The pad: ink by mouse, pen, finger or keyboard.
(function (drawADigit) {
  "use strict";

  const GRID = 28; // the keyboard's cursor goes over as many places as the picture has pixels
  const PEN = 1 / 12; // the pen's width as a part of the pad's; a digit is then as dark as MNIST's
  const ARROWS = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };

  // canvas: a square one that can be focused. cursor: an element that shows where the keyboard's
  // pen is. changed(): ink was added or wiped off. said(words): for screen readers.
  drawADigit.pad = function (canvas, cursor, { changed, said }) {
    const side = canvas.width;
    const paper = canvas.getContext("2d", { willReadFrequently: true });
    paper.lineWidth = PEN * side;
    paper.lineCap = paper.lineJoin = "round";
    cursor.style.width = `${100 * PEN}%`;

    // A line without length is not painted, so its end is put down as a disc.
    function line(from, to) {
      paper.beginPath();
      paper.moveTo(from.x, from.y);
      paper.lineTo(to.x, to.y);
      paper.stroke();
      paper.beginPath();
      paper.arc(to.x, to.y, paper.lineWidth / 2, 0, 2 * Math.PI);
      paper.fill();
      changed();
    }

    function clear() {
      paper.clearRect(0, 0, side, side);
      changed();
    }

    // From 0 (paper) to 1: how much of each pixel is covered.
    function ink() {
      const rgba = paper.getImageData(0, 0, side, side).data;
      const covered = new Float32Array(side * side);
      for (let i = 0; i < covered.length; i++) covered[i] = rgba[4 * i + 3] / 255;
      return covered;
    }

    listenToPointers(canvas, side, line);
    const keyboard = listenToKeys(canvas, cursor, { side, line, clear, said });
    canvas.addEventListener("pointerdown", keyboard.hide);
    return { clear, ink, line, side };
  };

  // One pointer draws at a time, so that a resting palm leaves no ink. It is followed in the whole
  // window: a stroke may leave the pad and come back.
  function listenToPointers(canvas, side, line) {
    let pointer = null;
    let last = null;

    function place(event) {
      const box = canvas.getBoundingClientRect();
      const scale = side / box.width;
      return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
    }

    canvas.addEventListener("pointerdown", (event) => {
      if (pointer !== null || event.button !== 0) return;
      pointer = event.pointerId;
      last = place(event);
      line(last, last);
    });
    window.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer) return;
      const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const part of events.length ? events : [event]) {
        const next = place(part);
        line(last, next);
        last = next;
      }
    });
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, (event) => {
        if (event.pointerId === pointer) pointer = null;
      });
    }
  }

  // Arrows move a cursor, two of them together diagonally; space puts the pen down or lifts it.
  function listenToKeys(canvas, cursor, { side, line, clear, said }) {
    const held = new Set();
    let column = GRID / 2;
    let row = GRID / 2;
    let down = false;

    const place = () => ({ x: (column / GRID) * side, y: (row / GRID) * side });

    function show() {
      cursor.hidden = false;
      cursor.classList.toggle("is-down", down);
      cursor.style.left = `${(100 * column) / GRID}%`;
      cursor.style.top = `${(100 * row) / GRID}%`;
    }

    function put(isDown) {
      down = isDown;
      if (down) line(place(), place());
      said(down ? "Pen down." : "Pen up.");
      show();
    }

    function move() {
      const from = place();
      for (const key of held) {
        column = Math.max(0, Math.min(GRID, column + ARROWS[key][0]));
        row = Math.max(0, Math.min(GRID, row + ARROWS[key][1]));
      }
      if (down) line(from, place());
      said(`Column ${column}, row ${row} of ${GRID}, pen ${down ? "down" : "up"}.`);
      show();
    }

    function hide() {
      held.clear();
      down = false;
      cursor.hidden = true;
    }

    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in ARROWS) {
        held.add(event.key);
        move();
      } else if (event.key === " ") {
        if (!event.repeat) put(!down);
      } else if (event.key === "Escape" && down) {
        put(false);
      } else if (event.key === "Delete" || event.key === "Backspace") {
        down = false;
        clear();
        show();
      } else {
        return;
      }
      event.preventDefault();
    });
    canvas.addEventListener("keyup", (event) => held.delete(event.key));
    canvas.addEventListener("blur", hide);
    canvas.addEventListener("focus", () => {
      if (canvas.matches(":focus-visible")) show();
    });
    return { hide };
  }
})((globalThis.drawADigit = globalThis.drawADigit || {}));
