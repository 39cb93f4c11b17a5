// face-api on TensorFlow's library, as its README has it: SSD MobileNet, 68 landmarks, descriptor. Threads by TF_NUM_INTRAOP_THREADS.
import { createRequire } from 'node:module';
import util from 'node:util';
import { prepareFaceApi } from './face-api-nets.mjs';
import { serveFaces } from './serve-faces.mjs';

const require = createRequire(import.meta.url);
// Node 23 took away helpers that tfjs-node 4.22 calls
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;

const tf = require('@tensorflow/tfjs-node');
const embedFaces = await prepareFaceApi(require('@vladmandic/face-api/dist/face-api.node.js'));
await serveFaces((bytes) => embedFaces(tf.node.decodeImage(bytes, 3)));
