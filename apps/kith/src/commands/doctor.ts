import type { Diagnosis } from '@kith/pipeline';
import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { runs } from '../run-command.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what runs the networks here, how fast, and what to do about what does not load')
    .addHelpText('after', '\nExample:\n  kith doctor')
    .action(
      runs<[]>(async ({ output }) => {
        const { diagnose } = await import('@kith/pipeline');
        output.say('trying each runtime, which takes some seconds');
        const diagnosis = await diagnose();
        output.json(diagnosis);
        printDiagnosis(diagnosis, output);
        return diagnosis.runtime === null ? exitCodes.fault : exitCodes.yes;
      }),
    );
}

function printDiagnosis(diagnosis: Diagnosis, output: Output): void {
  const { node, platform, cpu, cores, threads, runtime, libraries, models } = diagnosis;
  const line = (name: string, told: string) => output.line(`${name.padEnd(18)}${printable(told)}`);
  line('node', `${node}, ${platform}`);
  line('cpu', `${cpu}, ${cores} cores; networks run in ${threads} threads`);
  printRuntimes(diagnosis, output);
  for (const library of libraries) {
    if (library.available) line(library.name, `${output.style('good', 'works')}  ${library.version}`);
    else fail(output, library.name, { ...library, word: library.needed ? 'broken' : 'absent' });
  }
  for (const { name, available, default: isDefault } of models) {
    const state = available ? output.style('good', 'there') : output.style('faint', 'no weights');
    line('model', `${state}  ${name}${isDefault ? ', the default' : ''}`);
  }
  if (runtime === null) output.line(output.style('bad', 'the runtime to use does not load: no photo can be looked at'));
}

/** A line a runtime, its speeds in columns: milliseconds an image of MobileFaceNet, and 10⁹ operations a second. */
function printRuntimes({ runtime, runtimes }: Diagnosis, output: Output): void {
  output.line(`${' '.repeat(18)}${'an image of MobileFaceNet'.padEnd(34)}alone                  in batches of 8`);
  for (const probe of runtimes) {
    if (!probe.available) {
      const word = probe.name === 'tfjs' ? 'absent' : 'broken';
      fail(output, probe.name, { ...probe, advice: probe.advice ?? '', word });
      continue;
    }
    const speeds = probe.timings.map(({ millisecondsPerImage, gflops }) => {
      return `${millisecondsPerImage.toFixed(1).padStart(6)} ms ${gflops.toFixed(0).padStart(4)} GFLOP/s`;
    });
    const told = `${printable(probe.version)}${probe.name === runtime ? ', in use' : ''}`;
    const works = output.style('good', 'works');
    output.line(`${probe.name.padEnd(18)}${works}  ${told.padEnd(24)}${speeds.join('  ')}`);
  }
}

interface Failure {
  readonly reason: string;
  readonly advice: string;
  readonly word: 'broken' | 'absent';
}

function fail(output: Output, name: string, { reason, advice, word }: Failure): void {
  output.line(`${name.padEnd(18)}${output.style(word === 'broken' ? 'bad' : 'faint', word)}  ${printable(reason)}`);
  output.line(`${' '.repeat(18)}${printable(advice)}`);
}
