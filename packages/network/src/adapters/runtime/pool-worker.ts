import { parentPort, workerData } from 'node:worker_threads';
import { FaceError } from '@kith/core';
import type { Runtime, Session } from '../../runtime.ts';
import { messageOf } from './failure.ts';
import { localRuntime } from './local-runtime.ts';
import type { PoolAnswer, PoolMessage, PoolRequest, PoolSetup } from './pool-protocol.ts';
import { beginCall, endCall, shouldStop } from './thread-flags.ts';

const { runtime: name, threads, flags } = workerData as PoolSetup;
const sessions = new Map<number, Session>();
let runtime: Promise<Runtime> | undefined;

async function answer(request: PoolRequest): Promise<Partial<PoolAnswer>> {
  if (request.kind === 'load') {
    runtime ??= localRuntime(name, { threads });
    const session = await (await runtime).load(request.content);
    sessions.set(request.model, session);
    return { loaded: { input: session.input, outputs: session.outputs } };
  }
  const session = sessions.get(request.model);
  if (request.kind === 'run') {
    if (!session) throw new FaceError('RUNTIME_FAILED', 'The thread has not loaded the model.');
    return { values: await session.run({ count: request.count, data: request.data }) };
  }
  sessions.delete(request.model);
  await session?.dispose();
  return {};
}

async function close(): Promise<void> {
  const opened = await runtime?.catch(() => undefined);
  await opened?.dispose();
  parentPort?.close();
}

async function reply({ sequence, request }: PoolMessage): Promise<void> {
  if (!request) return close();
  const given = await guarded(request);
  if (shouldStop(flags)) process.exit(1);
  parentPort?.postMessage({ sequence, ...given } satisfies PoolAnswer);
}

async function guarded(request: PoolRequest): Promise<Partial<PoolAnswer>> {
  beginCall(flags);
  try {
    return shouldStop(flags) ? {} : await answer(request);
  } catch (error) {
    const code = error instanceof FaceError ? error.code : 'RUNTIME_FAILED';
    return { error: { code, message: messageOf(error) } };
  } finally {
    endCall(flags);
  }
}

parentPort?.on('message', (message: PoolMessage) => void reply(message));
