import { expect, it } from 'vitest';
import { proxyFor } from './proxy-settings.ts';

const env = {
  https_proxy: 'http://proxy.example:3128',
  HTTP_PROXY: 'plain.example:8080',
  NO_PROXY: 'localhost, .inside.example,other.example:8443,usual.example:443,10.0.0.0/8,192.0.2.7,::1',
};

it.each([
  ['https://mirror.example/simple', 'http://proxy.example:3128'],
  ['http://mirror.example/simple', 'http://plain.example:8080'],
  ['http://localhost:1234/', undefined],
  ['https://a.inside.example/', undefined],
  ['https://inside.example/', undefined],
  ['https://notinside.example/', 'http://proxy.example:3128'],
  ['https://other.example:8443/', undefined],
  ['https://other.example/', 'http://proxy.example:3128'],
  ['https://usual.example/', undefined],
  ['http://usual.example/', 'http://plain.example:8080'],
  ['https://10.1.2.3/', undefined],
  ['https://11.1.2.3/', 'http://proxy.example:3128'],
  ['https://192.0.2.7/', undefined],
  ['https://[::1]:3141/', undefined],
])('%s goes through %s', (address, proxy) => {
  expect(proxyFor(address, env)).toBe(proxy);
});

it('asks directly without settings, or for everything', () => {
  expect(proxyFor('https://mirror.example', {})).toBeUndefined();
  expect(proxyFor('https://mirror.example', { ALL_PROXY: 'http://p', no_proxy: '*' })).toBeUndefined();
  expect(proxyFor('https://mirror.example', { ALL_PROXY: 'http://p' })).toBe('http://p');
});

it.each(['socks5://user:secret@p.example:1080', 'http://user:secret@p.example:port'])(
  'refuses what is no proxy of HTTP, and does not show the password',
  (proxy) => {
    expect(() => proxyFor('https://mirror.example/simple', { ALL_PROXY: proxy })).toThrow(
      /^what HTTPS_PROXY or ALL_PROXY names for mirror\.example is no proxy at http:\/\/ or https:\/\/$/,
    );
  },
);
