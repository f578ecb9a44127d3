import { cpuInfo } from '../info/cpu-features.ts';

/** What the operating systems call instructions that multiply bfloat16: Intel's and AMD's, and ARM's. */
const ARITHMETIC = ['avx512_bf16', 'amx_bf16', 'bf16'];

/**
 * Why this machine gains nothing from bfloat16; undefined if it may.
 *
 * @param features of the CPU, as the operating system names them
 */
export function obstacleToBfloat16(
  usesGpu: boolean,
  features: readonly string[] = cpuInfo().features,
): string | undefined {
  if (usesGpu) return 'it has not been tried on GPUs';
  if (ARITHMETIC.some((feature) => features.includes(feature))) return undefined;
  return `this CPU has no bfloat16 arithmetic (none of ${ARITHMETIC.join(', ')})`;
}
