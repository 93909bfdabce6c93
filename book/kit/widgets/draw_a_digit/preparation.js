// From ink on a pad to 28 x 28 numbers, the way MNIST was prepared: the ink is scaled to fit a box
// of 20 x 20 pixels with its proportions kept, edges become greys by averaging, and the box is put
// where the centre of mass falls on the middle pixel of the picture.
//
// No page and no canvas is used: ink is an array of numbers from 0 (paper) to 1, row by row.
(function (drawADigit) {
  "use strict";

  const SIDE = 28;
  const BOX = 20;
  // In every image of MNIST the centre of mass, in rows and columns counted from 0, rounds to 14.
  const MIDDLE = 14;

  // The rectangle that holds all ink, or null where there is none.
  function bounds(ink, width, height) {
    let left = width, top = height, right = -1, bottom = -1;
    for (let row = 0, i = 0; row < height; row++) {
      for (let column = 0; column < width; column++, i++) {
        if (ink[i] > 0) {
          if (column < left) left = column;
          if (column > right) right = column;
          if (row < top) top = row;
          bottom = row;
        }
      }
    }
    return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
  }

  // Which old cells a new one covers when `before` cells become `after`, and how much of each.
  function shares(before, after) {
    const size = before / after;
    return Array.from({ length: after }, (_, cell) => {
      const start = cell * size;
      const end = start + size;
      const covered = [];
      for (let old = Math.floor(start); old < Math.min(before, end); old++) {
        const share = (Math.min(end, old + 1) - Math.max(start, old)) / size;
        if (share > 1e-9) covered.push([old, share]);
      }
      return covered;
    });
  }

  // Every new pixel is the mean of the area that it covers.
  function scaled(ink, width, box, newWidth, newHeight) {
    const columns = shares(box.width, newWidth);
    const rows = shares(box.height, newHeight);
    const narrow = new Float64Array(newWidth * box.height);
    for (let row = 0; row < box.height; row++) {
      const start = (box.top + row) * width + box.left;
      for (let column = 0; column < newWidth; column++) {
        let sum = 0;
        for (const [old, share] of columns[column]) sum += share * ink[start + old];
        narrow[row * newWidth + column] = sum;
      }
    }
    const small = new Float64Array(newWidth * newHeight);
    for (let row = 0; row < newHeight; row++) {
      for (const [old, share] of rows[row]) {
        for (let column = 0; column < newWidth; column++) {
          small[row * newWidth + column] += share * narrow[old * newWidth + column];
        }
      }
    }
    return small;
  }

  function centreOfMass(small, width, height) {
    let mass = 0, x = 0, y = 0;
    for (let row = 0, i = 0; row < height; row++) {
      for (let column = 0; column < width; column++, i++) {
        mass += small[i];
        x += small[i] * column;
        y += small[i] * row;
      }
    }
    return { x: x / mass, y: y / mass };
  }

  // Where the box starts along one axis. A digit whose mass is at one end stays in the picture.
  function offset(centre, length) {
    return Math.max(0, Math.min(SIDE - length, MIDDLE - Math.round(centre)));
  }

  drawADigit.prepare = function (ink, width, height) {
    const box = bounds(ink, width, height);
    if (box === null) return null;
    const scale = BOX / Math.max(box.width, box.height);
    const newWidth = Math.max(1, Math.round(box.width * scale));
    const newHeight = Math.max(1, Math.round(box.height * scale));
    const small = scaled(ink, width, box, newWidth, newHeight);
    const centre = centreOfMass(small, newWidth, newHeight);
    const left = offset(centre.x, newWidth);
    const top = offset(centre.y, newHeight);
    const image = new Float64Array(SIDE * SIDE);
    for (let row = 0; row < newHeight; row++) {
      const line = small.subarray(row * newWidth, (row + 1) * newWidth);
      image.set(line, (top + row) * SIDE + left);
    }
    return image;
  };
})((globalThis.drawADigit = globalThis.drawADigit || {}));
