import { Command } from 'commander';
import { boxText } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { boxJson } from '../face-json.ts';
import { printable } from '../printable.ts';
import { runs, withRecognizer } from '../run-command.ts';
import { assertDrawable, writePicture } from '../write-picture.ts';

export function alignCommand(): Command {
  return new Command('align')
    .description('draw how the face of a photo is aligned: where the square lies, and what it holds')
    .argument('<photo>')
    .requiredOption('--out <png>', 'where to draw it')
    .option('--largest', 'take the largest face of the photo')
    .addHelpText('after', '\nExample:\n  kith align ada.jpg --out aligned.png')
    .action(
      runs<[string], { readonly out: string; readonly largest?: boolean }>(async (call, photo) => {
        const { settings, output } = call;
        const { out, largest = false } = settings;
        await assertDrawable(out, photo);
        const { box, aligned } = await withRecognizer(call, [photo], async (recognizer, [image]) => {
          const face = await recognizer.align(image!, { largest });
          const { drawAlignment } = await import('@kith/pipeline');
          await writePicture(out, await drawAlignment(image!, face));
          return face;
        });
        const { width, height } = aligned.image;
        output.json({ out, box: boxJson(box), width, height, toImage: aligned.toImage });
        output.line(`face, ${boxText(box)}, aligned to ${width} × ${height} px`);
        output.say(`drawn in ${printable(out)}`);
        return exitCodes.yes;
      }),
    );
}
