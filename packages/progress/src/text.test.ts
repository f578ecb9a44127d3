import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, textWidth, truncate } from './text.ts';

describe('text', () => {
  it('cuts by columns, not by characters', () => {
    expect(truncate('accuracy', 8)).toBe('accuracy');
    expect(truncate('accuracy', 5)).toBe('accu…');
    expect(truncate('精度精度', 5)).toBe('精度…');
    expect(truncate('👩‍👩‍👧x👩‍👩‍👧', 4)).toBe('👩‍👩‍👧x…');
    expect(truncate('any', 0)).toBe('');
  });

  it('never takes more columns than there are', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
        expect(textWidth(truncate(plainText(text), columns))).toBeLessThanOrEqual(columns);
      }),
    ));

  it('takes out what moves the cursor or paints', () => {
    expect(plainText('a\u001b[31mb\u001b[0m\n\tc\u001b[2J\u0007\r')).toBe('ab c ');
  });
});
