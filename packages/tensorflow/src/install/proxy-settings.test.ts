import { expect, it } from 'vitest';
import { proxyFor } from './proxy-settings.ts';

const env = {
  https_proxy: 'http://proxy.example:3128',
  HTTP_PROXY: 'plain.example:8080',
  NO_PROXY: 'localhost, .inside.example,other.example:8443',
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
])('%s goes through %s', (address, proxy) => {
  expect(proxyFor(address, env)).toBe(proxy);
});

it('asks directly without settings, or for everything', () => {
  expect(proxyFor('https://mirror.example', {})).toBeUndefined();
  expect(proxyFor('https://mirror.example', { ALL_PROXY: 'http://p', no_proxy: '*' })).toBeUndefined();
  expect(proxyFor('https://mirror.example', { ALL_PROXY: 'http://p' })).toBe('http://p');
});
