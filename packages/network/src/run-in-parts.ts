import type { Batch, RunOptions, Session } from './runtime.ts';

/**
 * Run a batch in parts, one after the other, so that a crowd takes no more memory than some of it does.
 *
 * @param options - `most` is how many inputs are run together.
 * @returns As `session.run` of the whole.
 * @throws {FaceError} As `session.run`.
 */
export async function runInParts(
  session: Session,
  { count, data }: Batch,
  { most = 64, ...options }: RunOptions & { readonly most?: number } = {},
): Promise<readonly Float32Array[]> {
  if (count <= most) return session.run({ count, data }, options);
  const length = data.length / count;
  const answers: (readonly Float32Array[])[] = [];
  for (let first = 0; first < count; first += most) {
    const end = Math.min(first + most, count);
    const part = { count: end - first, data: data.subarray(first * length, end * length) };
    answers.push(await session.run(part, options));
  }
  return session.outputs.map((_, i) => joined(answers.map((answer) => answer[i]!)));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    out.set(part, end);
    end += part.length;
  }
  return out;
}
