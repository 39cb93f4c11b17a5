import { channelsOf } from '../../shape.ts';
import { channelConstants, learnt, numberConstant, type Write, within } from './place.ts';

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
    const { writer, inputs, output } = place;
    return writer.node('PRelu', [inputs[0]!, channelConstants(place, 'alpha', learnt(place, 'alpha')!)], { output });
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
