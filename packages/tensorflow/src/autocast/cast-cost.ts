import { performance } from 'node:perf_hooks';
import { attribute } from '../native/attributes.ts';
import type { TensorMetadata } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { unlayeredCalls } from '../native/native-backend.ts';

/** Enough that the call itself does not count, 4 MB in float32. */
const SAMPLE = 1 << 20;
const ROUNDS = 3;

let millisecondsPerElement: number | undefined;

/** How long a cast from float32 to bfloat16 takes on this machine; measured once, in a few milliseconds. */
export function castMilliseconds(elements: number): number {
  millisecondsPerElement ??= measure() / SAMPLE;
  return elements * millisecondsPerElement;
}

function measure(): number {
  const calls = unlayeredCalls();
  const sample = calls.createTensor([SAMPLE], DataType.float32, new Float32Array(SAMPLE));
  const attributes = [
    attribute.type('SrcT', DataType.float32),
    attribute.type('DstT', DataType.bfloat16),
    attribute.bool('Truncate', false),
  ];
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const [cast] = calls.executeOp('Cast', attributes, [sample], 1) as [TensorMetadata];
    const time = performance.now() - start;
    calls.deleteTensor(cast.id);
    return time;
  });
  calls.deleteTensor(sample);
  return Math.min(...times);
}
