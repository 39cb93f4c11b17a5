// face-api on WebAssembly, decoded by sharp. Its threads need a browser: in Node it runs on one, whatever BENCH_THREADS allows.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { prepareFaceApi } from './face-api-nets.mjs';
import { serveFaces } from './serve-faces.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const wasm = require('@tensorflow/tfjs-backend-wasm');
sharp.concurrency(Number(process.env.BENCH_THREADS ?? 1));
wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
await tf.setBackend('wasm');
await tf.ready();

const embedFaces = await prepareFaceApi(require('@vladmandic/face-api/dist/face-api.node-wasm.js'));
await serveFaces(async (bytes) => {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return embedFaces(tf.tensor3d(data, [info.height, info.width, info.channels], 'int32'));
});
