import { expect, it } from 'vitest';
import { primitivesAreLogged, readPrimitiveLog } from './primitive-log.ts';

// As oneDNN 3.7 prints it.
const convolution =
  'onednn_verbose,v1,primitive,exec,cpu,convolution,jit:avx512_core,backward_weights,src:f32::blocked:acdb::f0 ' +
  'wei:f32:a:blocked:ABcd16b16a::f0 bia:undef::undef::: dst:f32::blocked:acdb::f0,,alg:convolution_direct,' +
  'mb32_ic16oc32_ih32oh32kh3sh1dh0ph1_iw32ow32kw3sw1dw0pw1,5.04199\n';

it('takes oneDNN’s lines out of what was printed, and keeps everybody else’s', () => {
  const output = `hello\nonednn_verbose,v1,info,cpu,runtime:threadpool,nthr:2\n${convolution}world`;
  expect(readPrimitiveLog(output)).toEqual({
    runs: [
      {
        kind: 'convolution',
        implementation: 'jit:avx512_core',
        direction: 'backward_weights',
        problem: 'mb32_ic16oc32_ih32oh32kh3sh1dh0ph1_iw32ow32kw3sw1dw0pw1',
        milliseconds: 5.04199,
      },
    ],
    rest: 'hello\nworld',
  });
});

it('reads lines with a time stamp or without a version', () => {
  const stamped = convolution.replace('v1,', 'v1,1764000000.123,');
  const older = convolution.replace('v1,', '');
  for (const line of [stamped, older]) expect(readPrimitiveLog(line).runs).toHaveLength(1);
  expect(readPrimitiveLog(convolution.replace('exec', 'create:cache_hit')).runs).toEqual([]);
});

it('goes by the variables that oneDNN reads', () => {
  expect(primitivesAreLogged({})).toBe(false);
  for (const off of ['0', 'none', '']) expect(primitivesAreLogged({ ONEDNN_VERBOSE: off })).toBe(false);
  expect(primitivesAreLogged({ ONEDNN_VERBOSE: 'profile_exec' })).toBe(true);
  expect(primitivesAreLogged({ DNNL_VERBOSE: '1' })).toBe(true);
});
