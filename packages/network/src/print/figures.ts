import { colours, type Point, svgLine, svgRectangle, svgText, textWidth } from './svg-shapes.ts';

/** Where a drawn layer lies. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is drawn, from the back to the front, and where each layer and node went. */
export interface Canvas {
  readonly frames: string[];
  readonly lines: string[];
  readonly boxes: string[];
  readonly places: Map<string, Place>;
}

/** A part of a drawing that knows its size before it is placed. Its way in is the middle of its upper edge, its way out that of the lower. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  /** Whether a line into it ends there, with an arrow's head, or goes on inside. */
  readonly isEnd: boolean;
  draw(canvas: Canvas, corner: Point): void;
}

const gapPx = 18;
const betweenPx = 16;
const forkPx = 12;
const titlePx = 22;
const paddingPx = 10;

export interface BoxOptions {
  readonly lines: readonly string[];
  readonly fill: string;
  readonly stroke: string;
  /** Names under which lines find it. */
  readonly names: readonly string[];
  readonly isOutput: boolean;
}

/** A layer: its name, what it does, the size of its output. */
export function box({ lines, fill, stroke, names, isOutput }: BoxOptions): Figure {
  const width = 16 + Math.max(50, ...lines.map((line, i) => textWidth(line, 11, { bold: i === 0 })));
  const height = 10 + 14 * lines.length;
  return {
    width: Math.ceil(width),
    height,
    isEnd: true,
    draw(canvas, [x, y]) {
      const place = { x, y, width: Math.ceil(width), height };
      for (const name of names) canvas.places.set(name, place);
      canvas.boxes.push(svgRectangle({ ...place, radius: 5, fill, stroke }));
      if (isOutput) {
        const ring = { x: x - 3, y: y - 3, width: place.width + 6, height: height + 6, radius: 8 };
        canvas.boxes.push(svgRectangle({ ...ring, fill: 'none', stroke: colours.ink }));
      }
      lines.forEach((line, i) => {
        const style =
          i === 0 ? { weight: 600 } : { fill: i === lines.length - 1 ? colours.faint : colours.ink, weight: 400 };
        canvas.boxes.push(svgText(line, { x: x + width / 2, y: y + 16 + 14 * i, sizePx: 11, ...style }));
      });
    },
  };
}

/** A line that goes straight through: the identity of a residual block. */
export const passage: Figure = {
  width: 24,
  height: 0,
  isEnd: false,
  draw: () => undefined,
};

/** Figures one under the other, each fed by the one above unless said otherwise. */
export function stack(parts: readonly { readonly figure: Figure; readonly isFed: boolean }[]): Figure {
  const width = Math.max(...parts.map(({ figure }) => figure.width));
  const height = parts.reduce((sum, { figure }) => sum + figure.height, 0) + gapPx * (parts.length - 1);
  return {
    width,
    height,
    isEnd: parts[0]!.figure.isEnd,
    draw(canvas, [x, y]) {
      let top = y;
      const middle = x + width / 2;
      parts.forEach(({ figure, isFed }, i) => {
        if (i > 0 && isFed)
          canvas.lines.push(
            svgLine(
              [
                [middle, top - gapPx],
                [middle, top],
              ],
              { arrow: figure.isEnd },
            ),
          );
        figure.draw(canvas, [middle - figure.width / 2, top]);
        top += figure.height + gapPx;
      });
    },
  };
}

/** Figures side by side that read the same and end in one. */
export function fork(branches: readonly Figure[], merge: Figure): Figure {
  const inner = branches.reduce((sum, { width }) => sum + width, 0) + betweenPx * (branches.length - 1);
  const width = Math.max(inner, merge.width);
  const tallest = Math.max(...branches.map(({ height }) => height));
  const height = forkPx + gapPx + tallest + gapPx + forkPx + merge.height;
  return {
    width,
    height,
    isEnd: false,
    draw(canvas, [x, y]) {
      const middle = x + width / 2;
      const [upper, first] = [y + forkPx, y + forkPx + gapPx];
      const lower = first + tallest + gapPx / 2;
      const end = y + height - merge.height;
      canvas.lines.push(
        svgLine([
          [middle, y],
          [middle, upper],
        ]),
      );
      let left = x + (width - inner) / 2;
      for (const branch of branches) {
        const centre = left + branch.width / 2;
        canvas.lines.push(
          svgLine(
            [
              [middle, upper],
              [centre, upper],
              [centre, first],
            ],
            { arrow: branch.isEnd },
          ),
        );
        branch.draw(canvas, [left, first]);
        canvas.lines.push(
          svgLine([
            [centre, first + branch.height],
            [centre, lower],
            [middle, lower],
          ]),
        );
        left += branch.width + betweenPx;
      }
      canvas.lines.push(
        svgLine(
          [
            [middle, lower],
            [middle, end],
          ],
          { arrow: true },
        ),
      );
      merge.draw(canvas, [middle - merge.width / 2, end]);
    },
  };
}

/** A figure in a frame with a title, found by its full name: a block of the table. */
export function frame(
  { name, title }: { readonly name: string; readonly title: string },
  inner: Figure,
  { isFed }: { readonly isFed: boolean },
): Figure {
  const width = Math.max(inner.width + 2 * paddingPx, 2 * textWidth(title, 12, { bold: true }) + 3 * paddingPx);
  const height = titlePx + inner.height + paddingPx;
  return {
    width,
    height,
    isEnd: false,
    draw(canvas, [x, y]) {
      const middle = x + width / 2;
      canvas.places.set(name, { x, y, width, height });
      canvas.frames.push(
        svgRectangle({ x, y, width, height, radius: 8, fill: colours.frame, stroke: colours.frameEdge }),
        svgText(title, { x: x + paddingPx, y: y + 15, sizePx: 12, weight: 600, anchor: 'start' }),
      );
      if (isFed)
        canvas.lines.push(
          svgLine(
            [
              [middle, y],
              [middle, y + titlePx],
            ],
            { arrow: inner.isEnd },
          ),
        );
      inner.draw(canvas, [middle - inner.width / 2, y + titlePx]);
      canvas.lines.push(
        svgLine([
          [middle, y + height - paddingPx],
          [middle, y + height],
        ]),
      );
    },
  };
}
