import type { Image } from '@kith/core';
import { FaceError } from '@kith/core';
import {
  cropAround,
  decodeImage,
  drawFaces,
  type Gallery,
  type Identification,
  type IdentifiedFace,
  readPhoto,
} from '@kith/pipeline';
import type { DemoAnswer } from './account.ts';
import { type DemoPhoto, groups, nobodies, type Person, people, strangers } from './photos.ts';

/** The gallery and, by subject, the enrolled face to show beside an answer. */
export interface Enrolled {
  readonly gallery: Gallery;
  readonly portraits: ReadonlyMap<string, Image>;
}

const tooSmall = 'too small to tell';

/** Enroll everybody's first photo. */
export async function enrollEverybody(gallery: Gallery): Promise<Enrolled> {
  const portraits = new Map<string, Image>();
  for (const { name, enrolled } of people) {
    const photo = await readPhoto(enrolled.path);
    const { status, id } = await gallery.enroll(name, photo, { file: enrolled.file });
    const [face] = gallery.show(name);
    portraits.set(name, cropAround(await decodeImage(photo), face!.box));
    console.log(
      `  ${status}  ${name.padEnd(16)} ${enrolled.file.padEnd(42)} ${id}  quality ${face!.quality.toFixed(2)}`,
    );
  }
  return { gallery, portraits };
}

/** 1:1: everybody's other photos under their own name, and under somebody else's. */
export async function* verifications(enrolled: Enrolled): AsyncGenerator<DemoAnswer> {
  const asking = people.filter(({ probes }) => probes.length > 0);
  for (const [i, { name, probes }] of asking.entries()) {
    const other = asking[(i + 1) % asking.length]!.name;
    for (const probe of probes.slice(0, 2)) {
      yield await verification(enrolled, probe, { name, isGenuine: true });
      yield await verification(enrolled, probe, { name: other, isGenuine: false });
    }
  }
}

async function verification(
  { gallery, portraits }: Enrolled,
  probe: DemoPhoto,
  { name, isGenuine }: { readonly name: string; readonly isGenuine: boolean },
): Promise<DemoAnswer> {
  const photo = await readPhoto(probe.path);
  const { accepted, distance, operatingPoint, held } = await gallery.verify(name, photo);
  return {
    asked: `${probe.file}: ${name}?`,
    isRight: accepted === isGenuine,
    card: {
      probe: await decodeImage(photo),
      probeLabel: probe.file,
      candidate: portraits.get(name)!,
      candidateLabel: name,
      accepted,
      verdict: accepted ? 'yes' : 'no',
      figures: `${compared(distance, operatingPoint.threshold)}, FMR ${rate(held)}`,
    },
  };
}

/** 1:N: everybody's other photos. */
export async function* identifications(enrolled: Enrolled): AsyncGenerator<DemoAnswer> {
  for (const { name, probes } of people)
    for (const probe of probes) yield* identification(enrolled, probe, { truth: name });
}

/** 1:N: people whom the gallery does not know, alone and in groups. */
export async function* strangersAsked(enrolled: Enrolled): AsyncGenerator<DemoAnswer> {
  for (const probe of [...strangers, ...groups]) yield* identification(enrolled, probe, { truth: null });
}

/** 1:N: masks, paintings and drawings. */
export async function* nobodiesAsked(enrolled: Enrolled): AsyncGenerator<DemoAnswer> {
  for (const probe of nobodies) yield* identification(enrolled, probe, { truth: null });
}

async function* identification(
  { gallery, portraits }: Enrolled,
  probe: DemoPhoto,
  { truth }: { readonly truth: Person['name'] | null },
): AsyncGenerator<DemoAnswer> {
  const photo = await readPhoto(probe.path);
  const image = await decodeImage(photo);
  const answer = await identify(gallery, photo);
  if (typeof answer === 'string') {
    const card = { probe: image, probeLabel: probe.file, accepted: false, verdict: answer, figures: '' };
    yield { asked: probe.file, isRight: truth === null, card };
    return;
  }
  for (const [i, face] of answer.faces.entries()) {
    const label = answer.faces.length > 1 ? `${probe.file}, face ${i + 1}` : probe.file;
    const nearest = face.candidates[0];
    const shown = nearest && { candidate: portraits.get(nearest.subject)!, candidateLabel: nearest.subject };
    yield {
      asked: label,
      isRight: face.accepted === truth,
      card: {
        probe: cropAround(image, face.box),
        probeLabel: label,
        ...shown,
        accepted: face.accepted !== null,
        verdict: face.accepted ?? (nearest ? 'nobody we know' : tooSmall),
        figures: identificationFigures(face, answer),
      },
    };
  }
}

/** No face, or none large enough, is an answer here, not an error. */
async function identify(gallery: Gallery, photo: Uint8Array): Promise<Identification | 'no face' | typeof tooSmall> {
  try {
    return await gallery.identify(photo, { top: 1 });
  } catch (error) {
    if (error instanceof FaceError && error.code === 'FACE_NOT_FOUND') return 'no face';
    if (error instanceof FaceError && error.code === 'FACE_QUALITY_LOW') return tooSmall;
    throw error;
  }
}

function identificationFigures(
  { accepted, candidates }: IdentifiedFace,
  { operatingPoint, held }: Identification,
): string {
  const nearest = candidates[0];
  if (!nearest) return '';
  const who = accepted === null ? `${nearest.subject} ` : '';
  return `${who}${compared(nearest.distance, operatingPoint.threshold)}, FPIR ${rate(held)}`;
}

/** Detection alone, in groups: right when as many faces are found as a person counts. */
export async function* detections({ gallery }: Enrolled): AsyncGenerator<DemoAnswer> {
  const { detect } = await gallery.recognizer();
  for (const { path, file, faces } of groups) {
    const image = await decodeImage(await readPhoto(path));
    const found = await detect(image);
    const scores = found.map(({ score }) => score.toFixed(2)).join(', ');
    const drawn = await decodeImage(await drawFaces(image, found));
    const verdict = `${found.length} found, ${faces} counted`;
    const card = {
      probe: drawn,
      probeLabel: file,
      accepted: found.length === faces,
      verdict,
      figures: `scores ${scores}`,
    };
    yield { asked: file, isRight: found.length === faces, card };
  }
}

function compared(distance: number, threshold: number): string {
  return `distance ${distance.toFixed(3)} ${distance <= threshold ? '≤' : '>'} ${threshold.toFixed(3)}`;
}

function rate(value: number): string {
  return String(Number(value.toPrecision(3)));
}
