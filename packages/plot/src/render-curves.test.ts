import { describe, expect, it } from 'vitest';
import type { CurveSeries, CurvesPanel, PlotOptions } from './plot-options.ts';
import { renderCurves } from './render-curves.ts';

const epochs = Array.from({ length: 12 }, (_, epoch) => epoch);
const decay = epochs.map((epoch) => 2 * Math.exp(-epoch / 3) + 0.01);
const bars = { kind: 'bars', labels: ['plain', 'SWA'], means: [96.2, 97.1], stds: [0.31, 0.08] } as const;

const one = (series: Partial<CurveSeries>, panel: Partial<CurvesPanel> = {}): PlotOptions => ({
  panels: [{ title: 'Loss', ...panel, series: [{ name: 'train', x: epochs, y: decay, ...series }] }],
});

const picture: PlotOptions = {
  title: 'A run',
  panels: [
    {
      title: 'Loss',
      xLabel: 'epoch',
      yLabel: 'cross-entropy',
      yScale: 'log',
      series: [
        {
          name: 'train',
          x: epochs,
          y: decay,
          band: { low: decay.map((v) => v - 0.1), high: decay.map((v) => v + 0.1) },
        },
        { name: 'validation', x: epochs, y: decay.map((v) => v * 1.1), style: { line: 'dashed' } },
      ],
    },
    bars,
  ],
};

/** The line of the only series: what stands between moves are its connected stretches. */
function stretches(options: PlotOptions): string[] {
  const drawn = renderCurves(options).match(/<path d="([^"]*)" fill="none" stroke="#0072b2"/);
  return (drawn?.[1] ?? '').split('M').filter((stretch) => stretch.includes('L'));
}

/** Dots of the only series. */
const dots = (options: PlotOptions) =>
  renderCurves(options).match(/<path d="M1 0A1 1[^>]*fill="#0072b2"/g) ?? [];

/** Throws unless every element is closed in order, and every & and < is escaped. */
function checkXml(text: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const markup = /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  while (markup.lastIndex < text.length) {
    const at = markup.lastIndex;
    const match = markup.exec(text);
    if (match === null) throw new Error(`no XML at ${text.slice(at, at + 60)}`);
    const [whole, closing, name, , empty] = match;
    const entities = whole.replaceAll(/&(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/g, '');
    if (entities.includes('&')) throw new Error(`bare & in ${whole}`);
    if (name === undefined) continue;
    names.push(name);
    if (closing && open.pop() !== name) throw new Error(`${whole} closes nothing`);
    if (!closing && !empty) open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open}`);
  return names;
}

describe('renderCurves', () => {
  it('is a function of its options alone: equal text, whatever was drawn before', () => {
    const first = renderCurves(picture);
    renderCurves(one({}));
    expect(renderCurves(structuredClone(picture))).toBe(first);
  });

  it('is valid XML with nothing live in it', () => {
    const svg = renderCurves(picture);
    const names = new Set(checkXml(svg));
    expect([...names].sort()).toEqual([
      'clipPath',
      'defs',
      'g',
      'path',
      'polygon',
      'rect',
      'svg',
      'text',
      'title',
    ]);
    expect(svg).not.toMatch(/<script|<style|href|\son\w+=|zr\d|ecmeta/);
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).toContain('fill="#ffffff"');
  });

  it('shows names as they are, whatever is in them', () => {
    const name = `<script>alert(1)</script> "&' {a|b} ]]> \u0007\ud800 url(#zr1-c0) class="zr0"`;
    const svg = renderCurves({
      title: name,
      panels: [
        {
          title: name,
          xLabel: name,
          yLabel: name,
          series: [
            { name, x: [0, 1], y: [0, 1] },
            { name: 'b', x: [0], y: [1] },
          ],
        },
        { kind: 'bars', labels: [name], means: [1] },
      ],
    });
    expect(checkXml(svg)).not.toContain('script');
    expect(svg).toContain('&lt;script&gt;alert(1)');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML refuses these.
    expect(svg).not.toMatch(/[\u0000-\u0008]|\p{Surrogate}/u);
  });

  it('gives every panel its own clip paths', () => {
    const ids = [...renderCurves(picture).matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('panel0-c0');
  });

  it('leaves gaps where values are not finite, and a dot for a point that stands alone', () => {
    const holes = (...at: number[]) => decay.map((value, i) => (at.includes(i) ? Number.NaN : value));
    expect(stretches(one({}))).toHaveLength(1);
    expect(stretches(one({ y: holes(4) }))).toHaveLength(2);
    const infinite = decay.map((value, i) => (i === 7 ? Number.POSITIVE_INFINITY : value));
    expect(stretches(one({ y: infinite }))).toHaveLength(2);
    const long = Array.from({ length: 60 }, (_, i) => (i === 20 || i === 22 ? Number.NaN : i));
    const x = long.map((_, i) => i);
    expect(stretches(one({ x, y: long }))).toHaveLength(2);
    expect(dots(one({ x, y: long }))).toHaveLength(1);
    expect(renderCurves(one({ y: epochs.map(() => Number.NaN) }))).toContain('Loss');
  });

  it('leaves gaps on a logarithmic axis where values are not positive', () => {
    const y = decay.map((value, i) => (i === 5 ? 0 : value));
    expect(stretches(one({ y }))).toHaveLength(1);
    expect(stretches(one({ y }, { yScale: 'log' }))).toHaveLength(2);
  });

  it('thins a long series to a small file and keeps its peak', () => {
    const x = Float32Array.from({ length: 100_000 }, (_, i) => i);
    const noise = (i: number) => Math.sin(i * 12.9898) / 10;
    const y = x.map((i) => (i === 54_321 ? 9 : Math.exp(-i / 3e4) + noise(i)));
    const band = { low: y.map((value) => value - 0.1), high: y.map((value) => value + 0.1) };
    const svg = renderCurves(one({ x, y, band }));
    expect(svg.length).toBeLessThan(100_000);
    const top = Math.min(
      ...stretches(one({ x, y })).flatMap((part) => part.split('L').map((p) => Number(p.split(' ')[1]))),
    );
    expect(top).toBeLessThan(80); // the spike reaches the upper part of the panel, which begins below the title
    const alternating = y.map((value, i) => (i % 2 === 0 ? value : Number.NaN));
    expect(renderCurves(one({ x, y: alternating })).length).toBeLessThan(300_000);
  });

  it('draws a constant, a single point, and tiny and huge values', () => {
    for (const y of [
      [1, 1, 1],
      [1e-9, 2e-9, 3e-9],
      [1e12, 2e12, 3e12],
      [-3, 0, 3],
    ]) {
      checkXml(renderCurves(one({ x: [0, 1, 2], y })));
    }
    checkXml(renderCurves(one({ x: [5], y: [5] })));
    checkXml(renderCurves(one({ x: [5], y: [5] }, { yScale: 'log' })));
  });

  it('names what is inside by its id, so that several pictures fit in one page', () => {
    const ids = (svg: string) => Array.from(svg.matchAll(/(?: id="|url\(#)([^")]*)/g), ([, id = '']) => id);
    const own = ids(renderCurves({ ...picture, id: 'loss-' }));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((id) => !id.startsWith('loss-'))).toEqual([]);
    expect(ids(renderCurves(picture)).every((id) => id.startsWith('panel'))).toBe(true);
  });

  it('writes the means and deviations of bars with equal decimals', () => {
    const svg = renderCurves({ panels: [bars] });
    expect(svg).toContain('>96.20 ± 0.31<');
    expect(svg).toContain('>97.10 ± 0.08<');
    expect(
      renderCurves({ panels: [{ kind: 'bars', labels: ['a', 'b'], means: [0.5, Number.NaN] }] }),
    ).toContain('>0.5<');
  });

  it('writes tiny means and deviations with their digits, not as zeros', () => {
    const svg = renderCurves({ panels: [{ kind: 'bars', labels: ['a'], means: [2.5e-9], stds: [1e-10] }] });
    expect(svg).toContain('>2.5e-9 ± 1e-10<');
  });

  it('cuts error bars off where the axis starts', () => {
    for (const panel of [
      { means: [0.1, 0.5], stds: [0.5, 0.1] },
      { means: [0.95, 0.8], stds: [0.1, 0.01], yMin: 0.9 },
    ]) {
      const svg = renderCurves({ panels: [{ kind: 'bars', labels: ['a', 'b'], ...panel }] });
      const ends = (stroke: string) =>
        Array.from(
          svg.matchAll(new RegExp(`<path d="M\\S+ (\\S+)L\\S+ (\\S+)"[^>]*stroke="${stroke}"`, 'g')),
        ).flatMap(([, start, end]) => [Number(start), Number(end)]);
      const axis = Math.max(...ends('#5a5a5a'));
      expect(axis).toBeGreaterThan(200);
      expect(ends('#222222').length).toBeGreaterThan(0);
      expect(Math.max(...ends('#222222'))).toBeLessThanOrEqual(axis);
    }
  });

  it.each<[string, unknown]>([
    ['panels must be a list of at least one panel, got []', { panels: [] }],
    ['unknown option "panel" (did you mean panels?)', { panel: [] }],
    ['panels[0].kind must be one of "curves", "bars", got "pie"', { panels: [{ kind: 'pie' }] }],
    ['panels[0].series must be a list of at least one series', { panels: [{ series: [] }] }],
    ['panels[0]: unknown option "yscale" (did you mean yScale?)', one({}, { yscale: 'log' } as never)],
    ['panels[0].yScale must be one of "linear", "log", got "ln"', one({}, { yScale: 'ln' as never })],
    ['panels[0].series[0].name must be a non-empty string', one({ name: '' })],
    ['series "train" is empty', one({ x: [], y: [] })],
    ['y of series "train" must have 12 values, got 1', one({ y: [1] })],
    ['y of series "train" must hold numbers, got "1" at 0', one({ x: [1], y: ['1'] as never })],
    ['x of series "train" must be a list of numbers, got 3', one({ x: 3 as never })],
    ['band.high of series "train" must have 12 values, got 0', one({ band: { low: decay, high: [] } })],
    [
      'style.color of series "train" must be a colour name or #rrggbb',
      one({ style: { color: '"/><script>' } }),
    ],
    [
      'panels[0] has two series named "a"',
      {
        panels: [
          {
            series: [
              { name: 'a', x: [1], y: [1] },
              { name: 'a', x: [1], y: [1] },
            ],
          },
        ],
      },
    ],
    ['panels[0].labels must be a list of at least one label', { panels: [{ ...bars, labels: [] }] }],
    ['panels[0].means must have 2 values, got 1', { panels: [{ ...bars, means: [1] }] }],
    ['panels[0].stds must have 2 values, got 3', { panels: [{ ...bars, stds: [1, 2, 3] }] }],
    ['columns must be a positive integer, got 0', { ...picture, columns: 0 }],
    ['width must be a finite number at least 160, got 10', { ...picture, width: 10 }],
    ['title must be a string, got 3', { ...picture, title: 3 }],
    ['id must be a letter, and then letters, digits, - or _, got "a\\" b"', { ...picture, id: 'a" b' }],
  ])('refuses: %s', (message, options) => {
    expect(() => renderCurves(options as PlotOptions)).toThrow('[loopwright/plot] renderCurves');
    expect(() => renderCurves(options as PlotOptions)).toThrow(message);
  });
});
