import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '@loopwright/core';
import glob from 'fast-glob';
import type { Answer } from './answer.ts';
import { Refusal } from './refusal.ts';

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  js: 'text/javascript; charset=utf-8',
} as const;
type Extension = keyof typeof TYPES;

/** The page, and what it shares with the server. */
const PAGE_MODULES = ['page/*.js', 'view/*.js', 'runs/compare-names.js'];

/** The package's own folder: this file stands two below it, as a source and as built. */
const home = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The files that the page consists of, by address. They are looked up here, when the server starts: no address is ever
 * made into a path.
 */
export function pageFiles(): ReadonlyMap<string, string> {
  const echarts = dirname(createRequire(import.meta.url).resolve('echarts/package.json'));
  const built = join(home, 'dist');
  const scripts = glob.sync(PAGE_MODULES, { cwd: built });
  return new Map([
    ['/', join(home, 'static/index.html')],
    ['/style.css', join(home, 'static/style.css')],
    ['/icon.svg', join(home, 'static/icon.svg')],
    ['/vendor/echarts.js', join(echarts, 'dist/echarts.esm.min.mjs')],
    ...scripts.map((script) => [`/${script}`, join(built, script)] as const),
  ]);
}

/** One of these files, as it is now. */
export function assetAnswer(path: string): Answer {
  try {
    const extension = path.endsWith('.mjs') ? 'js' : (path.slice(path.lastIndexOf('.') + 1) as Extension);
    return { type: TYPES[extension], body: readFileSync(path) };
  } catch (error) {
    throw new Refusal(500, `A file of the page cannot be read: ${reasonOf(error)}`);
  }
}
