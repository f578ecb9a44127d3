import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeFileStart, encodeSummary } from '@loopwright/event-files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeReport } from './write-report.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'loopwright-report-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Writes a file of a run; what is not text or bytes as JSON, lists as lines of it. */
function put(path: string, content: unknown): void {
  const location = join(root, 'runs', path);
  mkdirSync(dirname(location), { recursive: true });
  const lines = Array.isArray(content)
    ? content.map((row) => `${JSON.stringify(row)}\n`).join('')
    : undefined;
  const isRaw = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(location, lines ?? (isRaw ? content : JSON.stringify(content)));
}

async function report(folder = 'runs', title?: string) {
  const output = join(root, 'out', 'report.html');
  const written = await writeReport(join(root, folder), { output, ...(title !== undefined && { title }) });
  const page = readFileSync(output, 'utf8');
  expect(written.bytes).toBe(Buffer.byteLength(page));
  checkPage(page);
  return { ...written, page, text: textOf(page) };
}

/** Elements that a report consists of; those without an end; and their attributes. */
const ELEMENTS = new Set(
  (
    'html head title style body main header section h1 h2 h3 p div figure figcaption table thead tbody tr th td strong small ' +
    'code dl dt dd ul li svg g rect path text polygon polyline circle line defs clipPath'
  ).split(' '),
);
const VOID = new Set(['meta', 'img', 'br']);
const ATTRIBUTES =
  /^(lang|charset|http-equiv|content|name|class|scope|src|alt|id|style|d|points|x|y|[xy][12]|[cr]?[xyr]|width|height|viewBox|xmlns|version|baseProfile|transform|text-anchor|dominant-baseline|xml:space|clip-path|(fill|stroke|font)(-[a-z]+)?)$/;

/** Reads a page as strictly as XML: known elements and attributes, all closed, nothing that is loaded or run. */
function checkPage(page: string): void {
  expect(page.startsWith('<!doctype html>\n')).toBe(true);
  const open: string[] = [];
  const body = page.replace(/<style>[^<]*<\/style>/, '<style></style>').slice('<!doctype html>'.length);
  for (const [tag, end, name = '', attributes = '', empty] of body.matchAll(
    /<(\/?)([\w]*)([^<>]*?)(\/?)>/g,
  )) {
    if (end === '/') expect(open.pop(), tag).toBe(name);
    else if (!VOID.has(name)) {
      expect(ELEMENTS.has(name), tag).toBe(true);
      if (empty === '') open.push(name);
    }
    const pairs = [...attributes.matchAll(/\s+([\w:-]+)="([^"]*)"/g)];
    expect(
      pairs
        .map(([pair]) => pair)
        .join('')
        .trim(),
      tag.slice(0, 200),
    ).toBe(attributes.trim());
    for (const [, attribute = '', value = ''] of pairs) {
      expect(attribute, tag.slice(0, 200)).toMatch(ATTRIBUTES);
      if (attribute === 'src') expect(value).toMatch(/^data:image\/(png|jpeg|gif);base64,[A-Za-z0-9+/=]*$/);
      if (attribute === 'xmlns') expect(value).toBe('http://www.w3.org/2000/svg');
      else expect(value, attribute).not.toMatch(/^\s*(https?|file|javascript):|url\((?!#)/i);
    }
  }
  expect(open).toEqual([]);
  expect(body.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1];
  expect(style).not.toMatch(/@import|url\(/);
  const ids = Array.from(page.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

/** What a reader sees. */
function textOf(page: string): string {
  const text = page.replace(/[\s\S]*<\/style>/, '').replace(/<[^>]*>/g, ' ');
  return text.replace(/\s+/g, ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function images(tag: string, step: number, all: readonly Uint8Array[]): Uint8Array {
  return encodeSummary({
    step,
    wallTime: 1,
    values: [{ kind: 'image', tag, value: { width: 1, height: 1, images: all } }],
  });
}

/** Images that are too large together for one page. */
function large(): Uint8Array {
  return Buffer.concat([PNG, Buffer.alloc(6e6)]);
}

const card = {
  version: 1,
  starts: [
    {
      started: '2026-01-02T03:04:05.678Z',
      command: ['node', 'train.ts'],
      seeds: [1],
      options: { learningRate: 0.5 },
    },
    {
      started: '2026-01-03T03:04:05.678Z',
      command: ['node', 'train.ts', '--resume'],
      git: { commit: '0123456789abcdef0123', branch: 'trunk', changed: ['src/model.ts'] },
      node: '20.9.0',
      packages: { rxjs: '7.8.2' },
      machine: {
        cpu: { model: 'A processor', numbers: 'family 1', cores: 2, features: ['avx2'] },
        memoryBytes: 8e9,
        platform: 'linux x64',
      },
      environment: { OMP_NUM_THREADS: '2' },
      engine: { tensorflow: '2.21.0' },
      seeds: [1],
      options: { learningRate: 0.25, model: { width: 32 } },
    },
  ],
};

describe('writeReport', () => {
  it('tells of one run all that its files do', async () => {
    const rows = [0, 1, 2, 3].map((epoch) => ({
      epoch,
      seconds: 10 * epoch,
      'train.loss': 2 / (epoch + 1),
      'val.loss': [1.5, 0.75, 0.5, 0.625][epoch],
      'val.accuracy': 0.5 + epoch / 10,
      learningRate: 0.25,
    }));
    put('base/metrics.jsonl', rows);
    put('base/run.json', card);
    put('base/checkpoints/epoch-000002/manifest.json', {
      format: 'loopwright-checkpoint',
      unit: 'epoch',
      epoch: 2,
      created: '2026-01-03T04:00:00.000Z',
      metrics: { 'val.loss': 0.5 },
      files: { 'state.json': { bytes: 1500 } },
    });
    put(
      'base/events.out.tfevents.1.host',
      Buffer.concat([encodeFileStart({ wallTime: 1 }), images('samples', 3, [PNG, PNG])]),
    );
    const { page, text, runs, notes } = await report('runs/base', 'The base');
    expect({ runs, notes }).toEqual({ runs: 1, notes: [] });
    expect(text).toContain('The base 1 run · 30 s');
    expect(text).toContain('val.loss 0.625 epoch 3 0.5 epoch 2 1.5 epoch 0');
    expect(page).toContain('<strong>0.5 <small>epoch 2</small></strong>');
    // Train and validation in one panel, each panel once.
    expect(Array.from(page.matchAll(/<title>([^<]*)<\/title>/g), ([, title]) => title)).toEqual(
      expect.arrayContaining(['The base', 'accuracy', 'loss', 'learningRate']),
    );
    expect(page.match(/<svg x=/g)).toHaveLength(3);
    expect(text).toContain('epoch-000002 0.5 1.5 kB 2026-01-03 04:00:00');
    expect(text).toContain('learningRate 0.25 model.width 32 seeds 1');
    for (const part of [
      'commit 0123456789abcdef0123 on trunk',
      'src/model.ts',
      'A processor (family 1), 2 cores, 8 GB',
      '2.21.0',
    ])
      expect(text).toContain(part);
    expect(text).toContain(
      '2026-01-02 03:04:05 1 node train.ts 2026-01-03 03:04:05 0123456789ab and changes 1',
    );
    expect(page.match(/<img src="data:image\/png;base64,iVBOR/g)).toHaveLength(2);
  });

  it('counts the time of a run once, though it logs training and validation apart', async () => {
    for (const part of ['a', 'a/train', 'a/validation', 'b'])
      put(`${part}/metrics.jsonl`, [
        { step: 1, seconds: 0, loss: 2 },
        { step: 2, seconds: 20, loss: 1 },
      ]);
    expect((await report()).text).toContain('4 runs · 40 s');
  });

  it('draws runs that differ in their seed as their mean and spread', async () => {
    for (const seed of [1, 2, 3]) {
      for (const stage of ['base', 'SWA']) {
        put(`seed-${seed}/${stage}/metrics.jsonl`, [{ epoch: 0, accuracy: 0.9 + seed / 100 }]);
      }
    }
    const { text } = await report();
    expect(text).toContain('accuracy SWA (3 seeds) 0.920 ± 0.010');
    expect(text).toContain('accuracy base (3 seeds) 0.920 ± 0.010');
    expect(text).toContain('mean ± standard deviation over seeds');
  });

  it('tells the outcomes of studies', async () => {
    const outcomes = [
      { seed: 1, values: { accuracy: 0.9 }, seconds: 1 },
      { seed: 2, values: { accuracy: 0.92 }, seconds: 1 },
      { seed: 3, error: 'out of memory', seconds: 1 },
    ];
    put('study.json', { version: 1, settings: { epochs: 3 }, outcomes });
    put('a/metrics.csv', 'epoch,loss\n0,1\n');
    const { text } = await report();
    expect(text).toContain('study.json Seeds 1, 2. Settings {"epochs":3}');
    expect(text).toMatch(/accuracy 0\.910 ± 0\.014 0\.78\d+ to 1\.037 2/);
    expect(text).toContain('Seed 3 failed: out of memory');
  });

  it('lets no text of a run become more than text', async () => {
    const bad = `</script><script>alert(1)</script>"' onload="x" <img src=x onerror=alert(2)>&lt;`;
    const folder = bad.replaceAll('/', '∕');
    put(`${folder}/metrics.jsonl`, [
      {
        epoch: 0,
        [bad]: 1,
        [`train.${bad}`]: 1,
        [`val.${bad}`]: 1,
        '': 1,
        __proto__: 1,
        'a\u0000\u202e\ud800': 2,
      },
      { epoch: 1, [bad]: 2, [`train.${bad}`]: 3, [`val.${bad}`]: 3, '': 1, constructor: 2 },
    ]);
    put(`${folder}/run.json`, {
      version: 1,
      starts: [
        null,
        3,
        {
          started: bad,
          command: [bad, null, {}],
          git: { commit: bad, branch: bad, changed: [bad, {}] },
          node: bad,
          packages: { [bad]: bad, b: {} },
          machine: {
            cpu: { model: bad, cores: bad, features: [bad] },
            memoryBytes: 1,
            platform: bad,
            [bad]: bad,
          },
          engine: { [bad]: [bad, { [bad]: bad }] },
          environment: { [bad]: bad },
          options: { [bad]: bad, [`a.${bad}`]: [bad] },
        },
      ],
    });
    put(`${folder}/checkpoints/${folder}/manifest.json`, {
      format: 'loopwright-checkpoint',
      unit: bad,
      created: bad,
      metrics: { [bad]: bad },
      files: { [bad]: { bytes: bad } },
    });
    put('study.json', {
      version: 1,
      settings: bad,
      outcomes: [
        { seed: 1, values: { [bad]: 1 }, seconds: 1 },
        { seed: 2, error: bad, seconds: 1 },
      ],
    });
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    put(
      `${folder}/events.out.tfevents.1.host`,
      Buffer.concat([encodeFileStart({ wallTime: 1 }), images(bad, 1, [PNG]), images('vector', 1, [svg])]),
    );
    const { page, text, notes } = await report('runs', bad);
    expect(page).not.toContain('<script');
    expect(text).toContain('<script>alert(1)</script>');
    expect(notes).toContain('an image of vector that is no PNG, JPEG or GIF');
  });

  it('stays small, and says what it leaves out', async () => {
    const long = Array.from({ length: 3000 }, (_, step) => ({ step, loss: Math.sin(step) }));
    put('long/metrics.jsonl', long);
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`metric${index}`, index]));
    put('wide/metrics.jsonl', [{ epoch: 0, ...wide, [`x${'y'.repeat(50_000)}`]: 1 }]);
    put(
      'wide/events.out.tfevents.1.host',
      Buffer.concat([encodeFileStart({ wallTime: 1 }), images('large', 1, [PNG, large()])]),
    );
    const { notes, text, bytes } = await report();
    expect(bytes).toBeLessThan(1e6);
    expect(notes).toEqual([
      expect.stringMatching(/^\d+ of \d+ rows of the summary$/),
      expect.stringMatching(/^\d+ of \d+ metrics have no picture$/),
      'an image of large, for which there is no room',
    ]);
    expect(text).toContain('Not shown');
    expect(text).toContain('long curves are smoothed with weight 0.9');
  });

  it('tells what could not be read', async () => {
    put('a/metrics.jsonl', '{"epoch":0,"loss":1}\nnonsense\n{"epoch":1,"loss":"NaN"}\n');
    put('a/run.json', '{');
    const { notes, text } = await report();
    expect(notes).toEqual([
      expect.stringContaining('a: '),
      expect.stringContaining('run.json: cannot be read'),
    ]);
    expect(text).toContain('Not shown');
    expect(text).toContain('loss NaN epoch 1 1 epoch 0');
  });

  it('shows runs that have no numbers yet', async () => {
    put('a/run.json', card);
    const { text } = await report();
    expect(text).toContain('learningRate 0.25');
    expect(text).not.toContain('Curves');
  });

  it('refuses what it cannot do, and leaves what is there', async () => {
    const output = join(root, 'report.html');
    writeFileSync(output, 'mine');
    mkdirSync(join(root, 'empty'));
    const write = (folder: string, options: object) =>
      writeReport(join(root, folder), options as { output: string });
    await expect(write('missing', { output })).rejects.toThrow(
      /^\[loopwright\/board\] .*cannot open ".*missing": no such/,
    );
    await expect(write('empty', { output })).rejects.toThrow(/writeReport: there is no run in ".*empty"/);
    await expect(write('empty', { output: 'metrics.jsonl' })).rejects.toThrow(
      'writeReport: output must end in .html, got "metrics.jsonl"',
    );
    await expect(write('empty', { file: output })).rejects.toThrow(/writeReport: unknown option "file"/);
    await expect(write('empty', { output, title: 3 })).rejects.toThrow(/writeReport: title must be/);
    expect(readFileSync(output, 'utf8')).toBe('mine');
    expect(readdirSync(root).sort()).toEqual(['empty', 'report.html']);
  });
});
