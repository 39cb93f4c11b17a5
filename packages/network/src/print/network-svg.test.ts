import { describe, expect, it } from 'vitest';
import { add, addOf, chain, conv, relu } from '../layers.ts';
import { network } from '../network.ts';
import { zoo } from '../zoo/index.ts';
import { networkSvg } from './network-svg.ts';

/** Numbers of every tag of a name. */
function tags(svg: string, name: string): readonly Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, 'g'))].map(([, attributes]) =>
    Object.fromEntries([...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}

/** The boxes of layers: all rectangles but the paper, frames and the rings around outputs. */
function boxesOf(svg: string) {
  return tags(svg, 'rect')
    .filter(({ rx }) => rx === '5')
    .map(({ x, y, width, height }) => ({ x: +x!, y: +y!, right: +x! + +width!, bottom: +y! + +height! }));
}

describe('networkSvg', () => {
  it.each(zoo.map((table) => [table.name, table] as const))(
    'keeps the boxes of %s apart and on the paper',
    (_, table) => {
      const svg = networkSvg(table);
      const [width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg)!.slice(1).map(Number) as [number, number];
      const boxes = boxesOf(svg).sort((a, b) => a.y - b.y);
      expect(boxes.length).toBeGreaterThan(table.rows.length);
      boxes.forEach((box, i) => {
        expect(Math.min(box.x, box.y, width - box.right, height - box.bottom)).toBeGreaterThanOrEqual(0);
        const over = boxes.slice(i + 1).filter(({ x, y, right }) => y < box.bottom && x < box.right && right > box.x);
        expect(over).toEqual([]);
      });
    },
  );

  it('tells of each layer its name, what it does and its output, and closes every tag', () => {
    const svg = networkSvg(
      network('small', { input: [8, 8, 3] }, [conv('first', 4, { kernel: 3, stride: 2, activation: 'relu' })]),
    );
    const told = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    expect(told).toEqual([
      'small',
      '112 parameters, 1,728 multiply-adds',
      'input',
      '8×8×3',
      'first',
      'conv 3×3/2, 4 · relu',
      '4×4×4',
    ]);
    for (const name of ['svg', 'text', 'g', 'defs', 'marker']) {
      expect(svg.match(new RegExp(`<${name}[ >]`, 'g'))).toHaveLength(svg.match(new RegExp(`</${name}>`, 'g'))!.length);
    }
  });

  it('escapes names', () => {
    const svg = networkSvg(network('<b>&"\u0007', { input: [4, 4, 1] }, [relu('</text><script>')]));
    expect(svg).toContain('&lt;b&gt;&amp;&quot;\ufffd');
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0007');
  });

  it('draws a line past a residual block, and one from every layer that another names', () => {
    const heads = (svg: string) => svg.match(/marker-end/g)?.length ?? 0;
    const plain = network('a', { input: [4, 4, 2] }, [relu('one'), relu('two')]);
    const named = network('a', { input: [4, 4, 2] }, [relu('one'), relu('two'), addOf('sum', ['one', 'two'])]);
    expect(heads(networkSvg(plain))).toBe(2);
    expect(heads(networkSvg(named))).toBe(4);
    const residual = network('a', { input: [4, 4, 2] }, [add('sum', [[], [relu('one')]])]);
    expect(networkSvg(residual)).toContain('>+</text>');
    // into the branch's box and into the sum
    expect(heads(networkSvg(residual))).toBe(2);
  });

  it('rings what the network gives, and feeds a block from the layer it names', () => {
    const table = network('a', { input: [4, 4, 2], outputs: ['one', 'head'] }, [
      relu('one'),
      relu('two'),
      chain('head', [relu('three')], { from: 'one' }),
    ]);
    const svg = networkSvg(table);
    expect(tags(svg, 'rect').filter(({ rx, fill }) => rx === '8' && fill === 'none')).toHaveLength(2);
    const drawn = Math.max(...tags(svg, 'rect').map(({ x, width }) => +(x ?? 0) + +(width === '100%' ? 0 : width!)));
    const ends = [...svg.matchAll(/L([\d.]+) [\d.]+L([\d.]+) [\d.]+L/g)].map(([, x]) => Number(x));
    // the one line that leaves the column
    expect(ends.filter((x) => x > drawn)).toHaveLength(1);
  });

  it('shows names with a slash in whole, and draws nothing for a block that passes its input on', () => {
    const table = network('a', { input: [4, 4, 2] }, [
      relu('x/y'),
      relu('z'),
      chain('through', [], { from: 'x/y' }),
      addOf('sum', ['through', 'z']),
    ]);
    const svg = networkSvg(table);
    expect(svg).toContain('>x/y</text>');
    expect(svg).toContain('>sum</text>');
    expect(boxesOf(svg)).toHaveLength(4);
  });

  it('refuses a table that does not fit together', () => {
    const table = network('a', { input: [2, 2, 3] }, [conv('c', 1, { kernel: 5, padding: 'valid' })]);
    expect(() => networkSvg(table)).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID' }));
  });
});
