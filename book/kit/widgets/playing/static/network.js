// The one forward and backward pass of the playthings, for one example; a test holds it to nnfs.
// All numbers go by the names that NumPy would use: W1[0,1], Z2[0], dW1[0,1], and J for the loss.
(function (root) {
  "use strict";
  const playing = (root.playing = root.playing || {});

  const column = (name, values, into) => values.forEach((v, i) => (into[`${name}[${i}]`] = v));
  const matrix = (name, rows, into) =>
    rows.forEach((row, i) => row.forEach((v, j) => (into[`${name}[${i},${j}]`] = v)));

  // Scores to probabilities and loss; the largest score is taken off first, as nnfs does.
  playing.softmax = function (scores, label) {
    const top = Math.max(...scores);
    const powers = scores.map((z) => Math.exp(z - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    const shares = powers.map((e) => e / sum);
    return {
      shares,
      loss: Math.log(sum) + top - scores[label],
      gradient: shares.map((p, k) => p - (k === label ? 1 : 0)),
    };
  };

  // add: what is put on top of a sum on its way, such as {"Z1[0]": 0.001}; for finite differences.
  playing.run = function (params, x, label, add = {}) {
    const [W1, b1, W2, b2] = params;
    const sums = (name, W, b, from) =>
      W.map((row, i) =>
        row.reduce((sum, w, j) => sum + w * from[j], b[i][0]) + (add[`${name}[${i}]`] || 0));
    const z1 = sums("Z1", W1, b1, x);
    const a1 = z1.map((z) => Math.max(0, z));
    const z2 = sums("Z2", W2, b2, a1);
    const { shares, loss, gradient } = playing.softmax(z2, label);
    const dA1 = a1.map((_, j) => W2.reduce((sum, row, k) => sum + row[j] * gradient[k], 0));
    const dZ1 = dA1.map((d, j) => (z1[j] > 0 ? d : 0));
    const found = { J: loss };
    matrix("W1", W1, found);
    matrix("W2", W2, found);
    column("b1", b1.map((b) => b[0]), found);
    column("b2", b2.map((b) => b[0]), found);
    column("X", x, found);
    column("Y", shares.map((_, k) => (k === label ? 1 : 0)), found);
    column("Z1", z1, found);
    column("A1", a1, found);
    column("Z2", z2, found);
    column("A2", shares, found);
    column("dZ2", gradient, found);
    column("dA1", dA1, found);
    column("dZ1", dZ1, found);
    matrix("dW2", gradient.map((d) => a1.map((a) => d * a)), found);
    column("db2", gradient, found);
    matrix("dW1", dZ1.map((d) => x.map((v) => d * v)), found);
    column("db1", dZ1, found);
    return found;
  };

  // A parameter by its name: params are W1, b1, W2, b2, and biases are columns.
  const PLACES = { W1: 0, b1: 1, W2: 2, b2: 3 };
  playing.changed = function (params, key, value) {
    const [, name, i, j] = key.match(/^(\w+)\[(\d+)(?:,(\d+))?\]$/);
    const copy = params.map((block) => block.map((row) => row.slice()));
    copy[PLACES[name]][+i][+(j || 0)] = value;
    return copy;
  };

  playing.stepped = function (params, found, alpha) {
    return ["W1", "b1", "W2", "b2"].map((name, place) =>
      params[place].map((row, i) =>
        row.map((v, j) => v - alpha * found[`d${name}[${i}${name[0] === "W" ? `,${j}` : ""}]`])));
  };
})(typeof window === "undefined" ? globalThis : window);
