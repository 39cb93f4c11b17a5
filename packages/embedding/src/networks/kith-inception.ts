import { conv, dense, depthwise, l2Normalize, maxPool, type Network, network, normalize } from '@kith/network';
import { follow, halving, inception } from './inception-rows.ts';

export interface KithInceptionOptions {
  readonly sizePx?: number;
  readonly dimension?: number;
  /** All filters times this, in steps of eight. */
  readonly width?: number;
  /** Whether the embedding has length 1; for comparing. */
  readonly isUnit?: boolean;
}

/**
 * Our Inception: the order of FaceNet's NN4 for faces of 96 px, narrower and with fewer modules, since our data is smaller by a factor of
 * ten thousand; max pools throughout, and a weight a place in place of a mean over the last maps.
 *
 * @see Schroff et al., FaceNet, CVPR 2015, §3.3, of whose NN4 it is the small kin.
 */
export function kithInceptionOf({
  sizePx = 96,
  dimension = 128,
  width = 0.75,
  isUnit = true,
}: KithInceptionOptions = {}): Network {
  const of = (filters: number) => Math.max(8, Math.round((filters * width) / 8) * 8);
  return network('kith-inception', { input: [sizePx, sizePx, 3] }, [
    normalize('pixels', { mean: 127.5, deviation: 64 }),
    conv('conv1', of(32), { kernel: 3, stride: 2, padding: 1, ...follow }),
    conv('conv2', of(64), { kernel: 3, stride: 2, padding: 1, ...follow }),
    conv('conv3', of(96), { kernel: 3, ...follow }),
    maxPool('pool3', halving),
    //              1×1           3×3: reduce, out           5×5: reduce, out         pool: kind, projection
    inception('3a', { one: of(64), three: [of(96), of(128)], five: [of(16), of(32)], pool: ['max', of(32)] }),
    inception('3b', { one: of(64), three: [of(96), of(128)], five: [of(32), of(64)], pool: ['max', of(64)] }),
    inception('3c', { three: [of(128), of(256)], five: [of(32), of(64)], pool: ['max'], stride: 2 }),
    inception('4a', { one: of(256), three: [of(96), of(192)], five: [of(32), of(64)], pool: ['max', of(128)] }),
    inception('4b', { one: of(224), three: [of(112), of(224)], five: [of(32), of(64)], pool: ['max', of(128)] }),
    inception('4e', { three: [of(160), of(256)], five: [of(64), of(128)], pool: ['max'], stride: 2 }),
    inception('5a', { one: of(256), three: [of(96), of(384)], pool: ['max', of(96)] }),
    depthwise('places', { kernel: Math.ceil(sizePx / 32), padding: 'valid', bias: false, norm: {} }),
    dense('fc', dimension),
    ...(isUnit ? [l2Normalize('embedding')] : []),
  ]);
}

/** Our Inception as it is trained. */
export const kithInception = kithInceptionOf();
