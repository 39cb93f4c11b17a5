// kith as its library is used. Threads by KITH_THREADS.
import { openRecognizer } from '@kith/pipeline';
import { serveFaces } from './serve-faces.mjs';

const recognizer = await openRecognizer();
await serveFaces(async (bytes) => (await recognizer.faces(bytes)).length);
await recognizer.close();
