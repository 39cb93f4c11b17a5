import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import { type ClassHead, crossEntropy, ownClasses } from './class-heads.ts';
import { rowLengths, type Scalar, type Tensor, type Tensor2D, unitRows, withGradient } from './row-tensors.ts';

/** What takes the place of the cosine to a row's own class, and its slope by that cosine. Each of shape `[count, 1]`. */
type OwnLogit = (cos: Tensor) => { readonly value: Tensor; readonly slope: Tensor };

export interface CosFaceHead extends ClassHead {
  readonly scale?: number;
  /** Of a cosine. */
  readonly marginCosine?: number;
}

/**
 * The own logit is `scale (cos θ − m)`: the mean over rows.
 *
 * @throws {FaceError} `USAGE` when a label is not a class.
 * @see Wang et al., CosFace, CVPR 2018, §3.2.
 */
export function cosFaceHead(tf: TensorFlow, { scale = 64, marginCosine = 0.35, ...head }: CosFaceHead): Scalar {
  const own: OwnLogit = (cos) => ({ value: cos.sub(marginCosine), slope: tf.onesLike(cos) });
  return angularHead(tf, head, { own, scale });
}

export interface ArcFaceHead extends ClassHead {
  readonly scale?: number;
  readonly marginRadians?: number;
}

/** A sine no smaller than this: single precision knows no smaller one but 0, where the slope by the cosine has no bound. */
const leastSine = 1e-4;

/**
 * The own logit is `scale cos(θ + m)`, and falls on as `cos θ − m sin m` where θ + m would pass π: the mean over rows.
 *
 * @throws {FaceError} `USAGE` when a label is not a class.
 * @see Deng et al., ArcFace, CVPR 2019, §3.1; the fallback is of its authors' code.
 */
export function arcFaceHead(tf: TensorFlow, { scale = 64, marginRadians = 0.5, ...head }: ArcFaceHead): Scalar {
  const [cosMargin, sinMargin] = [Math.cos(marginRadians), Math.sin(marginRadians)];
  const own: OwnLogit = (cos) => {
    const past = cos.lessEqual(-cosMargin);
    const sin = cos
      .sub(1)
      .neg()
      .mul(cos.add(1))
      .maximum(leastSine ** 2)
      .sqrt();
    return {
      value: tf.where(past, cos.sub(marginRadians * sinMargin), cos.mul(cosMargin).sub(sin.mul(sinMargin))),
      slope: tf.where(past, tf.onesLike(cos), cos.div(sin).mul(sinMargin).add(cosMargin)),
    };
  };
  return angularHead(tf, head, { own, scale });
}

export interface SphereFaceHead extends ClassHead {
  /** A whole number: the own angle counts so many times. */
  readonly timesAngle?: number;
  /** How much of the plain cosine is left in: `(λ cos θ + ψ(θ)) / (1 + λ)`. It falls by `sphereFaceLambda`. */
  readonly lambda?: number;
}

/**
 * A-softmax, where the scale is the embedding's own length: the mean over rows.
 *
 * @throws {FaceError} `USAGE` unless the angle counts a whole number of times, and when a label is not a class.
 * @see Liu et al., SphereFace, CVPR 2017, §3.2.
 */
export function sphereFaceHead(tf: TensorFlow, { timesAngle = 4, lambda = 5, ...head }: SphereFaceHead): Scalar {
  if (!(Number.isInteger(timesAngle) && timesAngle >= 1)) {
    throw new FaceError('USAGE', `SphereFace counts the angle a whole number of times, got ${timesAngle}.`);
  }
  const own: OwnLogit = (cos) => {
    const stretch = stretchOf(tf, cos, timesAngle);
    const sign = stretch.mod(2).mul(-2).add(1);
    const { value, slope } = cosineOfMultiple(tf, cos, timesAngle);
    return {
      value: cos
        .mul(lambda)
        .add(sign.mul(value))
        .sub(stretch.mul(2))
        .div(1 + lambda),
      slope: sign
        .mul(slope)
        .add(lambda)
        .div(1 + lambda),
    };
  };
  return angularHead(tf, head, { own, scale: 'length' });
}

/** The k for which θ lies in `[kπ/m, (k + 1)π/m]`: how many of the bounds between the stretches it has reached. */
function stretchOf(tf: TensorFlow, cos: Tensor, timesAngle: number): Tensor {
  let stretch: Tensor = tf.zerosLike(cos);
  for (let k = 1; k < timesAngle; k++) {
    stretch = stretch.add(cos.lessEqual(Math.cos((k * Math.PI) / timesAngle)).toFloat());
  }
  return stretch;
}

/** `cos(m θ)` as a polynomial of `cos θ`, and its derivative by that: Chebyshev's `T_m` and `m U_(m−1)`. */
function cosineOfMultiple(tf: TensorFlow, cos: Tensor, times: number): ReturnType<OwnLogit> {
  let [before, value]: Tensor[] = [tf.onesLike(cos), cos];
  let [slopeBefore, slope]: Tensor[] = [tf.zerosLike(cos), tf.onesLike(cos)];
  const twice = cos.mul(2);
  for (let m = 1; m < times; m++) {
    [before, value, slopeBefore, slope] = [
      value!,
      twice.mul(value!).sub(before!),
      slope!,
      value!.mul(2).add(twice.mul(slope!)).sub(slopeBefore!),
    ];
  }
  return { value: value!, slope: slope! };
}

interface AngularMargin {
  readonly own: OwnLogit;
  /** A number, or the length of the row's embedding. */
  readonly scale: number | 'length';
}

function angularHead(
  tf: TensorFlow,
  { embeddings, labels, weights }: ClassHead,
  { own, scale }: AngularMargin,
): Scalar {
  return tf.tidy(() => {
    const classes = ownClasses(tf, { embeddings, labels, weights });
    const cosines = tf.matMul(unitRows(tf, embeddings), unitRows(tf, weights), false, true);
    const cos = cosines.mul(classes).sum(1, true);
    const margined = withGradient(tf, cos, (x) => {
      const { value, slope } = own(x);
      return { value, kept: [slope], backward: (upstream, [kept]) => upstream.mul(kept!) };
    });
    const heights = cosines.add(classes.mul(margined.sub(cos)));
    const scales: number | Tensor2D = scale === 'length' ? rowLengths(tf, embeddings) : scale;
    return crossEntropy(tf, heights.mul(scales), classes);
  });
}
