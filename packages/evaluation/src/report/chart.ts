/** A number on an axis and where it stands. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** From values to 0 … 1 along an axis. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}

/** What a chart is drawn in. */
export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly xLabel: string;
  readonly yLabel: string;
  /** For those who cannot see it. */
  readonly title: string;
  readonly width?: number;
  readonly height?: number;
}

const margin = { left: 58, right: 16, top: 14, bottom: 46 };
/** Of a digit of the numbers at an axis, where it is largest, on a small screen. */
const digitPx = 7.7;

/** An even scale; the ticks are round numbers. */
export function linearScale(from: number, to: number, { count = 5 }: { readonly count?: number } = {}): Scale {
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((each) => each >= rough - 1e-12)!;
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + (String(step / power) === '2.5' ? 1 : 0));
  const ticks: Tick[] = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + 1e-9; k++) {
    ticks.push({ value: k * step, label: labelOf(k * step, digits) });
  }
  return { place: (value) => (value - from) / (to - from), ticks };
}

/** A number with so many decimals, or in powers of ten where they would not fit beside the axis. */
function labelOf(value: number, digits: number): string {
  if (digits <= 5) return value.toFixed(digits);
  if (value === 0) return '0';
  const significant = digits + Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return value.toExponential(Math.max(0, significant)).replaceAll('-', '−');
}

/** A logarithmic scale; a tick at each power of ten. Values below `from` stand at its end. */
export function logScale(from: number, to: number): Scale {
  const ticks: Tick[] = [];
  for (let k = Math.ceil(Math.log10(from) - 1e-9); 10 ** k <= to * (1 + 1e-9); k++) {
    ticks.push({ value: 10 ** k, label: k === 0 ? '1' : k >= -2 ? String(10 ** k) : powerOfTen(k) });
  }
  const length = Math.log10(to / from);
  return { place: (value) => Math.max(0, Math.log10(Math.max(value, from) / from) / length), ticks };
}

/** A chart: axes with ticks and names, and what `draw` puts between them. */
export function chart(
  { x, y, xLabel, yLabel, title, width = 460, height = 340 }: Frame,
  draw: (plot: Plot) => string,
): string {
  const plot = plotOf({ x, y, width, height });
  const { left } = plot;
  const bottom = height - margin.bottom;
  const xTicks = x.ticks.map(({ value, label }) => {
    const at = plot.x(value);
    return `<line class="grid" x1="${at}" x2="${at}" y1="${margin.top}" y2="${bottom}"/><text x="${at}" y="${bottom + 17}" text-anchor="middle">${label}</text>`;
  });
  const yTicks = y.ticks.map(({ value, label }) => {
    const at = plot.y(value);
    return `<line class="grid" x1="${left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${at}" dy="0.35em" text-anchor="end">${label}</text>`;
  });
  const middle = (margin.top + bottom) / 2;
  return [
    `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">`,
    ...xTicks,
    ...yTicks,
    draw(plot),
    `<path class="axis" d="M${left} ${margin.top}V${bottom}H${width - margin.right}"/>`,
    `<text class="name" x="${(left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text class="name" transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>`,
    '</svg>',
  ].join('');
}

/** From values to px of the chart. */
export interface Plot {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The plot's edges in px. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room for the longest of the y axis's numbers beside its name, px. */
function leftOf(y: Scale): number {
  const longest = Math.max(0, ...y.ticks.map(({ label }) => label.length));
  return Math.max(margin.left, Math.ceil(28 + longest * digitPx));
}

function plotOf({ x, y, width, height }: Required<Pick<Frame, 'x' | 'y' | 'width' | 'height'>>): Plot {
  const left = leftOf(y);
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  return {
    x: (value) => round(left + x.place(value) * (right - left)),
    y: (value) => round(bottom - y.place(value) * (bottom - margin.top)),
    left,
    right,
    top: margin.top,
    bottom,
  };
}

/** A line through points, those that fall on the px before them left out. */
export function line(plot: Plot, points: Iterable<readonly [x: number, y: number]>, className: string): string {
  let path = '';
  let before = '';
  for (const [x, y] of points) {
    const at = `${plot.x(x)} ${plot.y(y)}`;
    if (at !== before) path += `${path === '' ? 'M' : 'L'}${at}`;
    before = at;
  }
  return `<path class="${className}" d="${path}"/>`;
}

/** A text's characters made safe inside HTML and its attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/** `10` with a raised exponent. */
export function powerOfTen(exponent: number): string {
  return `10${[...String(exponent)].map((char) => (char === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(char)])).join('')}`;
}
