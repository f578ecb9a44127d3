import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface FakeWheel {
  readonly path: string;
  readonly filename: string;
}

export interface WheelContent {
  readonly project: string;
  readonly version: string;
  readonly platform: string;
  readonly files: Readonly<Record<string, Buffer>>;
  /** Lines of the wheel's description beside its name and version. */
  readonly metadata?: readonly string[];
  /** What stands in the wheel's record in the stead of the files' own hashes. */
  readonly recorded?: Readonly<Record<string, Buffer>>;
}

/** Writes a wheel: a zip with files and, in its `.dist-info` folder, what is said of them. */
export async function makeWheel(folder: string, content: WheelContent): Promise<FakeWheel> {
  const { project, version, platform, metadata = [] } = content;
  const about = `${project}-${version}.dist-info`;
  const record = Object.entries({ ...content.files, ...content.recorded }).map(
    ([path, data]) => `${path},sha256=${digest(data)},${data.length}`,
  );
  const description = [`Name: ${project}`, `Version: ${version}`, ...metadata];
  const files: Record<string, Buffer> = {
    ...content.files,
    [`${about}/METADATA`]: Buffer.from(['Metadata-Version: 2.4', ...description, '', 'Text'].join('\n')),
    [`${about}/WHEEL`]: Buffer.from(`Wheel-Version: 1.0\nTag: cp312-cp312-${platform}\n`),
    [`${about}/RECORD`]: Buffer.from(`${record.join('\n')}\n${about}/RECORD,,\n`),
  };
  const filename = `${project}-${version}-cp312-cp312-${platform}.whl`;
  const zip = new ZipFile();
  for (const [path, data] of Object.entries(files)) zip.addBuffer(data, path, { compress: false });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(join(folder, filename)));
  return { path: join(folder, filename), filename };
}

/** What TensorFlow's wheels hold, with small files in the stead of large ones. */
export const tensorFlowContent: WheelContent = {
  project: 'tensorflow_cpu',
  version: '2.21.0',
  platform: 'manylinux_2_27_x86_64',
  files: {
    'tensorflow/libtensorflow_cc.so.2': Buffer.alloc(1000, 'c'),
    'tensorflow/libtensorflow_framework.so.2': Buffer.from('framework'),
    'tensorflow/include/tensorflow/c/c_api.h': Buffer.from('// header'),
    'tensorflow/include/tsl/platform/ctstring.h': Buffer.from('// header'),
    'tensorflow/include/absl/log/log.h': Buffer.from('// not needed'),
    'tensorflow/python/large.py': Buffer.from('# not needed'),
  },
};

/** What a wheel of NVIDIA's holds: a library that is needed and a header that is not. */
export const cublasContent: WheelContent = {
  project: 'nvidia_cublas_cu12',
  version: '12.6.0.1',
  platform: 'manylinux2014_x86_64',
  files: {
    'nvidia/cublas/lib/libcublas.so.12': Buffer.from('cublas'),
    'nvidia/cublas/include/cublas.h': Buffer.from('// header'),
  },
};

function digest(data: Buffer): string {
  return createHash('sha256').update(data).digest('base64url');
}
