import { FaceError } from '@kith/core';
import { Command } from 'commander';
import type { EnrollJob, Verdict } from '../enroll-photos.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { beginBatch, stoppedCode } from '../interruption.ts';
import { messageText, type Output } from '../output.ts';
import { countText, printable, subjectText } from '../printable.ts';
import { createProgress } from '../progress.ts';
import { type Call, runs, withGallery } from '../run-command.ts';
import { usageError } from '../settings.ts';
import { subjectFolders } from '../subject-folders.ts';

interface EnrollSettings {
  readonly from?: string;
  readonly largest?: boolean;
}

export function enrollCommand(): Command {
  return new Command('enroll')
    .description("add a person's photos, or with --from a whole folder; a photo enrolled before is left as it is")
    .argument('[subject]')
    .argument('[photos...]')
    .option('--from <dir>', 'folder of folders, one a subject; can be stopped at any point and run again')
    .option('--largest', 'take the largest face of each photo')
    .addHelpText('after', '\nExamples:\n  kith enroll ada ada1.jpg ada2.heic\n  kith enroll --from people/')
    .action(
      runs<[string | undefined, string[]], EnrollSettings>((call, subject, photos) => {
        const { from } = call.settings;
        if (from !== undefined && subject === undefined) return enrollFrom(call, from);
        if (from !== undefined)
          throw usageError('With --from the folders name the subjects: give no subject and no photos.');
        if (subject === undefined || photos.length === 0) {
          throw usageError('Expected a subject and at least one photo, or --from and a folder.');
        }
        const jobs = photos.map((path) => ({ subject, path, file: path }));
        return enroll(call, jobs, (files) => ({ subject, files: files.map(({ subject: _, ...file }) => file) }));
      }),
    );
}

async function enrollFrom(call: Call<EnrollSettings>, from: string): Promise<ExitCode> {
  const { jobs, ignored } = await subjectFolders(from);
  for (const path of ignored) call.output.say(`ignored, not dir/subject/photo: ${printable(path)}`);
  return enroll(call, jobs, (files) => ({ files }));
}

/** Enroll and print a verdict a file; `answer` shapes what `--json` prints, also when the batch ends early. */
async function enroll(
  call: Call<EnrollSettings>,
  jobs: readonly EnrollJob[],
  answer: (files: readonly VerdictJson[]) => unknown,
): Promise<ExitCode> {
  const { settings, output } = call;
  const { assertSubject } = await import('@kith/pipeline');
  for (const { subject } of jobs) assertSubject(subject);
  const signal = beginBatch();
  const verdicts: Verdict[] = [];
  try {
    await withGallery(call, { create: true }, async (gallery) => {
      const { enrollPhotos } = await import('../enroll-photos.ts');
      const progress = createProgress(output, { total: jobs.length, isQuiet: settings.quiet ?? false });
      for await (const verdict of enrollPhotos(gallery, jobs, { largest: settings.largest ?? false, signal })) {
        verdicts.push(verdict);
        progress.clear();
        printVerdict(output, verdict, { withSubject: settings.from !== undefined });
        progress.tick({ isWork: verdict.status !== 'unchanged' });
      }
    });
  } catch (error) {
    if (verdicts.length > 0) output.json(answer(verdicts.map(verdictJson)));
    throw error;
  }
  output.json(answer(verdicts.map(verdictJson)));
  output.say(summary(verdicts));
  if (signal.aborted && verdicts.length < jobs.length) {
    const told = `Stopped after ${verdicts.length} of ${countText(jobs.length, 'photo')}; the same command goes on from here.`;
    output.fail(new FaceError('CANCELLED', told));
    return stoppedCode(signal);
  }
  return failRefused(output, verdicts);
}

interface VerdictJson {
  readonly subject: string;
  readonly file: string;
  readonly status: Verdict['status'];
  readonly id?: string;
  readonly code?: string;
}

function verdictJson(verdict: Verdict): VerdictJson {
  const { subject, file, status } = verdict;
  return {
    subject,
    file,
    status,
    ...(verdict.status === 'refused' ? { code: verdict.error.code } : { id: verdict.id }),
  };
}

function printVerdict(output: Output, verdict: Verdict, { withSubject }: { readonly withSubject: boolean }): void {
  const file = printable(verdict.file);
  const name = withSubject ? `${subjectText(verdict.subject)}/${file}` : file;
  const told =
    verdict.status === 'refused' ? `${verdict.error.code}: ${printable(messageText(verdict.error))}` : verdict.id;
  const kind = { enrolled: 'good', unchanged: 'faint', refused: 'bad' } as const;
  output.line(`${output.style(kind[verdict.status], verdict.status.padEnd(9))}  ${name}  ${told}`);
}

function summary(verdicts: readonly Verdict[]): string {
  const count = (status: Verdict['status']) => verdicts.filter((verdict) => verdict.status === status).length;
  return `${count('enrolled')} enrolled, ${count('unchanged')} unchanged, ${count('refused')} refused`;
}

/** Photos that were refused end the command with the first one's code. */
function failRefused(output: Output, verdicts: readonly Verdict[]): ExitCode {
  const refused = verdicts.filter((verdict) => verdict.status === 'refused');
  const first = refused[0];
  if (!first) return exitCodes.yes;
  if (output.isJson) {
    const { code, message } = first.error;
    output.fail(
      new FaceError(
        code,
        `${refused.length} of ${countText(verdicts.length, 'photo')} refused; ${first.file}: ${message}`,
      ),
    );
  }
  return exitCodes.image;
}
