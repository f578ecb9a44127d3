/** The installer on made-up machines: what it does with each thing that can be missing or go wrong. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type InstallOptions, install } from '@loopwright/tensorflow/install';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bindingFolderName } from '../../../packages/tensorflow/src/binding-recipe.ts';
import { findEngine } from '../../../packages/tensorflow/src/find-engine.ts';
import { type FakeHostOptions, type FakeMachine, fakeMachine } from './fake-host.ts';
import { type FakeIndex, type FakeIndexOptions, startFakeIndex } from './fake-index.ts';
import { startFakeProxy } from './fake-proxy.ts';
import {
  cublasContent,
  type FakeWheel,
  makeWheel,
  tensorFlowContent,
  type WheelContent,
} from './fake-wheel.ts';

const workshop = fakeMachine().folder;
const cleanUps: (() => unknown)[] = [];
let wheel: FakeWheel;

beforeAll(async () => {
  wheel = await makeWheel(workshop, tensorFlowContent);
  return () => rmSync(workshop, { recursive: true });
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function machine(options?: FakeHostOptions): FakeMachine {
  const made = fakeMachine(options);
  cleanUps.push(() => rmSync(made.folder, { recursive: true, force: true }));
  return made;
}

async function index(options?: FakeIndexOptions): Promise<FakeIndex> {
  const started = await startFakeIndex(wheel, options);
  cleanUps.push(() => started.close());
  return started;
}

/** A wheel of TensorFlow that differs from the usual one. */
const tensorFlowWheel = (changes: Partial<WheelContent>) =>
  makeWheel(machine().folder, { ...tensorFlowContent, ...changes });

/** The message an install fails with. */
const failure = (options: InstallOptions) =>
  install(options).then(
    () => expect.unreachable('it should have failed'),
    (error: Error) => error.message,
  );

const cacheOf = ({ folder }: FakeMachine) => join(folder, 'cache', 'loopwright', 'engine', 'linux-x64');
const engineOf = (made: FakeMachine) => join(cacheOf(made), 'tensorflow-2.21.0-cpu');

/** The calls of the compiler that link the binding. */
const linking = ({ calls }: FakeMachine) => calls().filter((line) => line.endsWith('tfjs_binding.node'));

/** What was written down of the binding. */
const recordOf = (made: FakeMachine) =>
  JSON.parse(readFileSync(join(engineOf(made), bindingFolderName(made.host), 'binding.json'), 'utf8'));

/** What stays behind after a finished install: the engine, and nothing else. */
function expectFinished(made: FakeMachine): void {
  expect(readdirSync(cacheOf(made)).sort()).toEqual(['current.json', 'tensorflow-2.21.0-cpu']);
  const binding = bindingFolderName(made.host);
  expect(readdirSync(engineOf(made)).sort()).toEqual([binding, 'engine.json', 'tensorflow']);
  const files = ['binding.json', 'stderr_capture.node', 'tfjs_binding.node'];
  expect(readdirSync(join(engineOf(made), binding)).sort()).toEqual(files);
  expect(findEngine(made.host).engine).toMatchObject({
    source: 'installed',
    folder: engineOf(made),
    manifest: { format: 1, tensorflow: '2.21.0', variant: 'cpu', wheels: [wheel.filename] },
  });
}

describe('from an empty cache', () => {
  it('takes the libraries and headers, and nothing else, out of a wheel on the disk', async () => {
    const made = machine();
    const steps = new Set<string>();
    const result = await install({
      host: made.host,
      wheel: wheel.path,
      onProgress: ({ step }) => steps.add(step),
    });
    expect(result).toEqual({
      outcome: 'installed',
      tensorflow: '2.21.0',
      variant: 'cpu',
      extension: true,
      folder: engineOf(made),
    });
    expectFinished(made);
    expect(readdirSync(join(engineOf(made), 'tensorflow')).sort()).toEqual([
      'include',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ]);
    expect(readdirSync(join(engineOf(made), 'tensorflow', 'include')).sort()).toEqual(['tensorflow', 'tsl']);
    expect([...steps]).toEqual([
      `Reading ${wheel.path}`,
      'Extracting TensorFlow',
      'Compiling the binding with g++',
      'Checking that it computes',
    ]);
    expect(existsSync(wheel.path)).toBe(true);
  });

  it('compiles against the wheel, with paths relative to the binding', async () => {
    const made = machine();
    await install({ host: made.host, wheel: wheel.path });
    const [compiling = ''] = made.calls().filter((line) => /-c \S+tfjs_backend\.cc/.test(line));
    expect(compiling).toContain(`-I ${join(engineOf(made), 'tensorflow', 'include')}`);
    expect(compiling).toContain('-DNAPI_VERSION=8');
    expect(linking(made)).toHaveLength(1);
    expect(linking(made)[0]).toContain('-Wl,-rpath,$ORIGIN/../tensorflow');
  });

  it('compiles our extension with the binding, and writes down with what', async () => {
    const made = machine();
    await install({ host: made.host, wheel: wheel.path });
    for (const name of ['binding', 'functions', 'tensors', 'profile']) {
      expect(linking(made)[0], name).toContain(`${name}.cc.o`);
    }
    expect(linking(made)[0]).not.toContain('tfjs_binding.cc.o');
    expect(recordOf(made)).toEqual({ format: 1, compiler: 'g++ (Fake) 12.0' });
  });

  it('asks pip for wheels of this platform for any Python, and keeps no download', async () => {
    const made = machine({ pipWheel: wheel.path });
    expect(await install({ host: made.host })).toMatchObject({ outcome: 'installed' });
    expectFinished(made);
    const [call = ''] = made.calls().filter((line) => line.startsWith('pip3 download'));
    expect(call).toContain('--no-deps --only-binary=:all:');
    expect(call).toContain('--platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64');
    expect(call).toContain('--platform manylinux_2_36_x86_64 --python-version 3.12');
    expect(call).toMatch(/ tensorflow-cpu>=2\.18,<2\.22$/);
  });
});

it('downloads with pip though the user lets it install into virtual environments only', async () => {
  const made = machine({ pipWheel: wheel.path, env: { PIP_REQUIRE_VIRTUALENV: 'true' } });
  expect(await install({ host: made.host })).toMatchObject({ outcome: 'installed' });
});

describe('pip that cannot reach its index', () => {
  it('is asked once, and what kept it from its index is told', async () => {
    const connection = '<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>';
    const pipFailure = [
      `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('${connection}: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/tensorflow-cpu/`,
      'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu (from versions: none)',
      'ERROR: No matching distribution found for tensorflow-cpu',
    ].join('\n');
    const made = machine({ pipFailure });
    expect(await failure({ host: made.host })).toContain(
      "from pip: it does not reach its index: NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused')\n",
    );
    expect(made.calls().filter((call) => call.startsWith('pip3 download'))).toHaveLength(1);
  });
});

describe('without pip', () => {
  it.each([{ json: false }, { json: true }])(
    'asks the index that PIP_INDEX_URL names (JSON: $json)',
    async ({ json }) => {
      const { url, requests } = await index({ json });
      const made = machine({ env: { PIP_INDEX_URL: url } });
      expect(await install({ host: made.host })).toMatchObject({ outcome: 'installed' });
      expectFinished(made);
      expect(requests).toHaveLength(1);
    },
  );

  it('asks the index of --index-url rather than that of the settings', async () => {
    const { url } = await index();
    const made = machine({ env: { PIP_INDEX_URL: 'http://127.0.0.1:9/simple' } });
    expect(await install({ host: made.host, indexUrl: url })).toMatchObject({ outcome: 'installed' });
  });

  it('sends the credentials in the address of an index, and never shows them', async () => {
    const { url, requests } = await index({ password: 'secret' });
    const made = machine();
    const withPassword = (password: string) => url.replace('//', `//user:${password}@`);
    const message = await failure({ host: made.host, indexUrl: withPassword('wrong') });
    expect(message).toContain('HTTP 401');
    expect(message).not.toContain('wrong');
    await install({ host: made.host, indexUrl: withPassword('secret') });
    expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
  });

  it('takes a percent sign in a password that escapes nothing as it is, as pip does', async () => {
    const { url, requests } = await index({ password: '50%' });
    await install({ host: machine().host, indexUrl: url.replace('//', '//user:50%@') });
    expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from('user:50%').toString('base64')}`);
  });

  it('goes through the proxy that the environment names', async () => {
    const { url } = await index();
    const proxy = await startFakeProxy(Number(new URL(url).port));
    cleanUps.push(() => proxy.close());
    const made = machine({ env: { http_proxy: proxy.url } });
    const result = await install({ host: made.host, indexUrl: 'http://mirror.invalid/simple' });
    expect(result.outcome).toBe('installed');
    expect(new Set(proxy.asked)).toEqual(new Set(['mirror.invalid']));
  });

  it('says how to name an index where none is named', async () => {
    const message = await failure({ host: machine().host });
    expect(message).toContain('from pip: no pip was found');
    expect(message).toContain('from an index: no index is named');
    expect(message).toContain('npx loopwright install --index-url URL');
    expect(message).toContain('npx loopwright install --wheel FILE');
  });

  it('says which wheel the index lacks', async () => {
    const { url } = await index();
    const message = await failure({ host: machine().host, indexUrl: url, tensorflow: '2.20.0' });
    expect(message).toContain(`${url}: no wheel of tensorflow-cpu ==2.20.0 for this platform`);
  });
});

describe('a download that goes wrong', () => {
  it('is refused when it is corrupted, leaves nothing behind, and works the next time', async () => {
    const { url } = await index({ misbehave: ['corrupt'] });
    const made = machine({ vendor: 'works' });
    const message = await failure({ host: made.host, indexUrl: url });
    expect(message).toMatch(/arrived damaged: its sha256 is [0-9a-f]{64} and should be [0-9a-f]{64}/);
    expect(readdirSync(cacheOf(made))).toEqual([]);
    expect(findEngine(made.host).engine).toBeUndefined();
    expect(await install({ host: made.host, indexUrl: url })).toMatchObject({ outcome: 'installed' });
    expectFinished(made);
  });

  it('is resumed where it was cut', async () => {
    const { url, requests } = await index({ misbehave: ['cut', 'cut'] });
    const made = machine();
    await install({ host: made.host, indexUrl: url });
    expectFinished(made);
    const bytes = readFileSync(wheel.path).length;
    const half = Math.floor(bytes / 2);
    const threeQuarters = half + Math.floor((bytes - half) / 2);
    const ranges = requests.map(({ range }) => range);
    expect(ranges).toEqual([undefined, `bytes=${half}-`, `bytes=${threeQuarters}-`]);
  });

  it('is tried again while the server is busy', async () => {
    const { url, requests } = await index({ misbehave: ['unavailable', 'unavailable'] });
    await install({ host: machine().host, indexUrl: url });
    expect(requests).toHaveLength(3);
  });
});

describe('a wheel that will not do', () => {
  it('is refused when a file is not what its record says', async () => {
    const recorded = { 'tensorflow/libtensorflow_framework.so.2': Buffer.from('something else') };
    const { path } = await tensorFlowWheel({ recorded });
    const made = machine();
    expect(await failure({ host: made.host, wheel: path })).toContain(
      'is damaged: tensorflow/libtensorflow_framework.so.2 is not what the wheel',
    );
    expect(readdirSync(cacheOf(made))).toEqual([]);
  });

  it.each([
    ['is for another platform', { platform: 'manylinux_2_27_aarch64' }, 'is for manylinux_2_27_aarch64, not'],
    ['carries no library', { files: {} }, 'carries no tensorflow/libtensorflow_cc.so.2'],
    ['is of something else', { project: 'numpy' }, 'is a wheel of numpy, not of tensorflow'],
  ])('is refused when it %s', async (_, options, expected) => {
    const { path } = await tensorFlowWheel(options);
    expect(await failure({ host: machine().host, wheel: path })).toContain(expected);
  });

  it('is refused when a path in it leads out of the folder', async () => {
    const file = 'xx/outside.h';
    const { path } = await tensorFlowWheel({
      files: { ...tensorFlowContent.files, [file]: Buffer.from('') },
    });
    const bytes = readFileSync(path, 'latin1').replaceAll(file, '../outside.h');
    writeFileSync(path, bytes, 'latin1');
    expect(await failure({ host: machine().host, wheel: path })).toContain(
      'invalid relative path: ../outside.h',
    );
  });

  it('is refused when it is no wheel at all, or not there', async () => {
    const { host, folder } = machine();
    expect(await failure({ host, wheel: join(folder, 'bin', 'g++') })).toContain('is not a whole wheel');
    expect(await failure({ host, wheel: '/no/such.whl' })).toContain('there is no file /no/such.whl');
  });
});

describe('a cache that cannot be written', () => {
  it('is named, with a way out, and the vendor is left alone', async () => {
    const made = machine({ vendor: 'works' });
    const host = { ...made.host, env: { ...made.host.env, XDG_CACHE_HOME: wheel.path } };
    const message = await failure({ host, wheel: wheel.path });
    expect(message).toMatch(/ENOTDIR: not a directory, mkdir '.*loopwright/);
    expect(message).toContain('XDG_CACHE_HOME=/a/folder/with/room npx loopwright install');
    expect(made.calls()).toEqual([]);
  });
});

describe('a disk that is full', () => {
  it.skipIf(process.platform !== 'linux')(
    'is named, with a way out, and no other source is asked',
    async () => {
      const { url, requests } = await index();
      const made = machine({ vendor: 'works' });
      mkdirSync(join(cacheOf(made), 'downloads'), { recursive: true });
      symlinkSync('/dev/full', join(cacheOf(made), 'downloads', `${wheel.filename}.part`));
      const message = await failure({ host: made.host, indexUrl: url });
      expect(message).toContain('- ENOSPC: no space left on device');
      expect(message).toContain('XDG_CACHE_HOME=/a/folder/with/room npx loopwright install');
      expect(requests).toHaveLength(1);
      expect(made.calls().some((call) => call.includes('install.js'))).toBe(false);
    },
  );

  it('is known from what pip says of it too', async () => {
    const made = machine({ vendor: 'works', pipFailure: 'ERROR: [Errno 28] No space left on device' });
    expect(await failure({ host: made.host })).toContain('XDG_CACHE_HOME=/a/folder/with/room');
    expect(made.calls().some((call) => call.includes('install.js'))).toBe(false);
  });
});

describe('where the binding cannot be compiled', () => {
  it('says what to type after the vendor has failed too', async () => {
    const made = machine({ compiler: 'missing' });
    const message = await failure({ host: made.host });
    expect(message).toContain(
      '[loopwright/tensorflow] install: native TensorFlow could not be installed on linux x64',
    );
    expect(message).toContain('no C++ compiler was found (tried $CXX, g++, c++ and clang++)');
    expect(message).toContain("the vendor's build could not be had: its script failed: getaddrinfo");
    expect(message).toMatch(
      /(apt-get|dnf|yum|zypper|pacman|apk|install) .*g(\+\+|cc).* && npx loopwright install/,
    );
    expect(made.calls()).toContainEqual(expect.stringMatching(/install\.js cpu download$/));
  });

  it('uses the build that the vendor’s script leaves, now and the next time', async () => {
    const made = machine({ compiler: 'missing', vendor: 'works' });
    const { vendorPackage } = made.host;
    const result = { tensorflow: '2.21.0', variant: undefined, extension: false, folder: vendorPackage };
    expect(await install({ host: made.host })).toEqual({ outcome: 'vendor', ...result });
    expect(await install({ host: made.host })).toEqual({ outcome: 'present', ...result });
    expect(findEngine(made.host).engine).toMatchObject({ source: 'vendor' });
  });

  it('shows what the compiler said, and keeps the libraries for the next time', async () => {
    const made = machine({ compiler: 'fails' });
    expect(await failure({ host: made.host, wheel: wheel.path })).toContain(
      'tfjs_backend.cc:1: error: no such thing',
    );
    expect(findEngine(made.host).engine).toBeUndefined();
    const repaired = machine({ env: { XDG_CACHE_HOME: join(made.folder, 'cache') } });
    expect(await install({ host: repaired.host })).toMatchObject({ outcome: 'installed' });
  });

  it('does not offer the vendor’s older build to whoever asked for a release or for a GPU', async () => {
    const made = machine({ compiler: 'missing', vendor: 'works' });
    expect(await failure({ host: made.host, tensorflow: '2.20.0' })).toContain('no C++ compiler');
    expect(await failure({ host: made.host, variant: 'gpu' })).toContain('no C++ compiler');
    expect(made.calls().some((call) => call.includes('install.js'))).toBe(false);
  });

  it('goes straight to the vendor on Windows, whose wheels carry no library', async () => {
    const made = machine({ platform: 'win32', vendor: 'works' });
    expect(await install({ host: made.host })).toMatchObject({ outcome: 'vendor' });
  });
});

describe('where our extension cannot be part of the binding', () => {
  it.each([
    ['does not compile', 'old', 'functions.cc:1: error: no such thing'],
    ['does not load', 'mismatched', 'the engine does not load: undefined symbol: TraceMe'],
  ] as const)(
    'because it %s: compiles the vendor’s files alone, says so and writes it down',
    async (...row) => {
      const [, compiler, reason] = row;
      const made = machine({ compiler });
      const steps = new Set<string>();
      const onProgress = ({ step }: { step: string }) => steps.add(step);
      const result = await install({ host: made.host, wheel: wheel.path, onProgress });
      expect(result).toMatchObject({ outcome: 'installed', extension: false });
      expectFinished(made);
      const message = `Loopwright's extension cannot be used, going on without it (${reason})`;
      expect(steps).toContain(message);
      expect(recordOf(made)).toEqual({ format: 1, compiler: 'g++ (Fake) 12.0', withoutExtension: reason });
      expect(findEngine(made.host).engine).toMatchObject({ record: { withoutExtension: reason } });
      expect(linking(made).at(-1)).toContain('tfjs_binding.cc.o');
      expect(linking(made).at(-1)).not.toContain('functions.cc.o');
    },
  );

  it('leaves it at that with the same compiler, and compiles again with another, without a download', async () => {
    const made = machine({ compiler: 'old' });
    await install({ host: made.host, wheel: wheel.path });
    const before = linking(made).length;
    const again = await install({ host: made.host });
    expect(again).toMatchObject({ outcome: 'present', extension: false });
    expect(linking(made)).toHaveLength(before);
    const env = { XDG_CACHE_HOME: join(made.folder, 'cache') };
    const better = machine({ compilerVersion: 'g++ (Fake) 13.0', env });
    expect(await install({ host: better.host })).toMatchObject({ outcome: 'installed', extension: true });
    expect(await install({ host: made.host })).toMatchObject({ outcome: 'present', extension: true });
  });
});

describe('where our extension could not be compiled for once', () => {
  it('compiles again with the same compiler, without a download', async () => {
    const made = machine({ compiler: 'killed' });
    const first = await install({ host: made.host, wheel: wheel.path });
    expect(first).toMatchObject({ outcome: 'installed', extension: false });
    const roomier = machine({ env: { XDG_CACHE_HOME: join(made.folder, 'cache') } });
    expect(await install({ host: roomier.host })).toMatchObject({ outcome: 'installed', extension: true });
    expectFinished(made);
  });
});

describe('what is there already', () => {
  it('is used without a download or a compiler', async () => {
    const made = machine();
    await install({ host: made.host, wheel: wheel.path });
    const before = made.calls().length;
    expect(await install({ host: made.host })).toMatchObject({ outcome: 'present', tensorflow: '2.21.0' });
    expect(made.calls()).toHaveLength(before);
  });

  it('is made anew with force', async () => {
    const made = machine();
    await install({ host: made.host, wheel: wheel.path });
    const again = await install({ host: made.host, wheel: wheel.path, force: true });
    expect(again.outcome).toBe('installed');
    expectFinished(made);
  });

  it('is made anew when a library was cut short', async () => {
    const made = machine();
    await install({ host: made.host, wheel: wheel.path });
    const library = join(engineOf(made), 'tensorflow', 'libtensorflow_cc.so.2');
    rmSync(library);
    expect(findEngine(made.host).problem).toContain('libtensorflow_cc.so.2 is missing or cut short');
    expect(await install({ host: made.host, wheel: wheel.path })).toMatchObject({ outcome: 'installed' });
    expectFinished(made);
  });

  it('stays when another release comes, and the one that was asked for last is loaded', async () => {
    const made = machine();
    const other = await tensorFlowWheel({ version: '2.20.0' });
    await install({ host: made.host, wheel: wheel.path });
    await install({ host: made.host, wheel: other.path });
    expect(findEngine(made.host).engine).toMatchObject({ manifest: { tensorflow: '2.20.0' } });
    expect(await install({ host: made.host })).toMatchObject({ outcome: 'present', tensorflow: '2.20.0' });
    await install({ host: made.host, tensorflow: '2.21.0' });
    expect(findEngine(made.host).engine).toMatchObject({ manifest: { tensorflow: '2.21.0' } });
  });
});

describe('the gpu variant', () => {
  it('takes NVIDIA’s libraries that the wheel names, puts them beside TensorFlow and on the run path', async () => {
    const made = machine();
    const downloads = join(cacheOf(made), 'downloads');
    mkdirSync(downloads, { recursive: true });
    const metadata = [
      'Requires-Dist: numpy>=1.26.0',
      'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    ];
    const tensorflow = await tensorFlowWheel({ project: 'tensorflow', metadata });
    await makeWheel(downloads, cublasContent);
    const result = await install({ host: made.host, variant: 'gpu', wheel: tensorflow.path });
    expect(result).toMatchObject({ outcome: 'installed', variant: 'gpu' });
    expect(existsSync(join(result.folder, 'nvidia', 'cublas', 'lib', 'libcublas.so.12'))).toBe(true);
    expect(existsSync(join(result.folder, 'nvidia', 'cublas', 'include'))).toBe(false);
    expect(linking(made)[0]).toContain('-Wl,-rpath,$ORIGIN/../nvidia/cublas/lib');
  });
});

describe('options', () => {
  it.each([
    [{ tensorflow: 'latest' }, 'tensorflow must be a release such as "2.21.0", got "latest"'],
    [{ variant: 'tpu' }, 'variant must be one of "cpu", "gpu", got "tpu"'],
    [{ indexUrl: 'example' }, 'indexUrl must begin with https://, http:// or file://, got "example"'],
    [{ index: 'x' }, 'unknown option "index"'],
    [
      { wheel: 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl', variant: 'gpu' },
      'variant is "gpu", and wheel is of tensorflow-cpu, which computes on no GPU',
    ],
    [
      { wheel: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl', tensorflow: '2.20.0' },
      'tensorflow is "2.20.0", and wheel is of 2.21.0',
    ],
    [{ force: 1 }, 'force must be true or false, got 1'],
  ])('%o are refused by name', async (options, message) => {
    const made = machine();
    expect(await failure({ host: made.host, ...(options as InstallOptions) })).toContain(
      `[loopwright/tensorflow] install: ${message}`,
    );
    expect(existsSync(cacheOf(made))).toBe(false);
  });
});
