import { FaceError, formatSpace } from '@kith/core';
import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { boxJson } from '../face-json.ts';
import { runs, withRecognizer } from '../run-command.ts';

export function embedCommand(): Command {
  return new Command('embed')
    .description('print the embedding of every face of a photo, the largest first, one line a face')
    .argument('<photo>')
    .option('--largest', 'only the largest face')
    .addHelpText('after', '\nExample:\n  kith embed ada.jpg --json')
    .action(
      runs<[string], { readonly largest?: boolean }>(async (call, photo) => {
        const { settings, output } = call;
        const { largest = false } = settings;
        const { faces, space } = await withRecognizer(call, [photo], async (recognizer, [image]) => ({
          faces: await recognizer.faces(image!, { largest }),
          space: recognizer.model.space,
        }));
        if (faces.length === 0)
          throw new FaceError('FACE_NOT_FOUND', 'No face was found in the photo, expected at least one.');
        output.json({
          space: formatSpace(space),
          faces: faces.map(({ box, embedding }) => ({ box: boxJson(box), embedding: Array.from(embedding) })),
        });
        for (const { embedding } of faces) output.line(Array.from(embedding, (value) => value.toFixed(6)).join(' '));
        return exitCodes.yes;
      }),
    );
}
