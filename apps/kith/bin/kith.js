#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('kith is not built yet. In the folder you cloned it to, run: npm run setup');
  process.exitCode = 70;
}
