import { expect, test } from 'vitest';
import { chart, linearScale } from './chart.ts';

test.each([1, 0.1, 0.01, 0.0001, 1e-9, 12_345])(
  'the numbers up to %d at the y axis leave room for its name',
  (most) => {
    const y = linearScale(0, most);
    const frame = { x: linearScale(0, 1), y, xLabel: 'epoch', yLabel: 'rate', title: 'A rate' };
    const svg = chart(frame, ({ left }) => `<left>${left}</left>`);
    const left = Number(/<left>(\d+)/.exec(svg)![1]);
    const longest = Math.max(...y.ticks.map(({ label }) => label.length));
    // right-aligned at left − 8; the name is in the middle of 14, at most 15 high
    expect(left - 8 - longest * 7.7).toBeGreaterThanOrEqual(14);
    expect(svg).toContain(`<path class="axis" d="M${left} `);
  },
);
