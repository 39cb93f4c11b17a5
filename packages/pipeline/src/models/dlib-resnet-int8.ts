import { fileURLToPath } from 'node:url';
import { dlibResnet29 } from '@kith/embedding';
import type { OnnxModel } from '@kith/network';
import { readChecked } from './checked-file.ts';
import { dlibModel } from './dlib-model.ts';
import type { ModelPlan } from './face-model.ts';

/** Of the file that `apps/lfw/src/quantize.ts` wrote, as its manifest beside it has it. */
const sha256 = 'd1be9eb05dc861464924509d720d34a5853003859497a3b338c56fe967e96656';

const shipped = fileURLToPath(new URL('../../assets/dlib-resnet-int8.onnx', import.meta.url));

/**
 * Read the file of dlib's ResNet in 8-bit integers that comes with kith.
 *
 * @param file - Where it lies; beside the decision tables by default.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` when the file is missing or altered.
 */
export async function readDlibInt8({ file = shipped }: { readonly file?: string } = {}): Promise<OnnxModel> {
  return { onnx: await readChecked(file, { sha256 }), input: dlibResnet29.input };
}

/** dlib's ResNet in 8-bit integers: half the time and a quarter of the bytes, for machines that are slow or always busy. */
export const dlibResnetInt8: ModelPlan = dlibModel({
  name: 'dlib-resnet-int8',
  sha256,
  load: async (runtime) => runtime.load(await readDlibInt8()),
});
