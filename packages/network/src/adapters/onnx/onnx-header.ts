import { FaceError } from '@kith/core';
import { elementType, headerMessage } from './onnx-schema.ts';

/** A tensor that a model takes or gives. */
export interface OnnxPort {
  readonly name: string;
  /** Kind of its elements, such as `float32`; `other` for kinds that kith has no use for. */
  readonly type: string;
  /** Its sizes, the batch's too; one that is open has a name, or `?`. */
  readonly shape: readonly (number | string)[];
}

/** What an ONNX file says of itself. */
export interface OnnxHeader {
  /** Version of the file format. */
  readonly irVersion: number;
  /** Version of ONNX's own operations. */
  readonly opset: number;
  readonly producer: string;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** What ONNX Runtime 1.30 loads, tried version by version. */
const known = { irVersion: [3, 13], opset: [7, 26] } as const;

/** ONNX's own operations go by either name. */
const ownDomains: readonly unknown[] = ['', 'ai.onnx', undefined];

/**
 * Read what an ONNX file says of itself. Its weights are skipped, not copied.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for a file of another kind, `WEIGHTS_MALFORMED` for one that is cut short or damaged.
 */
export function readOnnxHeader(bytes: Uint8Array): OnnxHeader {
  const { irVersion, producerName, producerVersion, graph, opsetImport } = decode(bytes);
  if (!graph) throw malformed('it holds no graph');
  const opset = opsetImport?.find(({ domain }) => ownDomains.includes(domain))?.version;
  if (opset === undefined) throw malformed('it names no opset');
  const constants = new Set(graph.initializer?.map(({ name }) => name));
  return {
    irVersion: Number(irVersion),
    opset: Number(opset),
    producer: [producerName, producerVersion].filter((part) => part).join(' '),
    // files of old list their constants among the inputs
    inputs: (graph.input ?? []).filter(({ name }) => !constants.has(name)).map(portOf),
    outputs: (graph.output ?? []).map(portOf),
  };
}

/**
 * Check that ONNX Runtime knows the versions that a file is written in.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` or `WEIGHTS_MALFORMED`, saying what was expected and what was got.
 */
export function assertOnnxReadable(bytes: Uint8Array): void {
  const { irVersion, opset } = readOnnxHeader(bytes);
  assertKnown('opset', opset, known.opset);
  assertKnown('format version', irVersion, known.irVersion);
}

function assertKnown(what: string, got: number, [least, most]: readonly [number, number]): void {
  if (got >= least && got <= most) return;
  throw new FaceError('MODEL_UNSUPPORTED', `The model is of ONNX ${what} ${got}, expected ${least} to ${most}.`);
}

interface Header {
  /** Whole numbers come as numbers or as objects that read as such. */
  readonly irVersion?: unknown;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph?: {
    readonly initializer?: readonly { readonly name: string }[];
    readonly input?: readonly Port[];
    readonly output?: readonly Port[];
  };
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: unknown }[];
}

interface Port {
  readonly name: string;
  readonly type?: { readonly tensorType?: TensorType | null } | null;
}

interface TensorType {
  readonly elemType: number;
  readonly shape?: { readonly dim?: readonly { readonly dimValue?: unknown; readonly dimParam?: string }[] } | null;
}

/** Every file begins with the version of its format: field 1, a whole number. */
const firstByte = 0x08;

function decode(bytes: Uint8Array): Header {
  if (bytes[0] !== firstByte) {
    const got = bytes.length === 0 ? 'no bytes' : `${hex(bytes.subarray(0, 4))} at its start`;
    throw new FaceError('MODEL_UNSUPPORTED', `The file is not ONNX: expected ${hex([firstByte])} first, got ${got}.`);
  }
  try {
    return headerMessage.decode(bytes) as Header;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw malformed(`${bytes.length} bytes do not hold what they announce (${reason})`, error);
  }
}

function malformed(got: string, cause?: unknown): FaceError {
  return new FaceError('WEIGHTS_MALFORMED', `The ONNX file is cut short or damaged: expected a whole model, ${got}.`, {
    cause,
  });
}

function hex(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function portOf({ name, type }: Port): OnnxPort {
  const tensor = type?.tensorType;
  const [kind = 'other'] = Object.entries(elementType).find(([, number]) => number === tensor?.elemType) ?? [];
  const shape = (tensor?.shape?.dim ?? []).map(({ dimValue, dimParam }) => Number(dimValue ?? 0) || dimParam || '?');
  return { name, type: kind, shape };
}
