import { channelsOf, isMaps } from '../../shape.ts';
import { channelConstants, learnt, numberConstant, type Place, type Write, within } from './place.ts';

type Elementwise =
  | 'batchNorm'
  | 'channelScale'
  | 'activation'
  | 'leakyRelu'
  | 'prelu'
  | 'dropout'
  | 'scale'
  | 'normalize'
  | 'l2Normalize';

export const elementwiseWriters: { readonly [K in Elementwise]: Write<K> } = {
  batchNorm(place) {
    const { operation, node, writer, inputs, output } = place;
    const channels = channelsOf(node.shape);
    const learntOr = (part: string, value: number) =>
      writer.floats(within(place, part), learnt(place, part) ?? new Float32Array(channels).fill(value));
    const statistics = [learntOr('gamma', 1), learntOr('beta', 0), learntOr('mean', 0), learntOr('variance', 1)];
    return writer.node('BatchNormalization', [inputs[0]!, ...statistics], {
      output,
      epsilon: { float: operation.epsilon },
    });
  },
  channelScale(place) {
    const { writer, inputs, output } = place;
    const scaled = writer.node('Mul', [inputs[0]!, channelConstants(place, 'gamma', learnt(place, 'gamma')!)], {
      output: within(place, 'scaled'),
    });
    return writer.node('Add', [scaled, channelConstants(place, 'beta', learnt(place, 'beta')!)], { output });
  },
  activation(place) {
    const { operation, writer, inputs, output } = place;
    if (operation.function === 'softmax') return writer.node('Softmax', inputs, { output, axis: 1 });
    if (operation.function === 'relu6') {
      const bounds = [numberConstant(place, 'low', 0), numberConstant(place, 'high', 6)];
      return writer.node('Clip', [inputs[0]!, ...bounds], { output });
    }
    return writer.node({ relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' }[operation.function], inputs, { output });
  },
  leakyRelu(place) {
    const { operation, writer, inputs, output } = place;
    if (operation.slope <= 1) return writer.node('LeakyRelu', inputs, { output, alpha: { float: operation.slope } });
    const steep = writer.node('Mul', [inputs[0]!, numberConstant(place, 'slope', operation.slope)], {
      output: within(place, 'steep'),
    });
    return writer.node('Max', [inputs[0]!, steep], { output });
  },
  prelu(place) {
    const { node, writer, inputs, output } = place;
    const alpha = learnt(place, 'alpha')!;
    if (isMaps(node.shape)) return preluOfMaps(place, alpha);
    return writer.node('PRelu', [inputs[0]!, channelConstants(place, 'alpha', alpha)], { output });
  },
  dropout: ({ inputs }) => inputs[0]!,
  scale(place) {
    const { operation, writer, inputs, output } = place;
    return writer.node('Mul', [inputs[0]!, numberConstant(place, 'factor', operation.factor)], { output });
  },
  normalize(place) {
    const { operation, writer, inputs, output } = place;
    const each = (part: 'mean' | 'deviation') => channelConstants(place, part, Float32Array.from(operation[part]));
    const centred = writer.node('Sub', [inputs[0]!, each('mean')], { output: within(place, 'centred') });
    return writer.node('Div', [centred, each('deviation')], { output });
  },
  l2Normalize(place) {
    const { operation, writer, inputs, output } = place;
    const norm = writer.node('ReduceL2', inputs, { output: within(place, 'norm'), axes: [1], keepdims: 1 });
    const divisor = writer.node('Max', [norm, numberConstant(place, 'least', operation.epsilon)], {
      output: within(place, 'divisor'),
    });
    return writer.node('Div', [inputs[0]!, divisor], { output });
  },
};

/**
 * `alpha · x + (1 − alpha) · max(x, 0)`, both factors as convolutions of a channel.
 *
 * ONNX Runtime's own PRelu leaves the layout that its convolutions work in, and takes longer than all of them in MobileFaceNet.
 */
function preluOfMaps(place: Place<'prelu'>, alpha: Float32Array): string {
  const { writer, inputs, output } = place;
  const [x] = inputs as [string];
  const channels = alpha.length;
  const scaled = (value: string, part: string, factors: Float32Array) =>
    writer.node('Conv', [value, writer.floats(within(place, `${part}Factor`), factors, [channels, 1, 1, 1])], {
      output: within(place, part),
      kernel_shape: [1, 1],
      group: channels,
    });
  const cut = (value: string, part: string) => writer.node('Relu', [value], { output: within(place, part) });
  const rest = alpha.map((value) => 1 - value);
  // a factor that is not negative may come before the cut, and is one step with it
  const positive = rest.every((factor) => factor >= 0)
    ? cut(scaled(x, 'rest', rest), 'positive')
    : scaled(cut(x, 'positive'), 'rest', rest);
  return writer.node('Add', [scaled(x, 'leak', alpha), positive], { output });
}
