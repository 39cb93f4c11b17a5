import { FaceError } from '@kith/core';
import { type Graph, layOut } from '../graph.ts';
import type { Network } from '../network.ts';
import { isMaps } from '../shape.ts';
import type { NetworkModel } from '../weights.ts';
import { asMaps, type Volume } from './pass.ts';
import { projectBack, type Trace, traceNetwork } from './trace.ts';

/** What one unit of a layer saw where it was strongest, brought back to the input. */
export interface UnitView {
  readonly unit: number;
  /** Where in the layer's maps. */
  readonly place: readonly [y: number, x: number];
  readonly activation: number;
  /** What of the input made it so, `[height, width, channels]` of the input. */
  readonly pixels: Float32Array;
  /** The part of the input that counted: where the pixels are a twentieth of the largest at least. In px, ends exclusive. */
  readonly field: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
}

export interface StrongestOptions {
  /** A row of the table, or a layer inside one by its full name; by default the last row inside whose maps are at least a sixteenth of the input. */
  readonly layer?: string | undefined;
  /** Only this unit. */
  readonly unit?: number | undefined;
  /** How many units, the strongest first. */
  readonly count?: number;
}

export interface StrongestUnits {
  readonly layer: string;
  readonly units: readonly UnitView[];
}

/**
 * Find a layer's strongest units for one input and show what each saw: only its strongest activation is kept and goes back, through
 * transposed filters, ReLU and the places that pools took their numbers from.
 *
 * @param input - Row-major, of the network's input size.
 * @throws {FaceError} `USAGE` for a layer or a unit that is not there, or an input of another length; `WEIGHTS_MISMATCH`.
 * @see Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, §2.
 */
export function strongestUnits(
  model: NetworkModel,
  input: Float32Array,
  { layer, unit, count = 9 }: StrongestOptions = {},
): StrongestUnits {
  const graph = layOut(model.network);
  const { name, node } = layerOf(model.network, graph, layer);
  const trace = traceNetwork(model, input, { until: node });
  const volume = trace.volumes.get(node)!;
  const channels = volume.shape[2];
  if (unit !== undefined && !(Number.isInteger(unit) && unit >= 0 && unit < channels)) {
    throw new FaceError('USAGE', `Layer ${name} has units 0 to ${channels - 1}, got ${unit}.`);
  }
  const peaks = unit === undefined ? peaksOf(volume).slice(0, count) : [peakOf(volume, unit)];
  return { layer: name, units: peaks.map((peak) => viewOf(trace, node, peak)) };
}

interface Peak {
  readonly unit: number;
  /** Number of the place. */
  readonly at: number;
  readonly activation: number;
}

/** The units that are active, the strongest first. */
function peaksOf(volume: Volume): readonly Peak[] {
  return Array.from({ length: volume.shape[2] }, (_, unit) => peakOf(volume, unit))
    .filter(({ activation }) => activation > 0)
    .sort((a, b) => b.activation - a.activation);
}

function peakOf({ data, shape: [height, width, channels] }: Volume, unit: number): Peak {
  let at = 0;
  for (let i = 1; i < height * width; i++) if (data[i * channels + unit]! > data[at * channels + unit]!) at = i;
  return { unit, at, activation: data[at * channels + unit]! };
}

function viewOf(trace: Trace, node: string, { unit, at, activation }: Peak): UnitView {
  const { shape, data } = trace.volumes.get(node)!;
  const signal = new Float32Array(data.length);
  signal[at * shape[2] + unit] = activation;
  const pixels = projectBack(trace, node, signal);
  const place = [Math.floor(at / shape[1]), at % shape[1]] as const;
  return { unit, place, activation, pixels, field: fieldOf({ shape: asMaps(trace.graph.input), data: pixels }) };
}

/** The rectangle of all that is not small against the largest; the whole input where there is nothing. */
function fieldOf({ data, shape: [height, width, channels] }: Volume): UnitView['field'] {
  let [top, right, bottom, left] = [height, 0, 0, width];
  const least = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 20;
  data.forEach((value, i) => {
    if (value === 0 || Math.abs(value) < least) return;
    const place = Math.floor(i / channels);
    const [y, x] = [Math.floor(place / width), place % width];
    [top, right, bottom, left] = [Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1), Math.min(left, x)];
  });
  return bottom > top ? { top, right, bottom, left } : { top: 0, right: width, bottom: height, left: 0 };
}

/** The node behind a layer's name: of a row its last. */
function layerOf(network: Network, { nodes, rows, outputs }: Graph, wanted: string | undefined) {
  const lastOf = (row: string) => nodes.findLast((node) => rows[node.row] === row);
  if (wanted === undefined) {
    const [height] = network.input;
    const fine = rows.findLast((row) => {
      const { shape, name } = lastOf(row)!;
      return isMaps(shape) && shape[0] * 16 >= height && !outputs.includes(name);
    });
    const name = fine ?? rows.at(-1)!;
    return { name, node: lastOf(name)!.name };
  }
  const found =
    lastOf(wanted) ??
    nodes.find(({ name }) => name === wanted) ??
    nodes.findLast(({ name }) => name.startsWith(`${wanted}/`));
  if (found) return { name: wanted, node: found.name };
  throw new FaceError('USAGE', `${network.name} has no layer "${wanted}", expected one of: ${rows.join(', ')}.`);
}
