import { describe, expect, it } from 'vitest';
import { thisHost } from '../host.ts';
import { engineInfo } from './engine-info.ts';

describe('engineInfo', () => {
  it('describes the installed engine and measures it', () => {
    const info = engineInfo({ matmulSeconds: 0.2 });
    expect(info).toMatchObject({
      usable: true,
      node: process.version,
      extension: true,
      tensorflow: { version: expect.stringMatching(/^2\.\d+\.\d+$/) },
      matmul: { size: 1024 },
    });
    expect(info.matmul?.gflops).toBeGreaterThan(1);
    expect(info.tfjsCopies.map(({ version }) => version)).toEqual(['4.22.0']);
    expect(info.oneDnn).toBe(process.env.TF_ENABLE_ONEDNN_OPTS !== '0');
  });

  it('leaves the measurement out when asked', () => {
    expect(engineInfo({ matmulSeconds: 0 }).matmul).toBeUndefined();
  });

  it('sees that the user has switched oneDNN off, and says how to switch it on', () => {
    const host = { ...thisHost(), env: { ...process.env, TF_ENABLE_ONEDNN_OPTS: '0' } };
    const { oneDnn, problems, cpu } = engineInfo({ matmulSeconds: 0, host });
    expect(oneDnn).toBe(false);
    const remedies = problems.map(({ remedy }) => remedy);
    expect(remedies.includes('unset TF_ENABLE_ONEDNN_OPTS')).toBe(cpu.features.includes('avx2'));
  });

  it('understands its probe where oneDNN reports each primitive on the same output', () => {
    const host = { ...thisHost(), env: { ...process.env, ONEDNN_VERBOSE: '1' } };
    expect(engineInfo({ matmulSeconds: 0.1, host })).toMatchObject({ usable: true, matmul: { size: 1024 } });
  });

  it('refuses unknown options and bad values', () => {
    expect(() => engineInfo({ seconds: 1 } as never)).toThrow('unknown option "seconds"');
    expect(() => engineInfo({ matmulSeconds: -1 })).toThrow(
      '[loopwright/tensorflow] engineInfo: matmulSeconds must be a finite number at least 0',
    );
  });
});
