import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('html', () => {
  it('escapes text, and takes markup as it is', () => {
    const cell = html`<td title="${'"><script>'}">${"a & b's"}</td>`;
    expect(html`<tr>${[cell, undefined, false, 3]}</tr>`.source).toBe(
      '<tr><td title="&quot;&gt;&lt;script&gt;">a &amp; b&#39;s</td>3</tr>',
    );
  });

  it('replaces what no document may hold, and cuts what is very long', () => {
    expect(html`${'a\u0000b\u001b[31m\ud800\uffff\n\t'}`.source).toBe('a\ufffdb\ufffd[31m\ufffd\ufffd\n\t');
    expect(html`${'x'.repeat(1e6)}`.source.length).toBeLessThan(5000);
  });

  it('makes no markup out of any text', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.source).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    ));
});
