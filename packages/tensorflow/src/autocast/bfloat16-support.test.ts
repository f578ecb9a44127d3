import { matMul, memory, ones, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { autocast } from './autocast.ts';
import { obstacleToBfloat16, thisMachine } from './bfloat16-support.ts';
import { precision } from './precision.ts';

const machine = { usesGpu: false, features: ['avx2', 'avx512f', 'avx512_bf16'], env: {} };

describe('obstacleToBfloat16', () => {
  it.each([['avx512_bf16'], ['amx_bf16'], ['bf16']])('is none on a CPU with %s', (feature) => {
    expect(obstacleToBfloat16({ ...machine, features: ['avx2', feature] })).toBeUndefined();
  });

  it('is a CPU without the arithmetic, and one that may not use it', () => {
    expect(obstacleToBfloat16({ ...machine, features: ['avx2', 'avx512f', 'avx512_vnni'] })).toBe(
      'this CPU has no bfloat16 arithmetic (none of avx512_bf16, amx_bf16, bf16)',
    );
    expect(obstacleToBfloat16({ ...machine, env: { TF_ENABLE_ONEDNN_OPTS: '0' } })).toMatch(/oneDNN off/);
    expect(obstacleToBfloat16({ ...machine, env: { ONEDNN_MAX_CPU_ISA: 'AVX2' } })).toMatch(/=AVX2 keeps/);
    for (const limit of ['ALL', 'AVX512_CORE_BF16', 'avx512_core_amx', 'AVX10_1_512']) {
      expect(obstacleToBfloat16({ ...machine, env: { ONEDNN_MAX_CPU_ISA: limit } })).toBeUndefined();
    }
  });

  it('is a GPU', () => {
    expect(obstacleToBfloat16({ ...machine, usesGpu: true })).toMatch(/GPU/);
  });
});

describe('autocast on a machine without use for it', () => {
  it('casts nothing, and says so once', () => {
    // oneDNN has read it before; autocast asks at its first call.
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX2');
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const before = memory().numTensors;
    const keys: string[] = [];
    const f = autocast(
      (x: Tensor2D) => {
        keys.push(precision.key);
        return matMul(x, x);
      },
      { dtype: 'bfloat16' },
    );
    tidy(() => {
      f(ones([2, 2]));
      f(ones([2, 2]));
    });
    expect(keys).toEqual(['nothing', 'nothing']);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toBe(
      `[loopwright/tensorflow] autocast: nothing is cast to bfloat16: ${obstacleToBfloat16(thisMachine(false))}`,
    );
    expect(memory().numTensors).toBe(before);
    warn.mockRestore();
    vi.unstubAllEnvs();
  });
});
