/** oneDNN reads whether it shall log when it is first used, so these profiles are taken in processes of their own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const program = `
  import { profileStep, tf } from '@loopwright/tensorflow';
  const images = tf.ones([4, 16, 16, 8]);
  const filter = tf.ones([3, 3, 8, 8]);
  const profile = profileStep(() => {
    console.log('from the step');
    return tf.conv2d(images, filter, 1, 'same');
  }, { steps: 2, warmup: 0 });
  console.log(JSON.stringify(profile.primitives ?? 'not logged'));
`;

function profile(env: NodeJS.ProcessEnv) {
  const flags = ['--import', 'tsx', '--conditions=loopwright-source', '--input-type=module'];
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', program], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TF_ENABLE_ONEDNN_OPTS: '1', ...env },
  });
  const lines = stdout.trim().split('\n');
  return { primitives: JSON.parse(lines.at(-1) ?? ''), before: lines.slice(0, -1) };
}

it('lists oneDNN’s primitives with their implementations, and keeps its log out of the step’s output', () => {
  const { primitives, before } = profile({ ONEDNN_VERBOSE: '1' });
  expect(primitives).toContainEqual({
    kind: 'convolution',
    implementation: expect.stringMatching(/\w+:\w+/),
    direction: expect.stringMatching(/^forward/),
    problem: expect.stringContaining('mb4_ic8oc8_ih16oh16kh3'),
    count: 1,
    milliseconds: expect.any(Number),
  });
  expect(before).toEqual(['from the step', 'from the step']);
});

it('has none where oneDNN does not log', () => {
  const { primitives, before } = profile({ ONEDNN_VERBOSE: '0' });
  expect(primitives).toBe('not logged');
  expect(before).toEqual(['from the step', 'from the step']);
});
