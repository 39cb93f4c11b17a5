import { resolve } from 'node:path';
import { FaceError, type Image } from '@kith/core';
import type { AlignmentSteps, LocatedFace } from '@kith/pipeline';
import { Command, InvalidArgumentError } from 'commander';
import { boxText } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { boxJson, poseJson } from '../face-json.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { runs, withRecognizer } from '../run-command.ts';
import { usageError } from '../settings.ts';
import { assertDrawable, writePicture } from '../write-picture.ts';

interface Options {
  readonly out?: string;
  readonly steps?: boolean;
  readonly crop?: string;
  readonly frontal?: string;
  readonly size?: number;
  readonly yaw?: number;
  readonly pitch?: number;
  readonly largest?: boolean;
}

/** One face of a photo, aligned every way. */
interface Aligned {
  readonly photo: Image;
  readonly face: LocatedFace;
  readonly steps: AlignmentSteps;
}

export function alignCommand(): Command {
  return new Command('align')
    .description('draw how the face of a photo is aligned, or write the aligned face itself')
    .argument('<photo>')
    .option('--out <png>', 'draw where the aligned square lies, and what it holds')
    .option('--steps', "with --out: draw DeepFace's alignment instead, step by step")
    .option('--yaw <degrees>', 'with --steps: which way the new view looks, -75 to 75', degreesWithin(75))
    .option('--pitch <degrees>', 'with --steps: how far the new view looks up, -45 to 45', degreesWithin(45))
    .option('--crop <png>', 'write the face as the model sees it')
    .option('--frontal <png>', 'write the face turned to the front')
    .option('--size <px>', 'with --frontal: its side, 16 to 2048 (default: 152)', parseSize)
    .option('--largest', 'take the largest face of the photo')
    .addHelpText(
      'after',
      '\nExamples:\n  kith align ada.jpg --out aligned.png\n  kith align ada.jpg --steps --out steps.png' +
        '\n  kith align ada.jpg --frontal front.png --size 224',
    )
    .action(
      runs<[string], Options>(async (call, photo) => {
        const { settings, output } = call;
        const { yaw, pitch, size, largest = false } = settings;
        await assertOptionsFit(settings, photo);
        const aligned = await withRecognizer(call, [photo], async ({ align, model }, [image]) => {
          const { alignmentSteps } = await import('@kith/pipeline');
          const face = await align(image!, { largest });
          const steps = await alignmentSteps(image!, face, {
            locate: model.locate,
            ...(size === undefined ? {} : { sizePx: size }),
            ...(yaw === undefined ? {} : { yawDegrees: yaw }),
            ...(pitch === undefined ? {} : { pitchDegrees: pitch }),
          });
          return { photo: image!, face, steps };
        });
        const pictures = await draw(aligned, settings);
        for (const [path, png] of pictures) await writePicture(path, png);
        await tell(aligned, settings, output);
        for (const [path] of pictures) output.say(`drawn in ${printable(path)}`);
        return exitCodes.yes;
      }),
    );
}

/** The pictures that are asked for, each with its path; all are made before one is written. */
async function draw(
  { photo, face, steps }: Aligned,
  { out, steps: isStepwise, crop, frontal }: Options,
): Promise<readonly (readonly [path: string, png: Uint8Array])[]> {
  const { drawAlignment, drawAlignmentSteps, drawImage } = await import('@kith/pipeline');
  const pictures: (readonly [string, Uint8Array])[] = [];
  if (out !== undefined) {
    pictures.push([out, await (isStepwise ? drawAlignmentSteps(photo, face, steps) : drawAlignment(photo, face))]);
  }
  if (crop !== undefined) pictures.push([crop, await drawImage(face.aligned.image)]);
  if (frontal !== undefined) {
    if ('reason' in steps.frontal) throw new FaceError('LANDMARKS_DEGENERATE', steps.frontal.reason);
    pictures.push([frontal, await drawImage(steps.frontal.made.image)]);
  }
  return pictures;
}

async function tell({ face, steps }: Aligned, { out, crop, frontal }: Options, output: Output): Promise<void> {
  const { poseText } = await import('@kith/pipeline');
  const { width, height } = face.aligned.image;
  const pose = 'made' in steps.fit ? steps.fit.made.pose : null;
  const way = 'made' in steps.frontal ? steps.frontal.made.way : 'similarity';
  const reason = 'made' in steps.frontal ? steps.frontal.made.reason : steps.frontal.reason;
  output.json({
    out,
    crop,
    frontal,
    box: boxJson(face.box),
    width,
    height,
    toImage: face.aligned.toImage,
    pose: pose && poseJson(pose),
    way,
    reason: reason ?? null,
  });
  output.line(`face, ${boxText(face.box)}, aligned to ${width} × ${height} px`);
  output.line(`${pose ? poseText(pose) : 'no pose'}: ${reason ? `not turned to the front. ${reason}` : 'frontalized'}`);
}

/** @throws {FaceError} `USAGE` for options that do not go together, or a path that is not to be drawn to. */
async function assertOptionsFit(settings: Options, photo: string): Promise<void> {
  const { out, steps, crop, frontal, size, yaw, pitch } = settings;
  const paths = [out, crop, frontal].filter((path) => path !== undefined);
  if (paths.length === 0) throw usageError('Something to draw is expected: --out, --crop or --frontal.');
  if (new Set(paths.map((path) => resolve(path))).size < paths.length) {
    throw usageError('Each picture is expected in a file of its own.');
  }
  if (steps && out === undefined) throw usageError('--steps is expected with --out only.');
  if (size !== undefined && frontal === undefined) throw usageError('--size is expected with --frontal only.');
  if ((yaw ?? pitch) !== undefined && !steps) throw usageError('--yaw and --pitch are expected with --steps only.');
  for (const path of paths) await assertDrawable(path, photo);
}

function degreesWithin(most: number): (text: string) => number {
  return (text) => {
    const degrees = Number(text);
    if (text.trim() !== '' && Math.abs(degrees) <= most) return degrees;
    throw new InvalidArgumentError(`Expected degrees from -${most} to ${most}.`);
  };
}

function parseSize(text: string): number {
  const size = Number(text);
  if (/^\d{1,4}$/.test(text) && size >= 16 && size <= 2048) return size;
  throw new InvalidArgumentError('Expected a whole number of px from 16 to 2048.');
}
