import { expectStateful } from '@loopwright/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  describeEnvironment,
  type EnvironmentDescription,
  environment,
  RunEnvironment,
} from './environment.ts';

const here: EnvironmentDescription = {
  engine: 'TensorFlow 2.21.0',
  cpu: 'AMD EPYC (family 26, model 2, stepping 1)',
  instructions: 'avx2 avx512f avx512_bf16',
  threads: 2,
  settings: 'TF_ENABLE_ONEDNN_OPTS=1',
  loopwright: '0.1.0',
  node: 'v20.20.2',
};
const there = { ...here, cpu: 'Intel Xeon', instructions: 'avx2 avx512f amx_bf16', threads: 8 };

describe('the environment of a run', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  afterEach(() => warn.mockClear());

  it('describes this machine and engine', () => {
    const description = describeEnvironment();
    expect(description.engine).toMatch(/^TensorFlow \d+\.\d+\.\d+/);
    expect(description.cpu).not.toBe('');
    expect(description.threads).toBeGreaterThan(0);
    expect(description.settings).toContain('TF_ENABLE_ONEDNN_OPTS=');
    expect(environment.history).toEqual([description]);
  });

  it('says nothing where nothing differs', () => {
    const resumed = new RunEnvironment(() => ({ ...here }));
    resumed.loadStateDict(structuredClone(new RunEnvironment(() => here).stateDict()));
    expect(warn).not.toHaveBeenCalled();
    expect(resumed.history).toEqual([here]);
  });

  it('goes on elsewhere with a warning that says what differs, and remembers it', () => {
    const moved = new RunEnvironment(() => there);
    moved.loadStateDict(new RunEnvironment(() => here).stateDict());
    expect(warn).toHaveBeenCalledOnce();
    const text = String(warn.mock.calls[0]?.[0]);
    expect(text).toContain('CPU: before "AMD EPYC (family 26, model 2, stepping 1)", now "Intel Xeon"');
    expect(text).toContain('threads: before 2, now 8');
    expect(text).not.toContain('Node.js');
    const back = new RunEnvironment(() => here);
    back.loadStateDict(moved.stateDict());
    expect(back.history).toEqual([here, there, here]);
  });

  it('keeps the contract of state, and refuses histories of other things', async () => {
    await expectStateful({
      make: () => new RunEnvironment(() => here),
      makeOther: () => new RunEnvironment(() => ({ ...here })),
      advance: () => {},
      observe: (subject) => subject.history,
    });
    const load = (history: never) => new RunEnvironment(() => here).loadStateDict({ version: 1, history });
    expect(() => load('here' as never)).toThrow(
      '[loopwright/tensorflow] environment: state.history must be a list',
    );
    expect(() => load([{ ...here, cpu: undefined, gpu: 'x' }] as never)).toThrow('unknown "gpu"');
  });
});
