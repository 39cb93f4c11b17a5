import { FaceError } from '@kith/core';
import { inputName, layOut, type Node } from '../../graph.ts';
import { channelsOf, elementsOf, isMaps, type Maps, type Shape } from '../../shape.ts';
import type { NetworkModel, Weights } from '../../weights.ts';
import { OnnxWriter } from './onnx-writer.ts';

/**
 * Write a table and its weights down as an ONNX file: float32, any batch. Its input is `[batch, height, width, channels]`, and so are
 * outputs that are maps. Norms are written as they are; ONNX Runtime folds them when it loads the file.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` naming the layer, for an operation that is not written yet.
 */
export function exportOnnx({ network, weights }: NetworkModel): Uint8Array {
  const graph = layOut(network);
  const writer = new OnnxWriter();
  const values = new Map<string, string>();
  values.set(
    inputName,
    isMaps(graph.input) ? writer.node('Transpose', ['input'], { output: 'input:maps', perm: [0, 3, 1, 2] }) : 'input',
  );
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => values.get(input)!);
    values.set(node.name, writeNode(node, { writer, weights, inputs, output: `${node.name}:value` }));
  }
  const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
  const outputs = graph.outputs.map((name) => ({ name, shape: shapes.get(name) ?? graph.input }));
  for (const { name, shape } of outputs) {
    if (isMaps(shape)) writer.node('Transpose', [values.get(name)!], { output: name, perm: [0, 2, 3, 1] });
    else writer.node('Identity', [values.get(name)!], { output: name });
  }
  return writer.finish(network.name, { input: graph.input, outputs });
}

interface Place {
  readonly writer: OnnxWriter;
  readonly weights: Weights;
  readonly inputs: readonly string[];
  readonly output: string;
}

/** Write one operation; gives back the name of its value, `[n, c, h, w]` or `[n, c]`. */
function writeNode(node: Node, place: Place): string {
  const { operation, inputShapes, shape, name } = node;
  const { writer, inputs, output } = place;
  const [x] = inputs as [string];
  const part = (which: string) => place.weights.get(`${name}/${which}`)!.data;
  const constant = (which: string, data: Float32Array, dims?: readonly number[]) =>
    writer.floats(`${name}:${which}`, data, dims);
  const each = (which: string, data: Float32Array) =>
    constant(which, data, isMaps(shape) ? [data.length, 1, 1] : undefined);
  switch (operation.kind) {
    case 'conv':
    case 'depthwiseConv':
      return writeConv(node, place);
    case 'dense':
      return writeDense(node, place);
    case 'batchNorm': {
      const channels = channelsOf(shape);
      const gamma = operation.scale ? part('gamma') : new Float32Array(channels).fill(1);
      const beta = operation.center ? part('beta') : new Float32Array(channels);
      const statistics = [
        constant('gamma', gamma),
        constant('beta', beta),
        constant('mean', part('mean')),
        constant('variance', part('variance')),
      ];
      return writer.node('BatchNormalization', [x, ...statistics], { output, epsilon: { float: operation.epsilon } });
    }
    case 'channelScale': {
      const scaled = writer.node('Mul', [x, each('gamma', part('gamma'))], { output: `${name}:scaled` });
      return writer.node('Add', [scaled, each('beta', part('beta'))], { output });
    }
    case 'activation': {
      if (operation.function === 'softmax') return writer.node('Softmax', [x], { output, axis: 1 });
      if (operation.function === 'relu6') {
        return writer.node(
          'Clip',
          [
            x,
            writer.floats(`${name}:low`, Float32Array.of(0), []),
            writer.floats(`${name}:high`, Float32Array.of(6), []),
          ],
          { output },
        );
      }
      return writer.node({ relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' }[operation.function], [x], { output });
    }
    case 'leakyRelu':
      return writer.node('LeakyRelu', [x], { output, alpha: { float: operation.slope } });
    case 'prelu':
      return writer.node('PRelu', [x, each('alpha', part('alpha'))], { output });
    case 'maxPool':
    case 'averagePool':
    case 'lpPool':
      return writePool(node, place);
    case 'globalAveragePool':
      return writer.node('Flatten', [writer.node('GlobalAveragePool', [x], { output: `${name}:mean` })], { output });
    case 'lrn': {
      const alpha = operation.form === 'caffe' ? operation.alpha : operation.alpha * operation.size;
      return writer.node('LRN', [x], {
        output,
        size: operation.size,
        alpha: { float: alpha },
        beta: { float: operation.beta },
        bias: { float: operation.bias },
      });
    }
    case 'dropout':
      return x;
    case 'channelShuffle':
      return writeShuffle(node, place, operation.groups);
    case 'pad': {
      const [top, right, bottom, left] = operation.sides;
      return writer.node('Pad', [x, writer.integers(`${name}:pads`, [0, 0, top, left, 0, 0, bottom, right])], {
        output,
      });
    }
    case 'scale':
      return writer.node('Mul', [x, constant('factor', Float32Array.of(operation.factor), [])], { output });
    case 'normalize': {
      const centred = writer.node('Sub', [x, each('mean', Float32Array.from(operation.mean))], {
        output: `${name}:centred`,
      });
      return writer.node('Div', [centred, each('deviation', Float32Array.from(operation.deviation))], { output });
    }
    case 'l2Normalize': {
      const norm = writer.node('ReduceL2', [x], { output: `${name}:norm`, axes: [1], keepdims: 1 });
      const least = constant('least', Float32Array.of(operation.epsilon), []);
      return writer.node('Div', [x, writer.node('Max', [norm, least], { output: `${name}:divisor` })], { output });
    }
    case 'concat':
      return writer.node('Concat', inputs, { output, axis: 1 });
    case 'add':
      return writer.node(
        'Sum',
        inputs.map((input, i) => extended(input, { place, name: `${name}:${i}`, from: inputShapes[i]!, to: shape })),
        { output },
      );
    default:
      throw unsupported(node);
  }
}

function unsupported({ name, operation }: Node): FaceError {
  return new FaceError(
    'MODEL_UNSUPPORTED',
    `Layer ${name}: ${operation.kind} of this form cannot be written as ONNX yet.`,
  );
}

function writeConv(
  { name, operation, geometry, inputShapes }: Node,
  { writer, weights, inputs, output }: Place,
): string {
  if (operation.kind !== 'conv' && operation.kind !== 'depthwiseConv') throw new TypeError(operation.kind);
  const { shape, data } = weights.get(`${name}/kernel`)!;
  const [height, width, depth, last] = shape as [number, number, number, number];
  const isDepthwise = operation.kind === 'depthwiseConv';
  // [h, w, in, out] to [out, in, h, w]; depthwise [h, w, c, m] to [c · m, 1, h, w]
  const area = height * width;
  const kernel = new Float32Array(data.length);
  for (let p = 0; p < area; p++)
    for (let i = 0; i < depth; i++)
      for (let o = 0; o < last; o++)
        kernel[(isDepthwise ? i * last + o : o * depth + i) * area + p] = data[(p * depth + i) * last + o]!;
  const dims = isDepthwise ? [depth * last, 1, height, width] : [last, depth, height, width];
  const bias = weights.get(`${name}/bias`);
  const [top, right, bottom, left] = geometry!.pads;
  return writer.node(
    'Conv',
    [
      inputs[0]!,
      writer.floats(`${name}:kernel`, kernel, dims),
      ...(bias ? [writer.floats(`${name}:bias`, bias.data)] : []),
    ],
    {
      output,
      kernel_shape: operation.kernel,
      strides: operation.stride,
      dilations: operation.dilation,
      pads: [top, left, bottom, right],
      group: isDepthwise ? channelsOf(inputShapes[0]!) : operation.groups,
    },
  );
}

function writeDense({ name, inputShapes, shape }: Node, { writer, weights, inputs, output }: Place): string {
  const [input] = inputShapes as [Shape];
  const places = isMaps(input)
    ? writer.node('Transpose', [inputs[0]!], { output: `${name}:places`, perm: [0, 2, 3, 1] })
    : inputs[0]!;
  const flat = isMaps(input) ? writer.node('Flatten', [places], { output: `${name}:flat` }) : places;
  const kernel = writer.floats(`${name}:kernel`, weights.get(`${name}/kernel`)!.data, [
    elementsOf(input),
    channelsOf(shape),
  ]);
  const bias = weights.get(`${name}/bias`);
  return writer.node('Gemm', [flat, kernel, ...(bias ? [writer.floats(`${name}:bias`, bias.data)] : [])], { output });
}

function writePool(node: Node, { writer, inputs, output }: Place): string {
  const { operation, geometry } = node;
  if (operation.kind !== 'maxPool' && operation.kind !== 'averagePool' && operation.kind !== 'lpPool')
    throw unsupported(node);
  const {
    pads: [top, right, bottom, left],
    overhang: [below, beyond],
  } = geometry!;
  const isCounted = operation.kind === 'averagePool' && operation.countPadding;
  // what a window hangs over is never counted, which ONNX cannot say besides counting the padding
  if ((isCounted && below + beyond > 0) || (operation.kind === 'lpPool' && operation.form === 'mean'))
    throw unsupported(node);
  const window = {
    output,
    kernel_shape: operation.kernel,
    strides: operation.stride,
    pads: [top, left, bottom + below, right + beyond],
  };
  if (operation.kind === 'maxPool') return writer.node('MaxPool', inputs, window);
  if (operation.kind === 'lpPool') return writer.node('LpPool', inputs, { ...window, p: operation.p });
  return writer.node('AveragePool', inputs, { ...window, count_include_pad: isCounted ? 1 : 0 });
}

function writeShuffle({ name, shape }: Node, { writer, inputs, output }: Place, groups: number): string {
  const [height, width, channels] = shape as Maps;
  const apart = writer.integers(`${name}:apart`, [0, groups, channels / groups, height, width]);
  const grouped = writer.node('Reshape', [inputs[0]!, apart], { output: `${name}:grouped` });
  const turned = writer.node('Transpose', [grouped], { output: `${name}:turned`, perm: [0, 2, 1, 3, 4] });
  return writer.node('Reshape', [turned, writer.integers(`${name}:whole`, [0, channels, height, width])], { output });
}

interface Extension {
  readonly place: Place;
  readonly name: string;
  readonly from: Shape;
  readonly to: Shape;
}

/** Zeros after the last channel, row and column of a summand that is smaller than the sum. */
function extended(input: string, { place: { writer }, name, from, to }: Extension): string {
  const more = to.map((size, axis) => size - from[axis]!);
  if (more.every((size) => size === 0)) return input;
  const [down, across, channels] = more as [number, number, number];
  return writer.node('Pad', [input, writer.integers(`${name}:more`, [0, 0, 0, 0, 0, channels, down, across])], {
    output: `${name}:extended`,
  });
}
