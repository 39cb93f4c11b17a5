import { fitFace } from '@kith/alignment';
import type { Embedder } from '@kith/core';
import { lfwImagePath, type Pair, type PairList } from '@kith/evaluation';
import { openRuntime } from '@kith/network/runtime';
import { openRecognizer } from '@kith/pipeline';
import { findImageFolder, imagesOf, type MeasuredFace, readPairs } from '@kith/pipeline/data';
import { measuredFaces } from './measured-faces.ts';
import { type PhotoPair, posePairs } from './pose-pairs.ts';
import { embedFaces, type Way } from './real-embeddings.ts';
import { dlibNet, facenetNet, type RealNet } from './real-nets.ts';
import { averageEmbeddings, type RealFigures, type RealProtocol, readScores, scoreEmbeddings } from './real-scores.ts';
import { waysOf } from './real-ways.ts';

export interface RealRow extends Pick<Way, 'name' | 'label'> {
  readonly kind: Way['kind'] | '2-D + 3-D';
  readonly figures: RealFigures;
}

export interface RealReport {
  readonly images: number;
  readonly people: number;
  readonly facesNotFound: number;
  readonly leastYawDifference: number;
  readonly genuinePosePairs: number;
  readonly impostorPosePairs: number;
  readonly seed: number;
  readonly nets: readonly { readonly name: string; readonly views: number; readonly rows: readonly RealRow[] }[];
  /** Networks left out, and why. */
  readonly skipped: readonly string[];
}

export interface RealOptions {
  /** LFW's folder. */
  readonly images: string;
  /** pairsDevTrain.txt, then pairsDevTest.txt. */
  readonly pairs: readonly [train: string, test: string];
  readonly cache: string;
  readonly signal: AbortSignal;
}

const leastDegrees = 30;
const seed = 1;

/** 2-D ways whose embeddings are averaged with 3-D's: that which the product aligns with. */
const ownWay = (net: RealNet) => (net === facenetNet ? 'head' : 'dlib51');

/** Embed LFW's View 1 with each network and way, and measure. */
export async function measureReal({ images, pairs, cache, signal }: RealOptions): Promise<RealReport> {
  const lists = await Promise.all(pairs.map(readPairs));
  const folder = await findImageFolder(images, lists);
  const paths = imagesOf(lists);
  const recognizer = await openRecognizer();
  const measured = await measuredFaces(recognizer, { folder, paths, file: `${cache}/lfw.ndjson`, signal });
  await recognizer.close();
  const faces = measured.filter((face) => face !== undefined);
  const protocol = protocolOf(faces, paths, lists);
  const runtime = await openRuntime();
  try {
    const nets: RealReport['nets'][number][] = [];
    const skipped: string[] = [];
    for (const net of [dlibNet, facenetNet]) {
      let opened: Embedder | undefined;
      if (!(await net.isThere())) {
        skipped.push(`${net.name}: its weights are not there`);
        continue;
      }
      const embedder = async () => (opened ??= await net.open(runtime));
      const options = { net, embedder, folder, cache: `${cache}/embeddings`, signal };
      nets.push({ name: net.name, views: net.views, rows: await rowsOf(faces, { ...options, protocol }) });
    }
    return {
      images: paths.length,
      people: new Set(protocol.identities).size,
      facesNotFound: paths.length - faces.length,
      leastYawDifference: leastDegrees,
      genuinePosePairs: protocol.pose.filter(({ same }) => same).length,
      impostorPosePairs: protocol.pose.filter(({ same }) => !same).length,
      seed,
      nets,
      skipped,
    };
  } finally {
    await runtime.dispose();
  }
}

type RowOptions = Omit<Parameters<typeof embedFaces>[1], 'way'> & { readonly protocol: RealProtocol };

async function rowsOf(faces: readonly MeasuredFace[], { protocol, ...options }: RowOptions): Promise<RealRow[]> {
  const { net, cache } = options;
  const rows: RealRow[] = [];
  const kept = new Map<string, { readonly values: Float32Array; readonly key: string }>();
  for (const way of waysOf(net, faces)) {
    const { values, key } = await embedFaces(faces, { ...options, way });
    if (way.name === ownWay(net) || way.kind === '3-D') kept.set(way.name, { values, key });
    const figures = readScores({ cache, key, protocol }, () => scoreEmbeddings(values, protocol));
    rows.push({ name: way.name, label: way.label, kind: way.kind, figures });
  }
  const flat = kept.get(ownWay(net))!;
  for (const { name, label, kind } of [...rows]) {
    const front = kept.get(name);
    if (kind !== '3-D' || !front) continue;
    const figures = readScores({ cache, key: `${flat.key}-and-${front.key}`, protocol }, () =>
      scoreEmbeddings(averageEmbeddings(flat.values, front.values, net.dimension), protocol),
    );
    rows.push({
      name: `average-${name}`,
      label: `average of the product’s 2-D and ${label}`,
      kind: '2-D + 3-D',
      figures,
    });
  }
  return rows;
}

/** Pairs as indices of faces; a pair with a face that was not found has the index −1. */
function protocolOf(
  faces: readonly MeasuredFace[],
  paths: readonly string[],
  lists: readonly PairList[],
): RealProtocol {
  const at = new Map(faces.map(({ path }, i) => [path, i]));
  const indexed = ({ one, other, same }: Pair): PhotoPair => ({
    one: at.get(lfwImagePath(one)) ?? -1,
    other: at.get(lfwImagePath(other)) ?? -1,
    same,
  });
  const [train, test] = lists.map(({ pairs }) => pairs.map(indexed)) as [PhotoPair[], PhotoPair[]];
  const personOf = (path: string) => path.split('/')[0]!;
  const people = faces.map(({ path }) => personOf(path));
  const numbers = new Map([...new Set(paths.map(personOf))].map((person, number) => [person, number]));
  const yaws = Float64Array.from(faces, ({ landmarks }) => fitFace(landmarks).pose.yawDegrees);
  const found = new Set(faces.map(({ path }) => path));
  const lost = paths.filter((path) => !found.has(path)).map((path) => numbers.get(personOf(path))!);
  return {
    train,
    test,
    pose: posePairs(yaws, people, { leastDegrees, seed }),
    identities: Int32Array.from(people, (person) => numbers.get(person)!),
    lost,
  };
}
