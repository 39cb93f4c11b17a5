// Faces of LFW's View 1 to measure nets by; without LFW, those of photos that packages bring.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxCentre } from '@kith/core';
import { lfwImagePath, limitPairs, parseLfwPairs } from '@kith/evaluation';
import { decodeImage, openRecognizer, readPhoto } from '@kith/pipeline';
import { packagePhotos } from './photos.mjs';
import { tell } from './table.mjs';

/**
 * Decode photos and find in each the face nearest the centre.
 *
 * @param {string} images LFW's folder, with its pair lists
 * @param {{ count: number, limit?: number, threads: number }} options `count` faces of the train list to calibrate by; all of the test
 *   list to measure on, or a balanced part of `limit` pairs.
 */
export async function view1Faces(images, { count, limit, threads }) {
  const { folder, calibration, test, pairs } = listPhotos(images, { count, limit });
  tell(`finding faces in ${calibration.length + test.length} photos`);
  const recognizer = await openRecognizer({ isUnmeasured: true, runtime: 'onnxruntime', threads });
  const find = async (paths) => {
    const found = [];
    for (const path of paths) {
      const image = await decodeImage(await readPhoto(join(folder, path)));
      const [face] = nearestFirst(await recognizer.detect(image), image);
      if (face) found.push({ path, image, box: face.box, landmarks: face.landmarks });
    }
    return found;
  };
  const photos = { calibration: await find(calibration), test: await find(test), pairs };
  await recognizer.close();
  return photos;
}

function nearestFirst(faces, { width, height }) {
  const offCentre = ({ box }) => {
    const [x, y] = boxCentre(box);
    return Math.hypot(x - width / 2, y - height / 2);
  };
  return faces.toSorted((one, other) => offCentre(one) - offCentre(other));
}

/** LFW's View 1: faces of the train list to calibrate by, the test list to measure on; without LFW, photos that packages bring. */
function listPhotos(images, { count, limit }) {
  const folder = [join(images, 'lfw-deepfunneled'), join(images, 'lfw')].find((path) => existsSync(path));
  const lists = ['pairsDevTrain.txt', 'pairsDevTest.txt'].map((file) => join(images, file));
  if (folder === undefined || !lists.every((file) => existsSync(file))) {
    tell(`there is no LFW with its View 1 lists at ${images}: accuracy is left out`);
    const paths = packagePhotos();
    return { folder: '', calibration: paths.filter((_, i) => i % 2 === 0), test: paths.filter((_, i) => i % 2 === 1) };
  }
  const [train, test] = lists.map((file) => parseLfwPairs(readFileSync(file, 'utf8'), { file }));
  const { pairs } = limit === undefined ? test : limitPairs(test, limit);
  const trained = pathsOf(train.pairs);
  const step = Math.floor(trained.length / count);
  const calibration = trained.filter((_, i) => i % step === 0).slice(0, count);
  return { folder, calibration, test: pathsOf(pairs), pairs };
}

const pathsOf = (pairs) => [...new Set(pairs.flatMap(({ one, other }) => [one, other].map(lfwImagePath)))];
