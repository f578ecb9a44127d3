import { expect, it } from 'vitest';
import { dispatches, opRuns } from './op-runs.ts';

const event = (name: string, start = 0) => ({ thread: 3, name, start, milliseconds: 2 });
const kernel = (name: string) => opRuns([event(name)])[0];

it('reads the tracer’s names for kernels, eager and inside functions', () => {
  expect(opRuns([event('Relu:Relu', 1)])).toEqual([
    { thread: 3, op: 'Relu', oneDnn: false, shapes: undefined, start: 1, end: 3 },
  ]);
  expect(kernel('while/body/n8_Mean:Mean#shape=(float[32,4];int32[2])#')).toMatchObject({
    op: 'Mean',
    shapes: '[32,4] int32[2]',
  });
});

it('tells oneDNN’s kernels from TensorFlow’s own, under one name', () => {
  expect(kernel('n3_Conv2D:_MklNativeConv2D')).toMatchObject({ op: 'Conv2D', oneDnn: true });
  expect(kernel('n3:_MklNativeFusedConv2D#shape=(float[])#')).toMatchObject({
    op: 'FusedConv2D',
    oneDnn: true,
  });
  expect(kernel('n3_Conv2D:Conv2D')).toMatchObject({ op: 'Conv2D', oneDnn: false });
});

it('leaves out what is no op', () => {
  const others = [
    'ExecutorState::Process#id=-6289,iter_num=0#',
    'EagerExecute#eager_op=Conv2D,is_func=0#',
    'EagerLocalExecute: Conv2D',
    'KernelAndDeviceFunc::Run',
    'MemoryAllocation#allocator_name=mklcpu,tf_op=n1:Mul,shape=[2]#',
    'arg0:_Arg',
    'n8_RetVal:_Retval#shape=(float[])#',
  ];
  expect(opRuns(others.map((name) => event(name)))).toEqual([]);
});

it('finds the calls from JavaScript, in their order', () => {
  const calls = ['EagerExecute#eager_op=B,is_func=0#', 'Relu:Relu', 'EagerExecute#eager_op=A,is_func=1#'];
  expect(dispatches(calls.map((name, i) => event(name, 5 - i)))).toEqual([
    { start: 3, end: 5 },
    { start: 5, end: 7 },
  ]);
});
