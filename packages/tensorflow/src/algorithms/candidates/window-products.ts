import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { isDilated, lengthOf } from '../geometry.ts';
import type { NativeOps, NativeTensor } from '../native-ops.ts';
import { addUpTaps, areaOf, gradientAt, pixelsOf, tapsOf, type Window, windowsOf } from '../windows.ts';

/** More products than these cost more in calls than they gain: with hardly any zeros to leave out, and with many. */
const FEW_POSITIONS = 4;
const MOST_POSITIONS = 16;

/**
 * One matrix product for each output position, of what its window sees without the padding's zeros: on a 2×2 map 16 of
 * a 3×3 filter's 36 blocks, on a 1×1 map its centre alone. Gradients add up what the positions give.
 */
export const windowProducts: Candidate<ConvolutionCall> = {
  name: 'windows',
  applies(call) {
    const windows = windowsOf(call);
    const areas = windows.map(areaOf);
    const seen = areas.reduce((sum, area) => sum + area, 0);
    const all = windows.length * call.filter[0] * call.filter[1];
    const most = seen < 0.9 * all ? MOST_POSITIONS : FEW_POSITIONS;
    return windows.length <= most && !isDilated(call) && !areas.includes(0);
  },
  run(ops, call, [first, second]) {
    const windows = windowsOf(call);
    switch (call.operation) {
      case 'Conv2D': {
        const pixels = windows.map((window) =>
          ops.matMul(pixelsOf(ops, call, window, first), tapsOf(ops, call, window, second)),
        );
        return ops.reshape(ops.concat(pixels, 1), call.output);
      }
      case 'Conv2DBackpropInput': {
        const images = windows.map((window) => {
          const gradient = gradientAt(ops, call, window, second);
          const pixels = ops.matMul(gradient, tapsOf(ops, call, window, first), { transposeB: true });
          return intoImage(ops, call, window, pixels);
        });
        return ops.sum(images);
      }
      case 'Conv2DBackpropFilter': {
        const [, , inputs, outputs] = call.filter;
        const taps = new Map(
          windows.map((window) => {
            const pixels = pixelsOf(ops, call, window, first);
            const gradient = gradientAt(ops, call, window, second);
            return [window, ops.matMul(pixels, gradient, { transposeA: true })];
          }),
        );
        return addUpTaps(ops, call, windows, (window, pixel) =>
          ops.slice(taps.get(window) as NativeTensor, [pixel * inputs, 0], [inputs, outputs]),
        );
      }
    }
  },
};

/** An image of zeros but for what a window sees. */
function intoImage(
  ops: NativeOps,
  call: ConvolutionCall,
  { rows, columns }: Window,
  pixels: NativeTensor,
): NativeTensor {
  const [batch, height, width, channels] = call.input;
  const window = ops.reshape(pixels, [batch, lengthOf(rows), lengthOf(columns), channels]);
  return ops.padImages(window, {
    top: rows.start,
    bottom: height - rows.end,
    left: columns.start,
    right: width - columns.end,
  });
}
