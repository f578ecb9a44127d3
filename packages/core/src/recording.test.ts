import { scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hostEffect, hostGuard, hostTensor, isRecording, type Recorder, recordWith } from './recording.ts';

const read = () => ({ dtype: 'float32' as const, shape: [], data: Float32Array.of(3) });

it('outside a recording a host tensor has the value of now, and an effect runs at once', () => {
  const seen: number[] = [];
  tidy(() => {
    expect(hostTensor(read).dataSync()[0]).toBe(3);
    hostEffect([scalar(2)], ([two]) => seen.push((two as Tensor).dataSync()[0] as number));
  });
  expect(seen).toEqual([2]);
});

it('hands both to the recorder at work, and restores the one before even after a throw', () => {
  const calls: string[] = [];
  const recorder: Recorder = {
    hostTensor: () => {
      calls.push('tensor');
      return scalar(0);
    },
    hostEffect: () => void calls.push('effect'),
    hostGuard: (read) => void calls.push(`guard ${read()}`),
  };
  tidy(() =>
    recordWith(recorder, () => {
      hostTensor(read);
      hostEffect([], () => calls.push('ran'));
      hostGuard(() => 'frozen');
      recordWith(undefined, () => hostEffect([], () => calls.push('ran unrecorded')));
      expect(isRecording()).toBe(true);
    }),
  );
  expect(calls).toEqual(['tensor', 'effect', 'guard frozen', 'ran unrecorded']);
  expect(() =>
    recordWith(recorder, () => {
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(isRecording()).toBe(false);
});
