import { FaceError } from '@kith/core';
import { flagOf, lineOf, type Message, textsOf, wholesOf } from '@kith/network';

/** What a solver of a Caffe file says besides how weights are updated; left out, as Caffe has it. */
export interface CaffeFields {
  /** File of the network that learns: `net`, which is also tested, or `train_net`. */
  readonly net: string | undefined;
  readonly trainNet: string | undefined;
  readonly testNets: readonly string[];
  /** Batches in a test, network by network. */
  readonly testIterations: readonly number[];
  /** Whether to test before the first update. */
  readonly testInitialization: boolean;
  readonly testComputeLoss: boolean;
  readonly snapshotPrefix: string | undefined;
  readonly snapshotFormat: 'HDF5' | 'BINARYPROTO';
  readonly snapshotDiff: boolean;
  readonly snapshotAfterTrain: boolean;
  readonly solverMode: 'CPU' | 'GPU';
  readonly deviceId: number;
  readonly debugInfo: boolean;
  readonly layerWiseReduce: boolean;
  /** Files of weights to begin with. */
  readonly weights: readonly string[];
}

/** Names of the fields that `caffeFieldsOf` reads. */
export const caffeFieldNames = [
  ...['net', 'train_net', 'test_net', 'test_iter', 'test_initialization', 'test_compute_loss'],
  ...['snapshot_prefix', 'snapshot_format', 'snapshot_diff', 'snapshot_after_train'],
  ...['solver_mode', 'device_id', 'debug_info', 'layer_wise_reduce', 'weights'],
] as const;

/**
 * Read what a solver says besides its updates.
 *
 * @throws {FaceError} `SOLVER_INVALID` or, for a value of another kind, `NETWORK_INVALID`, with the line.
 */
export function caffeFieldsOf(message: Message): CaffeFields {
  const flag = (name: string, otherwise = false) => flagOf(message, name, otherwise);
  const [net] = quotedOf(message, 'net');
  const [trainNet] = quotedOf(message, 'train_net');
  if (net !== undefined && trainNet !== undefined)
    throw solverInvalid(message, 'train_net', 'is there besides net, expected one network that learns');
  return {
    net,
    trainNet,
    testNets: quotedOf(message, 'test_net'),
    testIterations: wholesOf(message, 'test_iter', 0),
    testInitialization: flag('test_initialization', true),
    testComputeLoss: flag('test_compute_loss'),
    snapshotPrefix: quotedOf(message, 'snapshot_prefix')[0],
    snapshotFormat: enumOf(message, 'snapshot_format', ['HDF5', 'BINARYPROTO']) ?? 'BINARYPROTO',
    snapshotDiff: flag('snapshot_diff'),
    snapshotAfterTrain: flag('snapshot_after_train', true),
    solverMode: enumOf(message, 'solver_mode', ['CPU', 'GPU']) ?? 'GPU',
    deviceId: wholesOf(message, 'device_id', 0)[0] ?? 0,
    debugInfo: flag('debug_info'),
    layerWiseReduce: flag('layer_wise_reduce', true),
    weights: quotedOf(message, 'weights'),
  };
}

/** The texts of a field, which stand in quotes. */
export function quotedOf(message: Message, name: string): readonly string[] {
  const texts = textsOf(message, name);
  const bare = message.fields.find((field) => field.name === name && field.value.kind !== 'text');
  if (!bare) return texts;
  throw solverInvalid(message, name, `is ${texts[0]}, expected a text in quotes`);
}

/** One of an enum's names, which its number may stand for. */
export function enumOf<Name extends string>(message: Message, name: string, names: readonly Name[]): Name | undefined {
  const [text] = textsOf(message, name);
  if (text === undefined) return undefined;
  const found = names.find((one, i) => one === text || String(i) === text);
  if (found !== undefined) return found;
  throw solverInvalid(message, name, `is ${text}, expected one of ${names.join(', ')}`);
}

/** An error of a solver's file, with its line. */
export function solverInvalid(message: Message, field: string, problem: string): FaceError {
  return new FaceError('SOLVER_INVALID', `Line ${lineOf(message, field)}: ${field} ${problem}.`);
}
