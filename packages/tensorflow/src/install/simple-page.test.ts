import { describe, expect, it } from 'vitest';
import { bestWheel, parseSimplePage } from './simple-page.ts';

const hash = 'a'.repeat(64);
const wheel = (version: string, python = 'cp312') =>
  `tensorflow_cpu-${version}-${python}-${python}-manylinux_2_27_x86_64.whl`;
const request = {
  project: 'tensorflow-cpu',
  range: '>=2.18,<2.22',
  platforms: ['manylinux_2_27_x86_64'],
};

describe('parseSimplePage', () => {
  it('reads HTML: relative links, hashes, entities; not yanked files, not archives', () => {
    const page = `<!DOCTYPE html><html><body>
      <a href="../../files/${wheel('2.21.0')}#sha256=${hash}" data-requires-python="&gt;=3.10">${wheel('2.21.0')}</a>
      <A HREF='/x?a=1&amp;b=2'>${wheel('2.20.0')}</A>
      <a data-yanked="broken" href="/yanked">${wheel('2.19.0')}</a>
      <a href="/t.tar.gz">tensorflow_cpu-2.21.0.tar.gz</a>
    </body></html>`;
    const files = parseSimplePage(page, 'https://mirror.example/simple/tensorflow-cpu/');
    expect(files.map(({ url, sha256 }) => [url, sha256])).toEqual([
      [`https://mirror.example/files/${wheel('2.21.0')}`, hash],
      ['https://mirror.example/x?a=1&b=2', undefined],
    ]);
  });

  it('reads JSON', () => {
    const files = [
      { filename: wheel('2.21.0'), url: 'https://files.example/a', hashes: { sha256: hash }, yanked: false },
      { filename: wheel('2.20.0'), url: 'b', hashes: {}, yanked: 'broken' },
    ];
    const page = JSON.stringify({ meta: { 'api-version': '1.1' }, files });
    expect(parseSimplePage(page, 'https://mirror.example/')).toMatchObject([
      { version: '2.21.0', url: 'https://files.example/a', sha256: hash },
    ]);
  });
});

it('bestWheel is the newest that fits', () => {
  const names = [
    wheel('2.9.1'),
    wheel('2.20.0'),
    wheel('2.21.0', 'cp39'),
    wheel('2.21.0', 'cp313'),
    wheel('2.22.0'),
  ];
  const page = names.map((name) => `<a href="${name}">${name}</a>`).join('\n');
  const wheels = parseSimplePage(page, 'https://mirror.example/');
  expect(bestWheel(wheels, request)?.filename).toBe(wheel('2.21.0', 'cp313'));
  expect(bestWheel(wheels, { ...request, range: '==2.19.0' })).toBeUndefined();
});
