import { Command } from 'commander';
import { boxText, figure } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { boxJson, landmarksJson, scoreJson } from '../face-json.ts';
import { printable } from '../printable.ts';
import { runs, withRecognizer } from '../run-command.ts';
import { assertDrawable, writePicture } from '../write-picture.ts';

export function detectCommand(): Command {
  return new Command('detect')
    .description('list the faces of a photo, the largest first')
    .argument('<photo>')
    .option('--out <png>', 'draw the photo with boxes and landmarks')
    .option('--largest', 'only the largest face')
    .addHelpText('after', '\nExamples:\n  kith detect party.jpg --out faces.png\n  kith detect party.jpg --json')
    .action(
      runs<[string], { readonly out?: string; readonly largest?: boolean }>(async (call, photo) => {
        const { settings, output } = call;
        const { out, largest = false } = settings;
        if (out !== undefined) await assertDrawable(out, photo);
        const faces = await withRecognizer(call, [photo], async (recognizer, [image]) => {
          const found = await recognizer.detect(image!, { largest });
          const { drawFaces } = await import('@kith/pipeline');
          if (out !== undefined) await writePicture(out, await drawFaces(image!, found));
          return found;
        });
        output.json({
          faces: faces.map(({ box, score, quality, landmarks }) => ({
            box: boxJson(box),
            score: scoreJson(score),
            quality: scoreJson(quality),
            landmarks: landmarksJson(landmarks),
          })),
        });
        for (const [i, { box, score, quality }] of faces.entries()) {
          output.line(`face ${i + 1}, ${boxText(box)}: score ${figure(score)}, quality ${figure(quality)}`);
        }
        if (faces.length === 0) output.line('no face');
        if (out !== undefined) output.say(`drawn in ${printable(out)}`);
        return exitCodes.yes;
      }),
    );
}
