// A model file of one matrix product, written as protobuf by hand: the yardstick must not depend on the exporter that it measures.

/** ONNX's number for 32-bit floats. */
const float32 = 1;

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const message = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

/** Declare a tensor of `size` numbers an input, as many inputs as are given. */
function declare(field, name, size) {
  const shape = message(2, message(1, message(2, 'n')), message(1, number(1, size)));
  return message(field, message(1, name), message(2, message(1, number(1, float32), shape)));
}

/**
 * y = x · W with a constant W of [size, size].
 *
 * @param {number} size
 * @returns {Uint8Array} An ONNX file; `size` inputs at once make a product of size³ multiply-adds.
 */
export function matmulModel(size) {
  const weights = Float32Array.from({ length: size * size }, (_, i) => ((i % 13) - 6) / 64);
  const node = message(1, message(1, 'x'), message(1, 'W'), message(2, 'y'), message(4, 'MatMul'));
  const constant = message(
    5,
    number(1, size),
    number(1, size),
    number(2, float32),
    message(8, 'W'),
    message(9, new Uint8Array(weights.buffer)),
  );
  const graph = message(7, node, message(2, 'matmul'), constant, declare(11, 'x', size), declare(12, 'y', size));
  return Buffer.concat([number(1, 8), graph, message(8, number(2, 13))]);
}
