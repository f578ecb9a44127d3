/** The board as its user sees it, in a real headless Chromium. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Board, serveBoard } from '@loopwright/board';
import { encodeSummary } from '@loopwright/event-files';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from './find-chromium.ts';

const HOSTILE = '<img src=x onerror=attacked=1>';
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const chromium = findChromium();
const isBuilt = existsSync(
  fileURLToPath(new URL('../../../packages/board/dist/page/main.js', import.meta.url)),
);
const missing = [
  ...(chromium === undefined ? ['no Chromium was found (name one in CHROMIUM)'] : []),
  ...(isBuilt ? [] : ['the page is not built (npm run build)']),
];
if (missing.length > 0) console.warn(`The board is not tested in a browser: ${missing.join('; ')}.`);

describe.runIf(missing.length === 0)('the board in Chromium', () => {
  let root: string;
  let board: Board;
  let browser: Browser;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'board-browser-'));
    writeRuns();
    board = await serveBoard(root, { port: 0 });
    const isRoot = process.getuid?.() === 0; // Chromium's sandbox refuses root.
    browser = await puppeteer.launch({
      executablePath: chromium ?? '',
      args: [...(isRoot ? ['--no-sandbox'] : []), '--disable-gpu'],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await board?.close();
    rmSync(root, { recursive: true, force: true });
  });

  function write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  function writeRuns(): void {
    for (const seed of [1, 2, 3]) {
      const rows = Array.from({ length: 200 }, (_, i) => ({
        step: i + 1,
        'train.loss': seed + Math.exp(-i / 40),
        lr: 0.1,
      }));
      write(`study/seed-${seed}/metrics.jsonl`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
    write('hostile/metrics.jsonl', `${JSON.stringify({ step: 1, [HOSTILE]: 1, note: HOSTILE })}\n`);
    write(`${HOSTILE}/metrics.jsonl`, '{"step":1,"train.loss":2}\n{"step":2,"train.loss":1}\n');
    write(`${HOSTILE}/run.json`, JSON.stringify({ starts: [{ options: { [HOSTILE]: HOSTILE, lr: 0.5 } }] }));
    const events = [1, 2, 3].map((step) =>
      encodeSummary({
        step,
        wallTime: step,
        values: [
          { kind: 'scalar', tag: 'cut/loss', value: 1 / step },
          { kind: 'image', tag: 'samples', value: { width: 1, height: 1, images: [PIXEL] } },
          { kind: 'histogram', tag: 'weights', value: [{ left: -1, right: 1, count: step }] },
        ],
      }),
    );
    write('cut/events.out.tfevents.1', Buffer.concat(events).subarray(0, -20));
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(root, 'cut/events.out.tfevents.1'), old, old);
  }

  /** Opens the board, and collects whatever goes wrong on the page. */
  async function open(hash: string): Promise<{ page: Page; wrongs: string[] }> {
    const page = await browser.newPage();
    const wrongs: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') wrongs.push(message.text());
    });
    page.on('pageerror', (error) => wrongs.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 400) wrongs.push(`${response.status()} ${response.url()}`);
    });
    await page.setViewport({ width: 1200, height: 900 });
    await page.goto(`${board.url}#${hash}`);
    return { page, wrongs };
  }

  const card = (tag: string) => `.card[aria-label="${quoted(tag)}"]`;

  /** How many pixels of a card's chart are of some colour. */
  function colouredPixels(page: Page, selector: string): Promise<number> {
    return page.$eval(`${selector} canvas`, (element) => {
      const canvas = element as unknown as DrawnCanvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(i, i + 4);
        if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count += 1;
      }
      return count;
    });
  }

  it('draws the curves of all runs without complaint', async () => {
    const { page, wrongs } = await open('');
    await page.waitForSelector(`${card('train.loss')} canvas`);
    await expect
      .poll(() => colouredPixels(page, card('train.loss')), { timeout: 20_000 })
      .toBeGreaterThan(300);
    const names = await page.$$eval('.run-name', (elements) =>
      elements.map(({ textContent }) => textContent),
    );
    expect(names).toEqual([HOSTILE, 'cut', 'hostile', 'study/seed-1', 'study/seed-2', 'study/seed-3']);
    const headings = await page.$$eval('.section h2', (elements) =>
      elements.map(({ textContent }) => textContent),
    );
    expect(headings).toEqual(['Metrics', 'cut', 'train', 'Learning rate']);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('smooths, zooms, hovers, takes logarithms and draws seeds as one', async () => {
    const { page, wrongs } = await open('bands=true&runFilter=study');
    const loss = card('train.loss');
    const label = () => page.$eval(`${loss} .plot`, (element) => element.getAttribute('aria-label'));
    await expect.poll(label, { timeout: 20_000 }).toBe('train.loss of 1 run by step; arrow keys read values');
    await page.focus(`${loss} .plot`);
    await page.keyboard.press('ArrowRight');
    const hover = () => page.$eval('.hover', (element) => element.textContent);
    expect(await hover()).toContain('study/seed-*');
    expect(await hover()).toMatch(/± std.*\d\.\d{10,}13\d+$/);
    await page.keyboard.press('+');
    await page.waitForSelector(`${loss} header button:not([hidden])`);
    await page.$eval('input[type=range]', (element) => {
      (element as unknown as { value: string }).value = '50';
      element.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await page.click(`${loss} header button[title="Logarithmic axis"]`);
    await expect.poll(() => page.url(), { timeout: 20_000 }).toMatch(/smoothing=0.9684.*log=/);
    await expect.poll(() => colouredPixels(page, loss), { timeout: 20_000 }).toBeGreaterThan(100);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('zooms to what is dragged over, and to nothing where the browser takes the drag away', async () => {
    const { page, wrongs } = await open('runFilter=study');
    const plot = await page.waitForSelector(`${card('train.loss')} .plot canvas`);
    const box = (await plot?.boundingBox()) as { x: number; y: number; width: number; height: number };
    const at = (x: number) => [box.x + x * box.width, box.y + box.height / 2] as const;
    const isShown = (selector: string) =>
      page.$eval(selector, (element) => !(element as unknown as { hidden: boolean }).hidden);
    const [selection, reset] = [`${card('train.loss')} .selection`, `${card('train.loss')} header button`];
    await page.mouse.move(...at(0.4));
    await page.mouse.down();
    await page.mouse.move(...at(0.6));
    expect(await isShown(selection)).toBe(true);
    await page.$eval(`${card('train.loss')} .plot`, (element) => {
      element.dispatchEvent(new Event('pointercancel'));
    });
    expect(await isShown(selection)).toBe(false);
    await page.mouse.move(...at(0.8));
    await page.mouse.up();
    expect([await isShown(selection), await isShown(reset)]).toEqual([false, false]);
    await page.mouse.down();
    await page.mouse.move(...at(0.5));
    await page.mouse.up();
    expect([await isShown(selection), await isShown(reset)]).toEqual([false, true]);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('says so where a logarithmic axis has nothing to show', async () => {
    write('negative/metrics.jsonl', '{"step":1,"below":-1}\n{"step":2,"below":-2}\n');
    const { page, wrongs } = await open(`runFilter=negative&log=${encodeURIComponent('["below"]')}`);
    const note = () =>
      page.$eval(`${card('below')} .card-note`, (element) => element.textContent).catch(() => '');
    await expect.poll(note, { timeout: 20_000 }).toBe('nothing is above zero');
    expect(wrongs).toEqual([]);
    await page.close();
    rmSync(join(root, 'negative'), { recursive: true });
  });

  it('follows a run while it is written', async () => {
    const { page, wrongs } = await open('tab=table');
    write('live/metrics.jsonl', '{"step":1,"train.loss":0.75}\n');
    const row = () =>
      page.$$eval('.figures tbody tr', (rows) =>
        rows.map(({ textContent }) => textContent).find((text) => text?.startsWith('live')),
      );
    await expect.poll(row, { timeout: 20_000 }).toContain('0.75');
    appendFileSync(join(root, 'live/metrics.jsonl'), '{"step":2,"train.loss":0.125}\n{"step":3,"tr');
    await expect.poll(row, { timeout: 20_000 }).toContain('0.125');
    rmSync(join(root, 'live'), { recursive: true });
    await expect.poll(row, { timeout: 20_000 }).toBeUndefined();
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('calls a run live only as long as it is written', async () => {
    write('written/metrics.jsonl', '{"step":1,"train.loss":1}\n');
    const { page, wrongs } = await open('runFilter=written');
    const isLive = () =>
      page
        .$eval('.run .live', (mark) => !(mark as unknown as { hidden: boolean }).hidden)
        .catch(() => undefined);
    await expect.poll(isLive, { timeout: 20_000 }).toBe(true);
    // From here on the server has nothing new to tell.
    await page.setRequestInterception(true);
    page.on('request', (request) => void request.respond({ status: 304 }));
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 60_000;
    });
    await expect.poll(isLive, { timeout: 20_000 }).toBe(false);
    expect(wrongs).toEqual([]);
    await page.close();
    rmSync(join(root, 'written'), { recursive: true });
  });

  it('follows the ledger of a study, though no run changes', async () => {
    const ledger = (values: readonly number[]) => {
      const outcomes = values.map((loss, index) => ({ seed: index + 1, values: { loss }, seconds: 1 }));
      write('ledger.json', JSON.stringify({ version: 1, settings: {}, outcomes }));
    };
    ledger([0.75]);
    const { page, wrongs } = await open('tab=table');
    const studies = () => page.$eval('.studies', (element) => element.textContent).catch(() => '');
    await expect.poll(studies, { timeout: 20_000 }).toContain('0.75');
    ledger([0.75, 0.125]);
    await expect.poll(studies, { timeout: 20_000 }).toContain('0.125');
    expect(wrongs).toEqual([]);
    await page.close();
    rmSync(join(root, 'ledger.json'));
  });

  it('shows what is whole of an event file that was cut, and tells that it was', async () => {
    const { page, wrongs } = await open('runFilter=cut');
    await expect.poll(() => page.$(`${card('cut/loss')} canvas`), { timeout: 20_000 }).not.toBeNull();
    await expect.poll(() => colouredPixels(page, card('cut/loss')), { timeout: 20_000 }).toBeGreaterThan(50);
    const notes = await page.$eval('.notes', (element) => element.textContent);
    expect(notes).toContain('cut/events.out.tfevents.1: its last record is cut off');
    await page.click('#tab-images');
    await page.waitForSelector('.pictures img');
    await expect
      .poll(
        () =>
          page.$eval('.pictures img', (image) => (image as unknown as { naturalWidth: number }).naturalWidth),
        { timeout: 20_000 },
      )
      .toBe(1);
    await page.click('#tab-histograms');
    await page.waitForSelector('.card canvas');
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('shows hostile names, hyper-parameters and texts as text, on every tab', async () => {
    const { page, wrongs } = await open('runFilter=/hostile|img/');
    for (const tab of ['curves', 'table', 'images', 'histograms', 'checkpoints', 'text']) {
      await page.click(`#tab-${tab}`);
      await expect.poll(() => page.$eval('body', (body) => body.textContent)).toContain(HOSTILE);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await page.click('.panel summary');
    await expect
      .poll(() => page.$eval('.tree', (tree) => tree.textContent), { timeout: 20_000 })
      .toContain(HOSTILE);
    await page.hover('.run label');
    expect(await page.evaluate(() => Reflect.get(globalThis, 'attacked'))).toBeUndefined();
    expect(await page.$$('img[src="x"]')).toEqual([]);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('shows in its fields what another address says', async () => {
    const { page } = await open('runFilter=study&tagFilter=loss');
    const fields = () =>
      page.$$eval('input[type=search]', (inputs) =>
        inputs.map((input) => (input as unknown as { value: string }).value),
      );
    await expect.poll(fields, { timeout: 20_000 }).toEqual(['study', 'loss']);
    await page.goto(`${board.url}#runFilter=cut`);
    await expect.poll(fields, { timeout: 20_000 }).toEqual(['cut', '']);
    await page.close();
  });

  it('leaves the panel of a run closed that the user has closed', async () => {
    write('closed/metrics.jsonl', '{"step":1,"note":"first"}\n');
    const { page } = await open('tab=text&runFilter=closed');
    const panel = () =>
      page
        .$eval('.panel', (element) => ({
          isOpen: (element as unknown as { open: boolean }).open,
          text: element.textContent,
        }))
        .catch(() => undefined);
    await expect.poll(panel, { timeout: 20_000 }).toMatchObject({ isOpen: true });
    await page.click('.panel summary');
    appendFileSync(join(root, 'closed/metrics.jsonl'), '{"step":2,"note":"second"}\n');
    await expect.poll(panel, { timeout: 20_000 }).toMatchObject({ text: expect.stringContaining('second') });
    expect(await panel()).toMatchObject({ isOpen: false });
    await page.close();
    rmSync(join(root, 'closed'), { recursive: true });
  });

  it('sorts its table by a column', async () => {
    const { page } = await open('tab=table&runFilter=study');
    const names = () =>
      page.$$eval('.figures tbody th', (cells) => cells.map(({ textContent }) => textContent));
    await expect.poll(names, { timeout: 20_000 }).toEqual(['study/seed-1', 'study/seed-2', 'study/seed-3']);
    await page.click('.figures thead button[title="Sort by train.loss"]');
    expect(await names()).toEqual(['study/seed-3', 'study/seed-2', 'study/seed-1']);
    await page.close();
  });
});

/** What of a canvas the tests use: there are no types of a browser's here. */
interface DrawnCanvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
}

/** A text inside double quotes of a selector. */
function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
