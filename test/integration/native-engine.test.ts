/** What TensorFlow.js's native backend does that a loop must not build on; the backends' common traps are in test/regression. */
import { readFileSync } from 'node:fs';
import { tf } from '@loopwright/tensorflow';
import { views } from '@loopwright/tta';
import { describe, expect, it } from 'vitest';

const image = () => tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);

describe('the native backend', () => {
  it('has no rotateWithOffset; views.rotate90 needs none', () => {
    expect(() => tf.image.rotateWithOffset(image(), Math.PI / 2)).toThrow(/RotateWithOffset.*not registered/);
    expect(tf.tidy(() => Array.from(views.rotate90(1).apply(image()).dataSync())).sort()).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('has no transform', () => {
    const transforms = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0], [1, 8]);
    expect(() => tf.image.transform(image(), transforms)).toThrow(/Transform.*not registered/);
  });
});

describe('the scripts of this repository', () => {
  it('chain what they need themselves: npm skips pre and post scripts where install scripts are off', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const names = Object.keys(scripts);
    const hooks = names.filter(
      (name) => names.includes(name.replace(/^(pre|post)/, '')) && /^(pre|post)/.test(name),
    );
    expect(hooks).toEqual([]);
    for (const command of ['quickstart', 'test']) expect(scripts[command]).toContain('setup');
  });
});
