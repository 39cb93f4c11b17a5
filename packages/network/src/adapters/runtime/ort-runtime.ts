import { FaceError } from '@kith/core';
import type { InferenceSession } from 'onnxruntime-common';
import type { OnnxModel, Runtime, RuntimeName } from '../../runtime.ts';
import type { NetworkModel } from '../../weights.ts';
import { assertOpen, disposedOf } from './batch-checks.ts';
import { messageOf } from './failure.ts';
import { asOnnxModel } from './model-bytes.ts';
import { type Ort, unshared } from './ort.ts';
import { OrtSession } from './ort-session.ts';

export interface OrtRuntimeOptions {
  readonly name: RuntimeName;
  readonly ort: Ort;
  readonly threads: number;
}

/** Networks run by ONNX Runtime in the thread that asks. */
export class OrtRuntime implements Runtime {
  readonly name: RuntimeName;
  private readonly ort: Ort;
  private readonly threads: number;
  private readonly sessions = new Set<OrtSession>();
  private disposed = false;

  constructor({ name, ort, threads }: OrtRuntimeOptions) {
    this.name = name;
    this.ort = ort;
    this.threads = threads;
  }

  async load(model: NetworkModel | OnnxModel): Promise<OrtSession> {
    assertOpen(this.disposed);
    const { onnx, input } = asOnnxModel(model);
    const session = await OrtSession.open(await this.create(onnx), {
      ort: this.ort,
      input,
      released: () => this.sessions.delete(session),
    });
    this.sessions.add(session);
    if (!this.disposed) return session;
    await session.dispose();
    throw disposedOf();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.all([...this.sessions].map((session) => session.dispose()));
  }

  private async create(onnx: Uint8Array): Promise<InferenceSession> {
    try {
      return await this.ort.InferenceSession.create(unshared(onnx), sessionOptions(this.threads));
    } catch (error) {
      throw new FaceError('MODEL_UNSUPPORTED', `${this.name} cannot load the model: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  }
}

/** Threads that wait must sleep: a machine that serves has other work for its cores. */
function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
