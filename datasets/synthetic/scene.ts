import { createRandom, gaussian, type Image } from '@kith/core';
import { type Projection, projection, type Sitter } from './camera.ts';
import { bodyMeshes, headMesh, type Mesh } from './head-mesh.ts';
import { layeredNoise, noise } from './noise.ts';
import { paintSurface, type Surface } from './surface.ts';

/** Picture px a rendered px has on a side: four samples make one px of the result. */
const supersampling = 2;
/**
 * Draw people into one picture, later ones before earlier ones.
 *
 * @param sitters - From the back to the front.
 * @param size - In px.
 */
export function drawScene(
  sitters: readonly Sitter[],
  { width, height, seed }: { readonly width: number; readonly height: number; readonly seed: number },
): Image {
  const canvas = backdrop(width * supersampling, height * supersampling, seed);
  for (const sitter of sitters) drawSitter(canvas, sitter);
  return develop(canvas, { width, height, seed, grain: sitters[0]?.view.grain ?? 0 });
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Linear light, RGB. */
  readonly light: Float32Array;
}

function backdrop(width: number, height: number, seed: number): Canvas {
  const light = new Float32Array(width * height * 3);
  const base = 0.16 + 0.16 * noise(seed * 3.1, 0.7, 41);
  const tint = noise(seed * 2.3, 1.7, 42) * 0.25;
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 3) {
      const blur = layeredNoise((x / height) * 2.2 + 9, (y / height) * 2.2, seed + 43, 2);
      const value = base * (1.15 - 0.4 * (y / height)) * (1 + 0.75 * blur);
      light[o] = value * (1 + tint);
      light[o + 1] = value;
      light[o + 2] = value * (1 - tint);
    }
  }
  return { width, height, light };
}

/** What the front-most surface of each px is. */
interface Buffer {
  readonly depth: Float32Array;
  /** Which mesh, 1 being the first; 0 is none. */
  readonly owner: Uint8Array;
  /** Place x, y and normal x, y, z. */
  readonly facts: Float32Array;
}

function drawSitter(canvas: Canvas, sitter: Sitter): void {
  const { width, height } = canvas;
  const project = projection(sitter, canvas);
  const meshes = [...bodyMeshes(sitter.person), headMesh(sitter.person, sitter.view)];
  const buffer: Buffer = {
    depth: new Float32Array(width * height).fill(Number.NEGATIVE_INFINITY),
    owner: new Uint8Array(width * height),
    facts: new Float32Array(width * height * 5),
  };
  for (const [index, mesh] of meshes.entries()) rasterise(buffer, mesh, { project, owner: index + 1, width, height });
  shade(canvas, buffer, meshes, sitter);
}

interface Target {
  readonly project: Projection;
  readonly owner: number;
  readonly width: number;
  readonly height: number;
}

/** Project a mesh and write its nearest triangles into the buffer, the facts of the corners blended over each. */
function rasterise(
  buffer: Buffer,
  { rows, columns, positions, places }: Mesh,
  { project, owner, width, height }: Target,
): void {
  const seen = new Float32Array(rows * columns * 3);
  for (let i = 0; i < rows * columns; i++)
    seen.set(project(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!), 3 * i);
  const normals = vertexNormals(seen, rows, columns);
  const triangle = (a: number, b: number, c: number) => {
    const [ax, ay, bx, by, cx, cy] = [
      seen[3 * a]!,
      seen[3 * a + 1]!,
      seen[3 * b]!,
      seen[3 * b + 1]!,
      seen[3 * c]!,
      seen[3 * c + 1]!,
    ];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area === 0) return;
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx)));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy)));
    for (let y = Math.max(0, Math.ceil(Math.min(ay, by, cy))); y <= y1; y++) {
      for (let x = Math.max(0, Math.ceil(Math.min(ax, bx, cx))); x <= x1; x++) {
        const wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area;
        const wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area;
        const wa = 1 - wb - wc;
        if (wa < 0 || wb < 0 || wc < 0) continue;
        const depth = wa * seen[3 * a + 2]! + wb * seen[3 * b + 2]! + wc * seen[3 * c + 2]!;
        const at = y * width + x;
        if (depth <= buffer.depth[at]!) continue;
        buffer.depth[at] = depth;
        buffer.owner[at] = owner;
        for (let k = 0; k < 2; k++)
          buffer.facts[5 * at + k] = wa * places[2 * a + k]! + wb * places[2 * b + k]! + wc * places[2 * c + k]!;
        for (let k = 0; k < 3; k++)
          buffer.facts[5 * at + 2 + k] = wa * normals[3 * a + k]! + wb * normals[3 * b + k]! + wc * normals[3 * c + k]!;
      }
    }
  };
  for (let row = 0; row + 1 < rows; row++) {
    for (let i = row * columns; i < row * columns + columns - 1; i++) {
      triangle(i, i + 1, i + columns);
      triangle(i + 1, i + columns + 1, i + columns);
    }
  }
}

/** Normals of the surface as seen, from each point's four neighbours. */
function vertexNormals(seen: Float32Array, rows: number, columns: number): Float32Array {
  const normals = new Float32Array(seen.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const left = 3 * (row * columns + Math.max(0, column - 1));
      const right = 3 * (row * columns + Math.min(columns - 1, column + 1));
      const up = 3 * (Math.max(0, row - 1) * columns + column);
      const down = 3 * (Math.min(rows - 1, row + 1) * columns + column);
      const [ux, uy, uz] = [
        seen[right]! - seen[left]!,
        seen[right + 1]! - seen[left + 1]!,
        seen[right + 2]! - seen[left + 2]!,
      ];
      const [vx, vy, vz] = [seen[down]! - seen[up]!, seen[down + 1]! - seen[up + 1]!, seen[down + 2]! - seen[up + 2]!];
      const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
      const length = (z < 0 ? -1 : 1) * (Math.hypot(x, y, z) || 1);
      normals.set([x / length, y / length, z / length], 3 * (row * columns + column));
    }
  }
  return normals;
}

/** Colour each px of the sitter by its surface, the light's direction and a sky above. */
function shade({ light }: Canvas, { owner, facts }: Buffer, meshes: readonly Mesh[], { person, view }: Sitter): void {
  const surface: Surface = { red: 0, green: 0, blue: 0, gloss: 0, shade: 1 };
  const azimuth = (view.lightDegrees * Math.PI) / 180;
  const [lx, ly, lz] = [Math.sin(azimuth) * 0.84, -0.54, Math.cos(azimuth) * 0.84];
  // half-way between the light and the viewer, for gloss
  const half = Math.hypot(lx, ly, lz + 1);
  const warm = [view.warmth, 1, 2 - view.warmth] as const;
  for (let i = 0; i < owner.length; i++) {
    if (owner[i] === 0) continue;
    const [x, y, nx, ny, nz] = [
      facts[5 * i]!,
      facts[5 * i + 1]!,
      facts[5 * i + 2]!,
      facts[5 * i + 3]!,
      facts[5 * i + 4]!,
    ];
    const mesh = meshes[owner[i]! - 1]!;
    paintSurface(surface, mesh.material, person, view, x, y);
    const facing = nx * lx + ny * ly + nz * lz;
    const sky = 0.5 - 0.5 * ny;
    const shine = surface.gloss * 0.22 * Math.max(0, (nx * lx + ny * ly + nz * (lz + 1)) / half) ** 18;
    const ambient = 0.2 + 0.22 * sky + 0.12 * nz;
    // light creeps round under skin, red farthest
    for (let k = 0; k < 3; k++) {
      const creep = [0.3, 0.18, 0.14][k]!;
      const direct = Math.max(0, (facing + creep) / (1 + creep));
      const albedo = k === 0 ? surface.red : k === 1 ? surface.green : surface.blue;
      light[3 * i + k] =
        view.brightness * warm[k]! * (albedo * surface.shade * (ambient + 0.85 * direct) + shine * surface.shade);
    }
  }
}

/** Average the samples of each px, and make sRGB bytes of the light, with the grain of a sensor. */
function develop(
  canvas: Canvas,
  {
    width,
    height,
    seed,
    grain,
  }: { readonly width: number; readonly height: number; readonly seed: number; readonly grain: number },
): Image {
  const random = createRandom(seed + 99);
  const data = new Uint8Array(width * height * 3);
  const samples = supersampling * supersampling;
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const luminanceGrain = gaussian(random) * 2.2 * grain;
      for (let k = 0; k < 3; k++, o++) {
        let light = 0;
        for (let s = 0; s < samples; s++) {
          const from =
            (y * supersampling + Math.floor(s / supersampling)) * canvas.width +
            x * supersampling +
            (s % supersampling);
          light += canvas.light[3 * from + k]! / samples;
        }
        data[o] = Math.round(Math.min(255, Math.max(0, 255 * encodeSrgb(light) + luminanceGrain)));
      }
    }
  }
  return { width, height, data };
}

function encodeSrgb(light: number): number {
  // a soft shoulder keeps bright skin from clipping
  const value = light < 0.6 ? light : 0.6 + 0.4 * Math.tanh((light - 0.6) / 0.4);
  return value <= 0.0031308 ? 12.92 * Math.max(0, value) : 1.055 * value ** (1 / 2.4) - 0.055;
}
