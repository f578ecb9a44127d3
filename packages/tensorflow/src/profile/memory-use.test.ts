import { expect, it } from 'vitest';
import { memoryUse } from './memory-use.ts';

function change(kind: string, held: number, bytes: number, start: number, allocator = 'mklcpu') {
  const name =
    `Memory${kind}#allocator_name=${allocator},bytes_reserved=0,bytes_allocated=${held},bytes_available=9,` +
    `peak_bytes_in_use=99999,requested_bytes=${bytes},allocation_bytes=${bytes},addr=1,tf_op=,id=0,region_type=,shape=#`;
  return { thread: 0, name, start, milliseconds: 0 };
}

it('finds what was held before, at most and after, in the order of time', () => {
  const events = [
    change('Deallocation', 300, 200, 3),
    change('Allocation', 400, 300, 1),
    change('Allocation', 500, 100, 2),
  ];
  expect(memoryUse(events)).toEqual({ startBytes: 100, peakBytes: 500, endBytes: 300 });
});

it('counts what was there before a step that only frees', () => {
  expect(memoryUse([change('Deallocation', 0, 50, 0)])).toEqual({
    startBytes: 50,
    peakBytes: 50,
    endBytes: 0,
  });
});

it('adds allocators up', () => {
  const events = [change('Allocation', 10, 10, 0), change('Allocation', 700, 600, 1, 'GPU_0_bfc')];
  expect(memoryUse(events)).toEqual({ startBytes: 100, peakBytes: 710, endBytes: 710 });
});

it('says nothing where allocators keep no account', () => {
  const nothing = { startBytes: undefined, peakBytes: undefined, endBytes: undefined };
  expect(memoryUse([])).toEqual(nothing);
  expect(memoryUse([change('Allocation', 0, 0, 0, 'cpu')])).toEqual(nothing);
});
