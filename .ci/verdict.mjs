// node .ci/verdict.mjs <exit code of npm test> <vitest's JSON report> <the Node 24 check's JSON>
// Adds up what passed and failed. Tests of the native add-ons may not be skipped here: they are what CI installs them for.
import { readFileSync } from 'node:fs';

const [testsExit, reportFile, newerFile] = process.argv.slice(2);
const problems = [];
let passed = 0;
let failed = 0;

const report = readJson(reportFile);
if (report === undefined)
  problems.push('vitest left no report: set-up, a check or the tests did not come to their end');
else {
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed'),
  );
  for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
  for (const { fullName } of skipped.filter(({ fullName }) =>
    /tfjs|tensorflow|onnx|sqlite|hnsw|native/i.test(fullName),
  )) {
    problems.push(`skipped, but it must run here: ${fullName}`);
  }
  if (failed === 0 && testsExit !== '0')
    problems.push(`npm test ended with exit code ${testsExit} though no test failed`);
}

const stamp = readJson('node_modules/.kith-setup.json') ?? {};
if (!stamp.tensorflow?.endsWith('-native')) problems.push('tfjs-node could not be installed');
if (!stamp.runtime?.endsWith('-native')) problems.push('onnxruntime-node does not load');
if (stamp.addOns === undefined || stamp.addOns.endsWith('-exact-index'))
  problems.push('better-sqlite3 or hnswlib-node could not be built');

const newer = readJson(newerFile);
if (newer === undefined) problems.push('the CLI was not run on Node 24');
else {
  passed += newer.passed;
  failed += newer.failed;
}

for (const problem of problems) console.log(`failed: ${problem}`);
failed += problems.length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
