import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from './main.ts';

/** Runs the command line and returns its exit code and what it wrote. */
async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const writerTo = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const terminal = { stdout: writerTo('stdout'), stderr: writerTo('stderr') };
  return { code: await main(args, terminal), ...written };
}

const empty = mkdtempSync(join(tmpdir(), 'loopwright-cli-'));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(empty, { recursive: true, force: true });
});

/** A machine without an engine and without the programs that install one. */
function stubEmptyMachine(): void {
  vi.stubEnv('XDG_CACHE_HOME', empty);
  vi.stubEnv('PATH', empty);
  vi.stubEnv('CXX', '');
}

describe('loopwright', () => {
  it('shows its help and its version', async () => {
    for (const args of [['--help'], ['-h'], ['install', '--help'], ['board', '-h']]) {
      expect(await run(...args)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Usage: loopwright'),
      });
    }
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [[], 'a command is missing'],
    [['fly'], 'there is no command "fly"'],
    [['constructor'], 'there is no command "constructor"'],
    [['install', '--fast'], "Unknown option '--fast'"],
    [['install', 'it'], "Unexpected argument 'it'"],
    [['install', '--variant', 'tpu'], '--variant must be cpu or gpu, got "tpu"'],
    [['install', '--wheel'], "Option '--wheel <value>' argument missing"],
    [['doctor', '--wheel=x'], "Unknown option '--wheel'"],
    [['board'], 'the folder of the runs is missing'],
    [['board', 'a', 'b'], 'there is a word too many, "b"'],
    [['report'], 'the folder of the run is missing'],
    [['report', 'a', '-p', '1'], "Unknown option '-p'"],
    [['board', 'a', '--port', 'x'], '--port must be a number from 0 to 65535, got "x"'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`loopwright: ${message}`);
    expect(stderr).toContain('Try: loopwright --help');
  });
});

describe('loopwright install', () => {
  it('says in one line that the engine is there', async () => {
    const { code, stdout, stderr } = await run('install');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^TensorFlow 2\.\d+\.\d+ \((cpu|gpu)\) is installed already, in .*\n$/);
  });

  it('fails with what to type, unless the engine is optional', async () => {
    stubEmptyMachine();
    const wheel = ['--wheel', '/no/such.whl'];
    const failed = await run('install', ...wheel);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toContain('What to type, whichever suits:');
    const optional = await run('install', '--optional', ...wheel);
    expect(optional.code).toBe(0);
    expect(optional.stderr).toContain('Going on without it: everything runs in pure JavaScript, far slower.');
  });

  it('reports a bad release as an error of the installer', async () => {
    expect(await run('install', '--tensorflow', 'new')).toMatchObject({
      code: 1,
      stderr: '[loopwright/tensorflow] install: tensorflow must be a release such as "2.21.0", got "new"\n',
    });
  });
});

describe('loopwright doctor', () => {
  it('prints a table, and succeeds where the engine works', async () => {
    const { code, stdout } = await run('doctor');
    expect(code).toBe(0);
    const rows = stdout.split('\n').flatMap((line) => /^(\w+( \w+|-core)?) {2,}/.exec(line)?.[1] ?? []);
    expect(rows).toEqual([
      'Node',
      'Platform',
      'Compiler',
      'pip',
      'TensorFlow',
      'Extension',
      'oneDNN',
      'CPU',
      'CUDA devices',
      'CUDA libraries',
      'tfjs-core',
      'Matmul',
    ]);
    expect(stdout).toMatch(/Matmul +1024²: \d+ GFLOP\/s/);
  });

  it('fails where there is no engine, with a remedy for each problem', async () => {
    stubEmptyMachine();
    const { code, stdout } = await run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/TensorFlow +not installed/);
    expect(stdout).toMatch(/! TensorFlow is not installed: .*\n {4}npx loopwright install\n/);
    expect(stdout).toContain('! no C++ compiler was found\n');
    expect(stdout).toContain('! pip was not found\n    npx loopwright install --index-url URL\n');
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await run('doctor', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      usable: true,
      node: process.version,
      problems: expect.any(Array),
    });
  });
});

describe('loopwright report', () => {
  it('writes a file, and says what is not in it', async () => {
    mkdirSync(join(empty, 'run'), { recursive: true });
    writeFileSync(join(empty, 'run', 'metrics.jsonl'), '{"epoch":0,"loss":1}\nnone\n');
    const output = join(empty, 'new', 'report.html');
    const { code, stdout, stderr } = await run(
      'report',
      join(empty, 'run'),
      '-o',
      output,
      '--title',
      'The first',
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/report\.html: one run, \d+ kB\n$/),
    });
    expect(stderr).toMatch(/^Not shown: run: .*metrics\.jsonl: 1 line that is no JSON record.*\n$/);
    expect(readFileSync(output, 'utf8')).toContain('<h1>The first</h1>');
  });

  it('fails in a line where there is no run', async () => {
    const { code, stdout, stderr } = await run('report', join(empty, 'missing'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^\[loopwright\/board\] .*cannot open ".*missing": no such file or directory.*\n$/,
    );
  });
});
