import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { unpackTar } from '../../../packages/data/src/download/unpack-tar.ts';
import { sandbox } from '../sandbox.ts';
import { bytesOf, type Target, Violation } from '../target.ts';

/** What a header of an archive says. */
interface Entry {
  readonly path: string;
  /** A character: `0` a file, `1` a link, `2` a symbolic link, `5` a folder. */
  readonly type: string;
  readonly size: number;
  readonly linkpath?: string;
}

let folder: string | undefined;

/** Archives of data sets: whatever they hold, nothing is written but plain files in the folder. */
export const archives: Target = {
  name: 'archives',
  seeds: () => {
    const plain = Buffer.concat([
      entry({ path: 'set/', type: '5', size: 0 }),
      entry({ path: 'set/a.bin', type: '0', size: 5 }),
      Buffer.from('12345'.padEnd(512, '\0')),
      entry({ path: 'b.bin', type: '0', size: 0 }),
      Buffer.alloc(1024),
    ]);
    const links = Buffer.concat([
      entry({ path: 'up', type: '2', linkpath: '..', size: 0 }),
      entry({ path: 'up/evil', type: '0', size: 0 }),
      entry({ path: 'hard', type: '1', linkpath: 'set/a.bin', size: 0 }),
      Buffer.alloc(1024),
    ]);
    return [plain, links, gzipSync(plain)];
  },
  dictionary: [
    '../evil',
    '/tmp/loopwright-fuzz-evil',
    'set/../../evil',
    '..\\evil',
    'ustar\x0000',
    '00000000005\0',
    '77777777777\0',
    '\x80\0\0\0\0\0\0\xff',
    'x',
    'g',
    'L',
    'K',
    '16 path=../evil\n',
  ],
  repair: withChecksums,
  async parse(bytes) {
    folder ??= sandbox();
    const target = join(folder, 'inside');
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
    const archive = join(folder, 'archive.tar');
    writeFileSync(archive, bytes);
    try {
      await unpackTar(archive, target);
    } finally {
      checkWritten(folder, target);
    }
    return readdirSync(target, { recursive: true }).length;
  },
  isRefusal: (error) =>
    error instanceof Error && !(error instanceof TypeError || error instanceof RangeError),
};

function checkWritten(outside: string, inside: string): void {
  if (readdirSync(outside).sort().join() !== 'archive.tar,inside') throw new Violation('a file lies outside');
  for (const name of readdirSync(inside, { recursive: true, encoding: 'utf8' })) {
    const stats = lstatSync(join(inside, name));
    if (!stats.isFile() && !stats.isDirectory())
      throw new Violation('there is something other than plain files');
    if (name.startsWith('.unpacking-')) throw new Violation('the folder for unpacking is left');
  }
}

/** A header of the format that POSIX calls ustar. */
function entry({ path, type, size, linkpath = '' }: Entry): Uint8Array {
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
  const names = `${path.padEnd(100, '\0')}0000644\0${'0000000\0'.repeat(2)}${octal(size)}${octal(0)}`;
  const rest = `${' '.repeat(8)}${type}${linkpath.padEnd(100, '\0')}ustar\x0000`;
  return withChecksums(bytesOf((names + rest).padEnd(512, '\0')));
}

/** Each block that has a header's magic gets its checksum: the sum of its bytes, with spaces in the sum's place. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const repaired = bytes.slice();
  for (let at = 0; at + 512 <= repaired.length; at += 512) {
    const block = repaired.subarray(at, at + 512);
    if (Buffer.from(block.subarray(257, 262)).toString('latin1') !== 'ustar') continue;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.set(bytesOf(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  }
  return repaired;
}
