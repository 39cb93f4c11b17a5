import { chain, conv, depthwise, type Layer, network, normalize, pointwise } from '@kith/network';

/** One of the six scales at which the SSD looks for faces. */
export interface SsdHead {
  /** The row whose maps it reads. */
  readonly from: string;
  /** Cells a side of those maps. */
  readonly cells: number;
  /** Boxes that each cell may move and stretch. */
  readonly anchors: number;
}

/** From the finest maps to the coarsest. */
export const ssdHeads: readonly SsdHead[] = [
  { from: 'conv11', cells: 32, anchors: 3 },
  { from: 'conv13', cells: 16, anchors: 6 },
  { from: 'extra1', cells: 8, anchors: 6 },
  { from: 'extra3', cells: 4, anchors: 6 },
  { from: 'extra5', cells: 2, anchors: 6 },
  { from: 'extra7', cells: 1, anchors: 6 },
];

/** Numbers a head gives a box: its move and stretch, and one logit each for background, face and a class without use. */
export const ssdBoxSize = 4;
export const ssdClasses = 3;

const norm = { epsilon: 0.001 } as const;

/**
 * face-api's SSD on a MobileNet V1; what it gives are six heads' boxes, then their classes.
 *
 * @see Liu et al., SSD, ECCV 2016; Howard et al., MobileNets, 2017, table 1.
 */
export const faceApiSsd = network(
  'face-api-ssd',
  {
    input: [512, 512, 3],
    outputs: [...ssdHeads.keys()].flatMap((i) => [`boxes${i}`, `classes${i}`]),
    note: 'The total counts batch norms of the depthwise layers; those of the 1×1 layers came folded. The 5,118 priors are computed, not counted.',
  },
  [
    normalize('pixels', { mean: 127.5, deviation: 127.5 }),
    conv('conv0', 32, { kernel: 3, stride: 2, activation: 'relu6' }),
    separable('conv1', 64),
    separable('conv2', 128, { stride: 2 }),
    separable('conv3', 128),
    separable('conv4', 256, { stride: 2 }),
    separable('conv5', 256),
    separable('conv6', 512, { stride: 2 }),
    separable('conv7', 512),
    separable('conv8', 512),
    separable('conv9', 512),
    separable('conv10', 512),
    separable('conv11', 512),
    separable('conv12', 1024, { stride: 2 }),
    separable('conv13', 1024),
    pointwise('extra0', 256, { activation: 'relu6' }),
    conv('extra1', 512, { kernel: 3, stride: 2, activation: 'relu6' }),
    pointwise('extra2', 128, { activation: 'relu6' }),
    conv('extra3', 256, { kernel: 3, stride: 2, activation: 'relu6' }),
    pointwise('extra4', 128, { activation: 'relu6' }),
    conv('extra5', 256, { kernel: 3, stride: 2, activation: 'relu6' }),
    pointwise('extra6', 64, { activation: 'relu6' }),
    conv('extra7', 128, { kernel: 3, stride: 2, activation: 'relu6' }),
    ...ssdHeads.flatMap(({ from, anchors }, i) => [
      chain(`boxes${i}`, [pointwise('', ssdBoxSize * anchors)], { from }),
      chain(`classes${i}`, [pointwise('', ssdClasses * anchors)], { from }),
    ]),
  ],
);

function separable(name: string, filters: number, { stride = 1 } = {}): Layer {
  return chain(name, [
    depthwise('depthwise', { kernel: 3, stride, bias: false, norm, activation: 'relu6' }),
    pointwise('pointwise', filters, { activation: 'relu6' }),
  ]);
}
