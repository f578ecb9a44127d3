import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface CpuInfo {
  readonly model: string;
  /** Numbers that tell generations apart where the name does not, as `family 26, model 2, stepping 1`; may be empty. */
  readonly numbers: string;
  readonly cores: number;
  /** The instruction sets that matter to TensorFlow, as the operating system names them. */
  readonly features: readonly string[];
}

const RELEVANT =
  /^(sse4[_.]2|avx|avx1[._]0|avx2|fma|f16c|avx512(f|_?vnni|_?bf16|_?fp16)|avx_vnni|amx_(tile|bf16|int8|fp16)|asimd|asimddp|fphp|bf16|i8mm|sve2?|sme)$/;

/**
 * The processor, from the operating system.
 *
 * @example
 * cpuInfo().cores >= 1; // true
 */
export function cpuInfo(platform: NodeJS.Platform = process.platform): CpuInfo {
  const processors = cpus();
  const text = platform === 'darwin' ? readSysctl() : readCpuInfo();
  return {
    model: processors[0]?.model.trim() ?? 'unknown',
    numbers: cpuNumbers(text),
    cores: processors.length,
    features: parseCpuFeatures(text),
  };
}

const DECISIVE = [
  'avx2',
  'avx512f',
  'avx512_vnni',
  'avx512_bf16',
  'amx_tile',
  'amx_bf16',
  'asimd',
  'bf16',
  'sve',
];

/**
 * Those of a processor's instruction sets that decide what convolutions cost.
 *
 * @example
 * decisiveFeatures(['sse4_2', 'avx2', 'fma']); // ['avx2']
 */
export function decisiveFeatures(features: readonly string[]): string[] {
  return DECISIVE.filter((name) => features.includes(name));
}

/**
 * A processor in a line, to stand beside figures.
 *
 * @example
 * const cpu = { model: 'AMD EPYC', numbers: 'family 26, model 2', cores: 2, features: ['fma', 'avx2'] };
 * describeCpu(cpu); // 'AMD EPYC (family 26, model 2), 2 cores; avx2'
 */
export function describeCpu({ model, numbers, cores, features }: CpuInfo): string {
  const generation = numbers === '' ? '' : ` (${numbers})`;
  return `${model}${generation}, ${cores} cores; ${decisiveFeatures(features).join(' ')}`;
}

function cpuNumbers(text: string): string {
  return [/^(cpu family)\s*: (\d+)$/m, /^(model)\s*: (\d+)$/m, /^(stepping)\s*: (\d+)$/m]
    .flatMap((pattern) => {
      const [, name, number] = pattern.exec(text) ?? [];
      return name === undefined ? [] : [`${name.replace('cpu ', '')} ${number}`];
    })
    .join(', ');
}

/** The relevant features in a `flags` or `Features` line of `/proc/cpuinfo`, or in sysctl's lists. */
export function parseCpuFeatures(text: string): string[] {
  const lists = [...text.matchAll(/^(?:flags|Features|machdep\.cpu\.\w*features)\s*:\s*(.*)$/gm)];
  const optional = [...text.matchAll(/^hw\.optional\.arm\.FEAT_(\w+): 1$/gm)].map(([, name = '']) => name);
  const names = [...lists.flatMap(([, list = '']) => list.split(/\s+/)), ...optional];
  return [...new Set(names.map((name) => name.toLowerCase()))].filter((name) => RELEVANT.test(name));
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

function readSysctl(): string {
  return spawnSync('sysctl', ['machdep.cpu', 'hw.optional.arm'], { encoding: 'utf8' }).stdout ?? '';
}
