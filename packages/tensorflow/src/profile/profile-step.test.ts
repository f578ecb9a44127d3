import { writeSync } from 'node:fs';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import {
  conv2d,
  dispose,
  getBackend,
  mean,
  mul,
  type Rank,
  randomNormal,
  relu,
  setBackend,
  sub,
  type Tensor4D,
  tidy,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../compile/compile.ts';
import type { NativeBinding, NativeExtension } from '../native/binding.ts';
import { activeNativeBackend, type NativeBackend } from '../native/native-backend.ts';
import { peakMemory } from './peak-memory.ts';
import { profileStep } from './profile-step.ts';
import type { StepProfile } from './step-profile.ts';

countTensorsInEveryTest();

let images: Tensor4D;
let filter: Variable<Rank.R4>;

beforeEach(() => {
  images = randomNormal([8, 32, 32, 16], 0, 1, 'float32', 1);
  filter = tidy(() => variable(randomNormal([3, 3, 16, 16], 0, 1, 'float32', 2)));
});

afterEach(() => {
  vi.unstubAllEnvs();
  images.dispose();
  filter.dispose();
});

/** A training step: a convolution, its gradient and an update. */
function trainStep() {
  return tidy(() => {
    const { value, grads } = variableGrads(() => mean(relu(conv2d(images, filter, 1, 'same'))));
    const gradient = Object.values(grads)[0];
    if (gradient !== undefined) filter.assign(sub(filter, mul(gradient, 0.1)));
    return value;
  });
}

const named = (profile: StepProfile, name: string) => profile.ops.filter((op) => op.name === name);

/** What must hold of every profile. */
function expectPlausible({ milliseconds, ops, steps }: StepProfile): void {
  const sum = (key: 'milliseconds' | 'share') => ops.reduce((all, op) => all + op[key], 0);
  const { total, ops: computing, dispatch, host } = milliseconds;
  expect(total).toBeGreaterThan(0);
  expect(computing + dispatch + host).toBeCloseTo(total, 6);
  expect(sum('share')).toBeCloseTo(computing / total, 6);
  expect(sum('milliseconds')).toBeGreaterThanOrEqual(computing - 1e-6);
  for (const op of ops) expect(op.count * steps).toBeCloseTo(Math.round(op.count * steps), 9);
  const shares = ops.map(({ share }) => share);
  expect(shares).toEqual(shares.toSorted((a, b) => b - a));
}

describe('profileStep', () => {
  it('shows the ops of an eager step', () => {
    const profile = profileStep(trainStep, { steps: 2, warmup: 1 });
    expectPlausible(profile);
    expect(profile).toMatchObject({ steps: 2, primitives: undefined });
    expect(named(profile, 'Conv2D')).toMatchObject([{ count: 1, shapes: undefined }]);
    expect(named(profile, 'Conv2DBackpropFilter')).toMatchObject([{ count: 1 }]);
    expect(profile.milliseconds.host).toBeGreaterThan(0);
  });

  it('shows the ops inside a compiled step', () => {
    const step = compile(trainStep);
    const profile = profileStep(() => step());
    expectPlausible(profile);
    for (const name of ['Conv2D', 'Conv2DBackpropFilter', 'Relu', 'Mean']) {
      expect(named(profile, name), name).toMatchObject([{ count: 1 }]);
    }
    step.dispose();
  });

  it.each(['eager', 'compiled'])('tells shapes apart, %s', (mode) => {
    const twice = () =>
      tidy(() => {
        const full = relu(images);
        return [mean(full), mean(relu(full.slice([0, 0, 0, 0], [4, -1, -1, -1])))];
      });
    const step = mode === 'compiled' ? compile(twice) : undefined;
    const profile = profileStep(step ?? twice, { byShapes: true });
    expect(
      named(profile, 'Relu')
        .map(({ shapes, count }) => `${count} × ${shapes}`)
        .sort(),
    ).toEqual(['1 × [4,32,32,16]', '1 × [8,32,32,16]']);
    expect(
      named(profile, 'Mean').every(({ shapes }) => /^\[\d,32,32,16\] int32\[4\]$/.test(shapes ?? '')),
    ).toBe(true);
    step?.dispose();
  });

  it('shows what our extension computes itself', () => {
    const { binding, getInputTensorIds } = activeNativeBackend() as NativeBackend;
    const extension = binding.loopwright as NativeExtension;
    const clip = () => {
      const ids = getInputTensorIds.call(activeNativeBackend(), [images]);
      extension.deleteTensors(extension.clipToRange(ids, 0.5));
    };
    expect(named(profileStep(clip), 'ClipToRange')).toMatchObject([{ count: 1 }]);
  });

  it('really runs the step, as often as it says', () => {
    const step = vi.fn(() => undefined);
    profileStep(step, { steps: 4, warmup: 3 });
    expect(step).toHaveBeenCalledTimes(7);
  });

  it('disposes what the step returns, and no variable', () => {
    profileStep(() => ({ all: [relu(images)], kept: filter }), { steps: 1 });
    expect(filter.isDisposed).toBe(false);
  });

  it('is plain data', () => {
    const profile = profileStep(trainStep, { steps: 1 });
    expect(structuredClone(profile)).toEqual(profile);
  });

  it('restores everything when the step throws, and can be called again', () => {
    vi.stubEnv('ONEDNN_VERBOSE', '1'); // too late for oneDNN, but standard output is captured
    const { binding } = activeNativeBackend() as { binding: NativeBinding };
    const executeOp = binding.executeOp;
    const failing = () => {
      trainStep().dispose();
      throw new Error('the user’s own');
    };
    expect(() => profileStep(failing, { byShapes: true, warmup: 0 })).toThrow('the user’s own');
    expect(binding.executeOp).toBe(executeOp);
    expect(binding.loopwright?.endOutput()).toBe('');
    expect(binding.loopwright?.endTrace()).toEqual([]);
    expectPlausible(profileStep(trainStep));
  });

  it('passes on what the step prints', () => {
    vi.stubEnv('ONEDNN_VERBOSE', '1');
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const profile = profileStep(() => writeSync(1, 'loss 0.5\n'), { steps: 1, warmup: 0 });
    expect(write.mock.calls).toEqual([['loss 0.5\n']]);
    expect(profile.primitives).toEqual([]);
    write.mockRestore();
  });

  it('refuses another profile inside, also of memory, and a place inside a compiled function', () => {
    const message = '[loopwright/tensorflow] profileStep: a step is being profiled already';
    expect(() => profileStep(() => profileStep(trainStep))).toThrow(message);
    expect(() => profileStep(() => peakMemory(trainStep))).toThrow(
      'peakMemory: a step is being profiled already',
    );
    const compiled = compile(() => {
      profileStep(trainStep);
      return mean(images);
    });
    expect(() => compiled()).toThrow('it cannot be called inside a compiled function');
  });

  it('refuses to run while another profiler uses TensorFlow’s tracer', () => {
    const extension = activeNativeBackend()?.binding.loopwright as NativeExtension;
    expect(extension.beginTrace()).toBe(true);
    expect(() => profileStep(trainStep, { warmup: 0 })).toThrow("TensorFlow's tracer is in use");
    extension.endTrace();
  });

  it('refuses what it cannot profile', async () => {
    expect(() => profileStep(async () => {})).toThrow('fn must not be asynchronous');
    expect(() => profileStep(3 as never)).toThrow('fn must be a function, got 3');
    expect(() => profileStep(trainStep, { steps: 0 })).toThrow('steps must be a positive integer, got 0');
    expect(() => profileStep(trainStep, { runs: 1 } as never)).toThrow('unknown option "runs"');
    const native = getBackend();
    await import('@tensorflow/tfjs-backend-cpu');
    await setBackend('cpu');
    try {
      expect(() => profileStep(() => {})).toThrow('it needs the native engine; the backend in use is "cpu"');
    } finally {
      await setBackend(native);
    }
  });
});

describe('without our extension', () => {
  let extension: NativeExtension | undefined;
  const open = () => activeNativeBackend()?.binding as { loopwright: NativeExtension | undefined };

  beforeEach(() => {
    extension = open().loopwright;
    open().loopwright = undefined;
  });
  afterEach(() => {
    open().loopwright = extension;
  });

  it('times eager ops from outside', () => {
    const profile = profileStep(trainStep, { byShapes: true });
    expectPlausible(profile);
    expect(named(profile, 'Conv2D')).toMatchObject([{ count: 1, oneDnn: false, shapes: undefined }]);
    expect(profile.milliseconds.dispatch).toBe(0);
    expect(profile.memory).toMatchObject({
      peakBytes: undefined,
      startBytes: undefined,
      endBytes: undefined,
    });
  });
});

describe('peakMemory', () => {
  it('sees what a function holds at once, and not what it holds in turn', () => {
    const bytes = 8 * 32 * 32 * 16 * 4;
    const chain = (kept: boolean) => () =>
      tidy(() => {
        const first = relu(images);
        const second = relu(first);
        if (!kept) first.dispose();
        return [mean(relu(second))];
      });
    dispose(chain(true)()); // hands the images to TensorFlow
    const [lean, wasteful] = [peakMemory(chain(false)), peakMemory(chain(true))];
    const { startBytes = 0, peakBytes = 0, endBytes } = wasteful;
    expect(peakBytes - startBytes).toBe(3 * bytes);
    expect((lean.peakBytes ?? 0) - (lean.startBytes ?? 0)).toBe(2 * bytes);
    expect(endBytes).toBe(startBytes);
  });

  it.runIf(process.platform === 'linux')('sees the whole process’s memory, anew each time', () => {
    const hold = (bytes: number) => () => {
      Buffer.alloc(bytes, 1);
    };
    const resident = (bytes: number) => peakMemory(hold(bytes)).residentPeakBytes ?? 0;
    const [little, much] = [resident(1e3), resident(200e6)];
    expect(much - little).toBeGreaterThan(150e6);
  });
});
