import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gitState } from './git-state.ts';
import { maskCommand, maskSecrets } from './mask-secrets.ts';
import { packageVersions } from './package-versions.ts';
import { runCard } from './run-card.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-card-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const read = () => JSON.parse(readFileSync(join(folder, 'run', 'run.json'), 'utf8'));

describe('runCard', () => {
  it('says what the run was started with', () => {
    const card = runCard(join(folder, 'run'), {
      options: { learningRate: 0.1 },
      seeds: [1, 2],
      engine: { tfjs: '4' },
    });
    expect(read()).toEqual(JSON.parse(JSON.stringify(card)));
    expect(card.starts).toHaveLength(1);
    expect(card.starts[0]).toMatchObject({
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      command: expect.arrayContaining(['node']),
      node: process.versions.node,
      machine: { cpu: { model: expect.any(String) }, memoryBytes: expect.any(Number) },
      engine: { tfjs: '4' },
      seeds: [1, 2],
      options: { learningRate: 0.1 },
    });
  });

  it('adds a start where a run goes on', () => {
    runCard(join(folder, 'run'), { seeds: [1] });
    runCard(join(folder, 'run'), { seeds: [2] });
    expect(read().starts.map(({ seeds }: { seeds: number[] }) => seeds)).toEqual([[1], [2]]);
  });

  it('keeps secrets of environment and options out', () => {
    vi.stubEnv('LOOPWRIGHT_TOKEN', 'very-secret-1');
    vi.stubEnv('MY_DATABASE', 'very-secret-2');
    vi.stubEnv('TF_DETERMINISTIC_OPS', '1');
    runCard(join(folder, 'run'), {
      options: {
        tracker: { apiKey: 'very-secret-3', url: 'https://me:very-secret-4@host/?token=very-secret-5' },
      },
    });
    const text = readFileSync(join(folder, 'run', 'run.json'), 'utf8');
    expect(text).not.toContain('very-secret');
    expect(read().starts[0].environment.TF_DETERMINISTIC_OPS).toBe('1');
    expect(read().starts[0].options.tracker).toEqual({ apiKey: '***', url: 'https://***@host/?token=***' });
  });

  it("keeps Terraform's variables out, which begin like TensorFlow's", () => {
    for (const name of [
      'TF_TOKEN_app_terraform_io',
      'TF_VAR_database',
      'TF_ENCRYPTION',
      'TF_CLI_ARGS_plan',
    ]) {
      vi.stubEnv(name, 'very-secret');
    }
    vi.stubEnv('TF_XLA_FLAGS', '--tf_xla_auto_jit=2');
    runCard(join(folder, 'run'));
    expect(readFileSync(join(folder, 'run', 'run.json'), 'utf8')).not.toContain('very-secret');
    expect(read().starts[0].environment.TF_XLA_FLAGS).toBe('--tf_xla_auto_jit=2');
  });

  it('leaves a file that is not its own as it is', () => {
    for (const content of ['{"mine":true}', 'null', '{"version":1,', '']) {
      mkdirSync(join(folder, 'run'), { recursive: true });
      writeFileSync(join(folder, 'run', 'run.json'), content);
      expect(() => runCard(join(folder, 'run'))).toThrow(
        /\[loopwright\/logging\] runCard: .*run\.json" is no run card/,
      );
      expect(readFileSync(join(folder, 'run', 'run.json'), 'utf8')).toBe(content);
    }
  });

  it('refuses bad input by name', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const bad = (options: unknown) => () => runCard(join(folder, 'run'), options as object);
    expect(bad({ options: circular })).toThrow(/runCard: options must be JSON/);
    expect(bad({ seeds: 3 })).toThrow(/runCard: seeds must be a list of integers, got 3/);
    expect(bad({ seeds: [1.5] })).toThrow(/runCard: seeds\[0\]/);
    expect(bad({ seed: 1 })).toThrow(/runCard: .*seed/);
    writeFileSync(join(folder, 'file'), '');
    expect(() => runCard(join(folder, 'file'))).toThrow(/runCard: cannot (read|write) ".*run\.json"/);
  });
});

describe('maskCommand', () => {
  it('masks what options call secret', () => {
    const words = [
      'node',
      'train.ts',
      '--token',
      'abc',
      '--api-key=def',
      '--lr',
      '0.1',
      '--password',
      '--verbose',
    ];
    expect(maskCommand(words).join(' ')).toBe(
      'node train.ts --token *** --api-key=*** --lr 0.1 --password --verbose',
    );
  });

  it('masks by the last words of a name, however it is written', () => {
    for (const name of ['token', 'HF_TOKEN', 'apiKey', 'api-key', 'dbPassword', 'aws.secret_access_key']) {
      expect(maskSecrets({ [name]: 'a' })).toEqual({ [name]: '***' });
    }
    const harmless = { tokenizer: 'a', maxTokens: 5, tokens: 7, keepBest: 'loss', author: 'me', monkey: 1 };
    expect(maskSecrets(harmless)).toEqual(harmless);
  });
});

describe('gitState', () => {
  it('tells commit, branch and changed files', () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'pipe' });
    git('init', '--initial-branch', 'trunk');
    writeFileSync(join(folder, 'a.txt'), '1');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-m', 'first');
    expect(gitState(folder)).toEqual({
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      branch: 'trunk',
      changed: [],
    });
    writeFileSync(join(folder, 'a.txt'), '2');
    expect(gitState(folder)?.changed).toEqual(['a.txt']);
    git('checkout', '--detach');
    expect(gitState(folder)).not.toHaveProperty('branch');
  });

  it('knows nothing outside of a repository', () => {
    expect(gitState(folder)).toBeUndefined();
  });
});

describe('packageVersions', () => {
  it('lists the dependencies that are installed, here or above', () => {
    const install = (at: string, name: string, version: string) => {
      mkdirSync(join(folder, at, 'node_modules', name), { recursive: true });
      writeFileSync(
        join(folder, at, 'node_modules', name, 'package.json'),
        JSON.stringify({ name, version }),
      );
    };
    mkdirSync(join(folder, 'project/src'), { recursive: true });
    writeFileSync(
      join(folder, 'project/package.json'),
      JSON.stringify({ dependencies: { rxjs: '^7' }, devDependencies: { tsx: '^4', missing: '1' } }),
    );
    install('project', 'rxjs', '7.8.2');
    install('', 'rxjs', '6.0.0');
    install('', 'tsx', '4.23.15');
    install('', '@tensorflow/tfjs-core', '4.22.0');
    expect(packageVersions(join(folder, 'project/src'))).toMatchObject({
      '@tensorflow/tfjs-core': '4.22.0',
      rxjs: '7.8.2',
      tsx: '4.23.15',
    });
  });
});
