/** GoogLeNet as its deploy file would say it, in the newer form. */
export function googlenetText(): string {
  const conv = (name: string, bottom: string, filters: number, kernel: number, more = '') =>
    `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}"
       convolution_param { num_output: ${filters} kernel_size: ${kernel} ${kernel > 1 ? `pad: ${(kernel - 1) / 2}` : ''} ${more} } }
     layer { name: "relu/${name}" type: "ReLU" bottom: "${name}" top: "${name}" }`;
  const pool = (name: string, bottom: string, settings = 'pool: MAX kernel_size: 3 stride: 2') =>
    `layer { name: "${name}" type: "Pooling" bottom: "${bottom}" top: "${name}" pooling_param { ${settings} } }`;
  const norm = (name: string, bottom: string) =>
    `layer { name: "${name}" type: "LRN" bottom: "${bottom}" top: "${name}" lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 } }`;
  const inception = (name: string, bottom: string, filters: readonly number[]) => {
    const [one, threeReduce, three, fiveReduce, five, projection] = filters as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const part = (suffix: string) => `${name}/${suffix}`;
    return [
      conv(part('1x1'), bottom, one, 1),
      conv(part('3x3_reduce'), bottom, threeReduce, 1),
      conv(part('3x3'), part('3x3_reduce'), three, 3),
      conv(part('5x5_reduce'), bottom, fiveReduce, 1),
      conv(part('5x5'), part('5x5_reduce'), five, 5),
      pool(part('pool'), bottom, 'pool: MAX kernel_size: 3 stride: 1 pad: 1'),
      conv(part('pool_proj'), part('pool'), projection, 1),
      `layer { name: "${name}/output" type: "Concat" top: "${name}"
         bottom: "${part('1x1')}" bottom: "${part('3x3')}" bottom: "${part('5x5')}" bottom: "${part('pool_proj')}" }`,
    ].join('\n');
  };
  return [
    'name: "GoogleNet" input: "data" input_shape { dim: 10 dim: 3 dim: 224 dim: 224 }',
    conv('conv1', 'data', 64, 7, 'stride: 2'),
    pool('pool1', 'conv1'),
    norm('norm1', 'pool1'),
    conv('conv2_reduce', 'norm1', 64, 1),
    conv('conv2', 'conv2_reduce', 192, 3),
    norm('norm2', 'conv2'),
    pool('pool2', 'norm2'),
    inception('3a', 'pool2', [64, 96, 128, 16, 32, 32]),
    inception('3b', '3a', [128, 128, 192, 32, 96, 64]),
    pool('pool3', '3b'),
    inception('4a', 'pool3', [192, 96, 208, 16, 48, 64]),
    inception('4b', '4a', [160, 112, 224, 24, 64, 64]),
    inception('4c', '4b', [128, 128, 256, 24, 64, 64]),
    inception('4d', '4c', [112, 144, 288, 32, 64, 64]),
    inception('4e', '4d', [256, 160, 320, 32, 128, 128]),
    pool('pool4', '4e'),
    inception('5a', 'pool4', [256, 160, 320, 32, 128, 128]),
    inception('5b', '5a', [384, 192, 384, 48, 128, 128]),
    pool('pool5', '5b', 'pool: AVE kernel_size: 7 stride: 1'),
    'layer { name: "drop" type: "Dropout" bottom: "pool5" top: "pool5" dropout_param { dropout_ratio: 0.4 } }',
    'layer { name: "fc" type: "InnerProduct" bottom: "pool5" top: "fc" inner_product_param { num_output: 1000 } }',
    'layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }',
  ].join('\n');
}

/** SqueezeNet 1.1 in the older form, with enum types and `input_dim`. */
export function squeezenetText(): string {
  const conv = (name: string, bottom: string, filters: number, kernel: number, more = '') =>
    `layers { name: '${name}' type: CONVOLUTION bottom: '${bottom}' top: '${name}' blobs_lr: 1 blobs_lr: 2
       convolution_param < num_output: ${filters}, kernel_size: ${kernel}, ${more} > }
     layers { name: 'relu_${name}' type: RELU bottom: '${name}' top: '${name}' }`;
  const pool = (name: string, bottom: string) =>
    `layers { name: '${name}' type: POOLING bottom: '${bottom}' top: '${name}' pooling_param { kernel_size: 3; stride: 2; } }`;
  const fire = (name: string, bottom: string, squeeze: number, expand: number) =>
    `${conv(`${name}/s`, bottom, squeeze, 1)} ${conv(`${name}/e1`, `${name}/s`, expand, 1)} ${conv(`${name}/e3`, `${name}/s`, expand, 3, 'pad: 1')}
     layers { name: '${name}' type: CONCAT bottom: ['${name}/e1', '${name}/e3'] top: '${name}' }`;
  return `# an older file
    input: "data" input_dim: 1 input_dim: 3 input_dim: 0xE0 input_dim: 224
    ${conv('conv1', 'data', 64, 3, 'stride: 2')} ${pool('pool1', 'conv1')}
    ${fire('fire2', 'pool1', 16, 64)} ${fire('fire3', 'fire2', 16, 64)} ${pool('pool3', 'fire3')}
    ${fire('fire4', 'pool3', 32, 128)} ${fire('fire5', 'fire4', 32, 128)} ${pool('pool5', 'fire5')}
    ${fire('fire6', 'pool5', 48, 192)} ${fire('fire7', 'fire6', 48, 192)}
    ${fire('fire8', 'fire7', 64, 256)} ${fire('fire9', 'fire8', 64, 256)}
    layers { name: 'drop9' type: DROPOUT bottom: 'fire9' top: 'fire9' }
    ${conv('conv10', 'fire9', 1000, 1)}
    layers { name: 'pool10' type: POOLING bottom: 'conv10' top: 'pool10' pooling_param { pool: AVE global_pooling: true } }
    layers { name: 'prob' type: SOFTMAX bottom: 'pool10' top: 'prob' }`;
}

/** A small net as it is trained: data layers and losses, an auxiliary head, residual sums. */
export const trainValText = `name: "small"
layer {
  name: "data" type: "Data" top: "data" top: "label"
  include { phase: TRAIN }
  transform_param { mirror: true crop_size: 64 }
  data_param { source: "train_lmdb" batch_size: 32 backend: LMDB }
}
layer {
  name: "data" type: "Data" top: "data" top: "label"
  include { phase: TEST }
  transform_param { crop_size: 32 force_gray: true }
}
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  param { lr_mult: 1 } convolution_param { num_output: 8 kernel_h: 3 kernel_w: 5 pad_h: 1 pad_w: 2 bias_term: false
    weight_filler { type: "xavier" } } }
layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1" batch_norm_param { use_global_stats: true eps: 1e-3f } }
layer { name: "scale1" type: "Scale" bottom: "conv1" top: "conv1" scale_param { bias_term: true } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" relu_param { negative_slope: .1 } }
layer { name: "dw2" type: "Convolution" bottom: "conv1" top: "dw2"
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 group: 8 } }
layer { name: "sum" type: "Eltwise" bottom: "conv1" bottom: "dw2" top: "sum" eltwise_param { operation: SUM } }
layer { name: "prelu" type: "PReLU" bottom: "sum" top: "sum" }
layer { name: "aux" type: "InnerProduct" bottom: "sum" top: "aux" inner_product_param { num_output: 10 } }
layer { name: "aux_loss" type: "SoftmaxWithLoss" bottom: "aux" bottom: "label" top: "aux_loss" loss_weight: 0.3 }
layer { name: "shuffle" type: "ShuffleChannel" bottom: "sum" top: "shuffled" shuffle_channel_param { group: 2 } }
layer { name: "up" type: "Deconvolution" bottom: "shuffled" top: "up"
  convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 bias_term: false } }
layer { name: "flat" type: "Flatten" bottom: "up" top: "flat" }
layer { name: "fc" type: "InnerProduct" bottom: "flat" top: "fc" inner_product_param { num_output: 10 } }
layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "label" top: "accuracy" include: { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
`;

/** The beginning of a file. */
export const head = 'input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n';

/** One layer of it. */
export const layer = (type: string, settings = '', { bottom = 'data', top = 'x', name = 'l' } = {}) =>
  `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${top}" ${settings} }\n`;
