import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { cpuInfo } from '../../../packages/tensorflow/src/info/cpu-features.ts';

/** What figures depend on: never compare those of two machines. */
export interface Machine {
  readonly cpu: string;
  /** Numbers that tell generations apart where the name does not, as `family 26, model 2, stepping 1`. */
  readonly cpuNumbers: string;
  readonly features: readonly string[];
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  /** Processes that were running when the benchmark began; above 0.5 others took part of the machine. */
  readonly load: number;
}

/** The instruction sets that decide what convolutions cost. */
const FEATURES = [
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

export function thisMachine(): Machine {
  const { model, features } = cpuInfo();
  return {
    cpu: model,
    cpuNumbers: cpuNumbers(),
    features: FEATURES.filter((name) => features.includes(name)),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    load: loadavg()[0] ?? 0,
  };
}

function cpuNumbers(): string {
  let text: string;
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
  return [/^(cpu family)\s*: (\d+)$/m, /^(model)\s*: (\d+)$/m, /^(stepping)\s*: (\d+)$/m]
    .flatMap((pattern) => {
      const [, name, number] = pattern.exec(text) ?? [];
      return name === undefined ? [] : [`${name.replace('cpu ', '')} ${number}`];
    })
    .join(', ');
}
