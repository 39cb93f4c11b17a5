// Loaded before a peer: notes each file that is read through node:fs, in the file that BENCH_READS names.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const { appendFileSync } = fs;
const note = (file) => {
  if (typeof file === 'string') appendFileSync(process.env.BENCH_READS, `${file}\n`);
};
const noting = (holder, name) => {
  const original = holder[name];
  holder[name] = (file, ...rest) => {
    note(file);
    return original.call(holder, file, ...rest);
  };
};

noting(fs, 'readFileSync');
noting(fs, 'readFile');
noting(fs.promises, 'readFile');
syncBuiltinESMExports();
