/** How the engine loads, each time in a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bindingFolderName } from '../../../packages/tensorflow/src/binding-recipe.ts';
import { thisHost } from '../../../packages/tensorflow/src/host.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const exercise = fileURLToPath(new URL('exercise.ts', import.meta.url));
const empty = mkdtempSync(join(tmpdir(), 'loopwright-empty-'));
afterAll(() => rmSync(empty, { recursive: true }));

/** The Nodes to try: this one, and those that `LOOPWRIGHT_TEST_NODES` lists, separated as in `PATH`. */
const nodes = [process.execPath, ...(process.env.LOOPWRIGHT_TEST_NODES?.split(':') ?? [])];

/** Runs a program that may import the packages' sources, and says what it printed where. */
function run(code: string[], env: NodeJS.ProcessEnv = {}, node = process.execPath) {
  const { TF_CPP_MIN_LOG_LEVEL: _, TF_ENABLE_ONEDNN_OPTS: __, NODE_OPTIONS: ___, ...inherited } = process.env;
  const flags = ['--import', 'tsx', '--conditions=loopwright-source'];
  const { status, stdout, stderr } = spawnSync(node, [...flags, ...code], {
    cwd: root,
    encoding: 'utf8',
    env: { ...inherited, ...env },
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

const evaluate = (source: string, env?: NodeJS.ProcessEnv) => run(['--input-type=module', '-e', source], env);

const multiply =
  "const { tf } = await import('@loopwright/tensorflow'); console.log(tf.ones([2, 2]).matMul(tf.ones([2, 2])).sum().dataSync()[0]);";

describe.each(nodes)('under %s', (node) => {
  it('computes, trains, fits, saves, loads and decodes, without a word on standard error', () => {
    const { status, stdout, stderr } = run([exercise], {}, node);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      backend: 'tensorflow',
      product: [1, 2, 3, 4],
      topk: [1, 2],
      joined: [3, 4, 1, 2],
      learned: true,
      epochs: 2,
      saved: true,
      decoded: [2, 3, 3],
    });
  });
});

describe('TensorFlow’s messages', () => {
  it('are all there for whoever asks for them', () => {
    const { stdout, stderr } = evaluate(multiply, { TF_CPP_MIN_LOG_LEVEL: '0' });
    expect(stdout).toBe('8');
    expect(stderr).toContain('oneDNN custom operations are on');
  });

  it('show that oneDNN is off where the user wants it off', () => {
    const env = { TF_CPP_MIN_LOG_LEVEL: '0', TF_ENABLE_ONEDNN_OPTS: '0' };
    expect(evaluate(multiply, env).stderr).not.toContain('oneDNN custom operations are on');
  });

  it('pass through when they are not TensorFlow’s chatter', () => {
    const source = `import { withoutChatter } from './packages/tensorflow/src/load/without-chatter.ts';
      import { findEngine } from './packages/tensorflow/src/find-engine.ts';
      const result = withoutChatter(findEngine().engine.capture, () => {
        process.stderr.write('an error that matters\\nI0000 00:00:1.1    1 port.cc:153] information\\n');
        return 'loaded';
      });
      console.log(result);`;
    expect(evaluate(source)).toEqual({ status: 0, stdout: 'loaded', stderr: 'an error that matters' });
  });

  it('are shown when the process dies while they are held back', () => {
    const source = `import { withoutChatter } from './packages/tensorflow/src/load/without-chatter.ts';
      import { findEngine } from './packages/tensorflow/src/find-engine.ts';
      withoutChatter(findEngine().engine.capture, () => {
        process.stderr.write('last words\\n');
        process.abort();
      });`;
    expect(evaluate(source)).toMatchObject({ status: null, stderr: expect.stringContaining('last words') });
  });
});

describe('where no engine is installed', () => {
  const env = { XDG_CACHE_HOME: empty };

  it('the import fails with one message that names the command', () => {
    const source = `await import('@loopwright/tensorflow').catch((error) => console.log(error.message));`;
    const { status, stdout, stderr } = evaluate(source, env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      `[loopwright/tensorflow] tf: the native engine is not installed (no engine is installed in ${empty}/loopwright/engine/${process.platform}-${process.arch}).\n` +
        'Type: npx loopwright install   (and to see what is wrong: npx loopwright doctor)',
    );
  });

  it('the portable entry runs in pure JavaScript and says so in one line', () => {
    const source = `const { tf, engine } = await import('@loopwright/tensorflow/portable');
      console.log(engine, tf.getBackend(), tf.ones([2, 2]).matMul(tf.ones([2, 2])).sum().dataSync()[0]);`;
    const { stdout, stderr } = evaluate(source, env);
    expect(stdout).toBe('cpu cpu 8');
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^Loopwright: no native TensorFlow engine .* slower .* npx loopwright install$/);
    expect(evaluate(source)).toEqual({ status: 0, stdout: 'tensorflow tensorflow 8', stderr: '' });
  });

  it('engineInfo says what is missing', () => {
    const source = `import { engineInfo } from '@loopwright/tensorflow/engine-info';
      console.log(JSON.stringify(engineInfo()));`;
    const info = JSON.parse(evaluate(source, env).stdout);
    expect(info.usable).toBe(false);
    expect(info).not.toHaveProperty('tensorflow');
    expect(info.problems[0]).toEqual({
      what: expect.stringContaining('TensorFlow is not installed: no engine is installed in'),
      remedy: 'npx loopwright install',
    });
  });
});

describe('where the installed engine does not load', () => {
  it('the import fails with a command that installs it anew', () => {
    const cache = join(empty, 'damaged');
    const root = join(cache, 'loopwright', 'engine', `${process.platform}-${process.arch}`);
    const folder = join(root, 'tensorflow-2.21.0-cpu');
    const binding = join(folder, bindingFolderName(thisHost()));
    mkdirSync(binding, { recursive: true });
    writeFileSync(join(root, 'current.json'), '{ "engine": "tensorflow-2.21.0-cpu" }');
    const manifest = { format: 1, tensorflow: '2.21.0', variant: 'cpu', wheels: [], files: {} };
    writeFileSync(join(folder, 'engine.json'), JSON.stringify(manifest));
    writeFileSync(join(binding, 'tfjs_binding.node'), '');
    const source = `await import('@loopwright/tensorflow').catch((error) => console.log(error.message));`;
    expect(evaluate(source, { XDG_CACHE_HOME: cache }).stdout).toMatch(
      /does not load: .*\nType: npx loopwright install --force {3}\(and/s,
    );
  });
});
