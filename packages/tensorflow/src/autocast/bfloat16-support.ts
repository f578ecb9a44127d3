import { cpuInfo } from '@loopwright/core/machine';

/** What the operating systems call instructions that multiply bfloat16: Intel's and AMD's, and ARM's. */
const ARITHMETIC = ['avx512_bf16', 'amx_bf16', 'bf16'];
/** What oneDNN calls the instruction sets that have them, of those that it can be limited to. */
const LIMITS_WITH_ARITHMETIC = /^(ALL|DEFAULT|.*(BF16|FP16|AMX|AVX10).*)$/i;

/** What decides whether a machine has use for bfloat16. */
export interface Machine {
  readonly usesGpu: boolean;
  /** Of the CPU, as the operating system names them. */
  readonly features: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** This machine. */
export function thisMachine(usesGpu: boolean): Machine {
  return { usesGpu, features: cpuInfo().features, env: process.env };
}

/** Why a machine gains nothing from bfloat16; undefined if it may. */
export function obstacleToBfloat16({ usesGpu, features, env }: Machine): string | undefined {
  if (usesGpu) return 'it has not been tried on GPUs';
  if (!ARITHMETIC.some((feature) => features.includes(feature))) {
    return `this CPU has no bfloat16 arithmetic (none of ${ARITHMETIC.join(', ')})`;
  }
  if (env.TF_ENABLE_ONEDNN_OPTS === '0')
    return 'TF_ENABLE_ONEDNN_OPTS=0 switches oneDNN off, which would compute it';
  const limit = env.ONEDNN_MAX_CPU_ISA ?? env.DNNL_MAX_CPU_ISA;
  if (limit !== undefined && !LIMITS_WITH_ARITHMETIC.test(limit)) {
    return `ONEDNN_MAX_CPU_ISA=${limit} keeps oneDNN from this CPU's bfloat16 arithmetic`;
  }
  return undefined;
}
