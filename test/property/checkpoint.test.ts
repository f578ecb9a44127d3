import { join } from 'node:path';
import {
  CheckpointSaver,
  DamagedCheckpointError,
  type FileFacts,
  type FileSystem,
} from '@loopwright/checkpoint';
import { LoopwrightError, type StateDict, type Stateful, type StateValue } from '@loopwright/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** Files in memory: fast enough for thousands of checkpoints. */
class MemoryFileSystem implements FileSystem {
  readonly files = new Map<string, Uint8Array>();
  async makeFolder(): Promise<void> {}
  async syncFolder(): Promise<void> {}
  async writeFile(path: string, chunks: readonly Uint8Array[]): Promise<void> {
    this.files.set(path, Uint8Array.from(Buffer.concat(chunks)));
  }
  async rename(from: string, to: string): Promise<void> {
    for (const [path, bytes] of this.inside(from)) {
      this.files.set(to + path.slice(from.length), bytes);
      this.files.delete(path);
    }
  }
  async remove(folder: string): Promise<void> {
    for (const [path] of this.inside(folder)) this.files.delete(path);
  }
  async readFile(path: string): Promise<Uint8Array | undefined> {
    return this.files.get(path);
  }
  async touch(): Promise<void> {}
  async stat(path: string): Promise<FileFacts | undefined> {
    const bytes = this.files.get(path)?.length;
    return bytes === undefined ? undefined : { bytes, changed: 0, id: undefined };
  }
  async freeBytes(): Promise<undefined> {}
  async listFolders(folder: string, patterns: readonly string[]): Promise<string[]> {
    const prefixes = patterns.map((pattern) => pattern.replace('*', ''));
    const names = this.inside(folder).map(([path]) => path.slice(folder.length + 1).split('/')[0] as string);
    return [...new Set(names)].filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  }
  private inside(folder: string): [string, Uint8Array][] {
    return [...this.files].filter(([path]) => path.startsWith(`${folder}/`));
  }
}

class Holder implements Stateful {
  state: StateDict;
  constructor(state: StateDict = { version: 1 }) {
    this.state = state;
  }
  stateDict(): StateDict {
    return this.state;
  }
  loadStateDict(state: StateDict): void {
    this.state = state;
  }
}

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('$tensor', '$number', '$$', 'a', 'a/b', 'b', '__proto__', '10', '9', '\ud800'),
);
const tensor = fc
  .float32Array({ maxLength: 6 })
  .map((data) => ({ dtype: 'float32' as const, shape: [data.length], data }));
const { value: stateValue } = fc.letrec<{ value: StateValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<StateValue>(null, true, false, -0, Number.NaN, Number.NEGATIVE_INFINITY),
    fc.double(),
    fc.string({ unit: 'binary' }),
    tensor,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const states = fc.dictionary(key, stateValue, { maxKeys: 4, minKeys: 1 });

const folder = join('/', 'run');
const newSaver = (fileSystem: FileSystem) => new CheckpointSaver(folder, { fileSystem });
const runOf = (values: Record<string, StateValue>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, new Holder({ version: 1, value })]),
  );

it('any state survives, bit for bit', async () => {
  await fc.assert(
    fc.asyncProperty(states, async (values) => {
      const saver = newSaver(new MemoryFileSystem());
      const run = runOf(values);
      await saver.save(0, run);
      const loaded = Object.fromEntries(Object.keys(values).map((name) => [name, new Holder()]));
      await saver.load(0, loaded);
      for (const name of Object.keys(values)) expect(loaded[name]?.state).toStrictEqual(run[name]?.state);
    }),
    { numRuns: 300 },
  );
});

const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), insert: fc.uint8Array({ maxLength: 3 }) });

it('a file that was changed anywhere is found out, and nothing is loaded', async () => {
  await fc.assert(
    fc.asyncProperty(states, edit, fc.nat({ max: 2 }), async (values, { at, remove, insert }, which) => {
      const disk = new MemoryFileSystem();
      const saver = newSaver(disk);
      await (await saver.save(0, runOf(values), { loss: 0.5 })).written();
      const path = [...disk.files.keys()].filter((path) => path.includes('epoch-'))[which] as string;
      const bytes = disk.files.get(path) as Uint8Array;
      const start = at % bytes.length;
      const changed = Uint8Array.of(
        ...bytes.subarray(0, start),
        ...insert,
        ...bytes.subarray(start + remove),
      );
      fc.pre(!Buffer.from(changed).equals(bytes));
      disk.files.set(path, changed);
      const holder = new Holder();
      const run = Object.fromEntries(Object.keys(values).map((name) => [name, holder]));
      const outcome = await saver.load(0, run).catch((error: unknown) => error);
      if (path.endsWith('manifest.json')) {
        // White space may change, and a version that is not ours is no damage.
        if (!(outcome instanceof LoopwrightError))
          expect(outcome).toMatchObject({ epoch: 0, metrics: { loss: 0.5 } });
      } else {
        expect(outcome).toBeInstanceOf(DamagedCheckpointError);
        expect(holder.state).toEqual({ version: 1 });
      }
    }),
    { numRuns: 300 },
  );
});
