import { FaceError } from '@kith/core';
import { elementsOf, formatShape, type Session } from '@kith/network';

/**
 * Check that a session is of the network that its outputs will be read as.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED`.
 */
export function assertSession(
  session: Pick<Session, 'input' | 'outputs'>,
  what: string,
  { input, outputs }: { readonly input: readonly number[]; readonly outputs: readonly number[] },
): void {
  const expected = `${formatShape(input)} to ${outputs.join(' + ')} numbers`;
  const lengths = session.outputs.map(({ shape }) => elementsOf(shape));
  const got = `${formatShape(session.input)} to ${lengths.join(' + ')} numbers`;
  if (got !== expected) throw new FaceError('MODEL_UNSUPPORTED', `${what} runs ${expected}, got a model of ${got}.`);
}
