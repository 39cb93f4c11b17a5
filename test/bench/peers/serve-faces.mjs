// The child's half of a conversation in JSON lines: it loads photos into memory and then counts the faces it embeds, timed.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Answer `{ load: [paths] }` and `{ run: { from, count, concurrency } }` until standard input ends.
 *
 * @param {(bytes: Buffer) => Promise<number>} embedFaces Number of faces that were found and embedded.
 */
export async function serveFaces(embedFaces) {
  let photos = [];
  const say = (answer) => process.stdout.write(`${JSON.stringify({ peer: answer })}\n`);
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { load, run } = JSON.parse(line);
    if (load !== undefined) {
      photos = load.map((path) => readFileSync(path));
      say({ loaded: photos.length });
    } else say(await runPhotos(photos, embedFaces, run));
  }
}

async function runPhotos(photos, embedFaces, { from, count, concurrency }) {
  const ms = [];
  let [faces, withFace, next] = [0, 0, from];
  const began = performance.now();
  const takeTurns = async () => {
    while (next < from + count) {
      const bytes = photos[next++ % photos.length];
      const start = performance.now();
      const found = await embedFaces(bytes);
      ms.push(performance.now() - start);
      faces += found;
      if (found > 0) withFace++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, takeTurns));
  const totalMs = performance.now() - began;
  const { maxRSS } = process.resourceUsage();
  return { totalMs, ms, faces, withFace, rss: process.memoryUsage.rss(), peakRss: maxRSS * 1024 };
}
