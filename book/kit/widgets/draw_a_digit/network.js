// A trained network in the page: its weights, its forward pass, and what each pixel contributed.
//
// This is the one place outside the package nnfs where the forward pass is written down; a test
// holds it to nnfs.forward. It uses no page and no canvas, and works on one image at a time:
// 784 numbers from 0 (paper) to 1 (full ink), row by row.
(function (drawADigit) {
  "use strict";

  // The number that 16 bits stand for in IEEE 754's half precision. Infinities are never written.
  function numberFromHalf(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = (bits & 1023) / 1024;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
  }

  function numbersFromBase64(text) {
    const bytes = atob(text);
    const numbers = new Float32Array(bytes.length / 2);
    for (let i = 0; i < numbers.length; i++) {
      numbers[i] = numberFromHalf(bytes.charCodeAt(2 * i) | (bytes.charCodeAt(2 * i + 1) << 8));
    }
    return numbers;
  }

  // widths: such as [784, 10, 10]; weights: W1, b1, W2, b2, ... one after the other, row by row,
  // as half-precision numbers in base64.
  drawADigit.network = function (widths, weights) {
    const numbers = numbersFromBase64(weights);
    const layers = [];
    let from = 0;
    for (let depth = 1; depth < widths.length; depth++) {
      const inputs = widths[depth - 1];
      const outputs = widths[depth];
      const W = numbers.subarray(from, from + inputs * outputs);
      from += W.length;
      const b = numbers.subarray(from, from + outputs);
      from += outputs;
      layers.push({ W, b, inputs, outputs });
    }
    if (from !== numbers.length) {
      throw new Error(`${numbers.length} weights; ${widths.join("-")} has ${from}`);
    }
    return { widths, layers };
  };

  function affine(layer, x) {
    const z = new Float64Array(layer.outputs);
    for (let k = 0; k < layer.outputs; k++) {
      let sum = layer.b[k];
      for (let j = 0; j < layer.inputs; j++) {
        sum += layer.W[k * layer.inputs + j] * x[j];
      }
      z[k] = sum;
    }
    return z;
  }

  function softmax(logits) {
    const largest = Math.max(...logits);
    const powers = logits.map((z) => Math.exp(z - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  }

  // hidden: one array of activations for each hidden layer.
  drawADigit.forward = function (network, image) {
    const hidden = [];
    let x = image;
    for (const layer of network.layers.slice(0, -1)) {
      x = affine(layer, x).map((z) => Math.max(0, z));
      hidden.push(x);
    }
    const logits = affine(network.layers[network.layers.length - 1], x);
    const probabilities = softmax(logits);
    const answer = probabilities.indexOf(Math.max(...probabilities));
    return { hidden, logits, probabilities, answer };
  };

  // What each pixel adds to the lead of the answer: its logit minus the mean of all ten. Along the
  // hidden units that are on, the network is linear, so pixel times slope is exact: all pixels
  // together make up the lead, but for what the biases add. The mean is taken off because a
  // constant that is added to every logit changes no probability.
  drawADigit.contributions = function (network, activations, image) {
    const last = network.layers[network.layers.length - 1];
    let slopes = new Float64Array(last.inputs);
    for (let u = 0; u < last.inputs; u++) {
      let mean = 0;
      for (let k = 0; k < last.outputs; k++) {
        mean += last.W[k * last.inputs + u] / last.outputs;
      }
      slopes[u] = last.W[activations.answer * last.inputs + u] - mean;
    }
    for (let depth = network.layers.length - 2; depth >= 0; depth--) {
      slopes = slopesBelow(network.layers[depth], activations.hidden[depth], slopes);
    }
    return slopes.map((slope, j) => slope * image[j]);
  };

  function slopesBelow(layer, hidden, slopes) {
    const below = new Float64Array(layer.inputs);
    for (let u = 0; u < layer.outputs; u++) {
      if (hidden[u] > 0) {
        for (let j = 0; j < layer.inputs; j++) {
          below[j] += slopes[u] * layer.W[u * layer.inputs + j];
        }
      }
    }
    return below;
  }
})((globalThis.drawADigit = globalThis.drawADigit || {}));
