import { formatSpace } from '@kith/core';
import type { Identification, IdentifiedFace } from '@kith/pipeline';
import { Command } from 'commander';
import { boxText, figure, probabilityText, rateText, sayRate } from '../decision-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { boxJson } from '../face-json.ts';
import type { Output } from '../output.ts';
import { countText, subjectText } from '../printable.ts';
import { readProbe, runs, withGallery } from '../run-command.ts';
import { parseCount } from '../settings.ts';

export function identifyCommand(): Command {
  return new Command('identify')
    .description('decide who each face of a photo is, if anyone enrolled (1:N)')
    .argument('<photo>')
    .option('--top <count>', 'most candidates a face', parseCount, 5)
    .option('--largest', 'take only the largest face')
    .addHelpText(
      'after',
      '\nExamples:\n  kith identify party.jpg\n  kith identify door.jpg --largest --top 1 --fpir 0.001 --json',
    )
    .action(
      runs<[string], { readonly largest?: boolean; readonly top: number }>(async (call, photo) => {
        const { settings, output } = call;
        const bytes = await readProbe(call, photo);
        const { fpir, top, largest = false } = settings;
        const answer = await withGallery(call, { create: false, readOnly: true }, (gallery) =>
          gallery.identify(bytes, { fpir, top, largest }),
        );
        output.json(identificationJson(answer));
        printIdentification(output, answer);
        return answer.faces.some(({ accepted }) => accepted !== null) ? exitCodes.yes : exitCodes.no;
      }),
    );
}

function identificationJson({ faces, operatingPoint, held, resolved, searched, space }: Identification) {
  return {
    faces: faces.map((face) => ({ ...face, box: boxJson(face.box) })),
    threshold: operatingPoint.threshold,
    fpir: held,
    resolved,
    searched,
    space: formatSpace(space),
  };
}

function printIdentification(output: Output, answer: Identification): void {
  const { threshold } = answer.operatingPoint;
  for (const [i, face] of answer.faces.entries()) {
    const verdict = verdictOf(face);
    output.line(
      `face ${i + 1}, ${boxText(face.box)}: ${output.style(face.accepted === null ? 'bad' : 'good', verdict)}`,
    );
    printOthers(output, face);
    for (const { subject, distance, probability } of face.candidates) {
      const side = distance <= threshold ? '≤' : '>';
      output.line(
        `  ${subjectText(subject)}: distance ${figure(distance)} ${side} ${figure(threshold)}, probability ${probabilityText(probability)}`,
      );
    }
  }
  if (answer.searched === 0) {
    output.line('the gallery is empty: there is nobody to compare with');
    return;
  }
  output.line(
    `threshold ${figure(threshold)} (FPIR ${rateText(answer.held)} over ${countText(answer.searched, 'enrolled face')})`,
  );
  sayRate(output, answer, 'Fewer enrolled faces or a larger --fpir would resolve it.');
}

/** A face that several people fit is not to be taken for the first of them unseen. */
function printOthers(output: Output, { accepted, candidates, within }: IdentifiedFace): void {
  if (accepted === null || within < 2) return;
  const listed = candidates.slice(1, within).map(({ subject }) => subjectText(subject));
  const unlisted = within - 1 - listed.length;
  if (unlisted > 0) listed.push(`${unlisted} more`);
  output.line(`  also within the threshold: ${listed.join(', ')}`);
}

function verdictOf({ accepted, code }: IdentifiedFace): string {
  if (accepted !== null) return subjectText(accepted);
  return code ? 'too small to tell' : 'nobody we know';
}
