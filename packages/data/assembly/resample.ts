// The inner loops of resampling, in AssemblyScript: see build.ts. All addresses are bytes in the module's memory.
// Weights are fixed-point integers of PRECISION fractional bits; loads and stores of whole vectors may reach up to
// 16 bytes past the data, which the caller leaves room for.

const PRECISION: i32 = 22;
const HALF: i32 = 1 << (PRECISION - 1);

/**
 * Resamples each row of pixels. Target pixel c is the sum of `taps` source pixels from `starts[c]` on, weighted by the
 * `taps` weights that follow one another at `weights`.
 */
export function resampleRows(
  source: usize,
  stride: i32,
  rows: i32,
  channels: i32,
  starts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  target: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const line = source + row * stride;
    const written = target + row * width * channels;
    if (channels === 3) colourRow(line, starts, weights, taps, width, written);
    else anyRow(line, channels, starts, weights, taps, width, written);
  }
}

/** The three channels of a pixel are summed in one vector; its fourth lane is the next pixel's and is overwritten. */
function colourRow(line: usize, starts: usize, weights: usize, taps: i32, width: i32, target: usize): void {
  let weight = weights;
  let written = target;
  for (let column = 0; column < width; column++) {
    let at = line + <usize>load<i32>(starts + (column << 2)) * 3;
    let sum = i32x4.splat(HALF);
    for (let tap = 0; tap < taps; tap++) {
      const pixel = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
      sum = i32x4.add(sum, i32x4.mul(pixel, v128.load32_splat(weight)));
      at += 3;
      weight += 4;
    }
    const words = narrow(sum, sum);
    v128.store32_lane(written, i8x16.narrow_i16x8_u(words, words), 0);
    written += 3;
  }
}

function anyRow(
  line: usize,
  channels: i32,
  starts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  target: usize,
): void {
  let written = target;
  for (let column = 0; column < width; column++) {
    const first = line + <usize>(load<i32>(starts + (column << 2)) * channels);
    const weight = weights + ((column * taps) << 2);
    for (let channel = 0; channel < channels; channel++) {
      let sum = HALF;
      for (let tap = 0; tap < taps; tap++) {
        sum += <i32>load<u8>(first + tap * channels + channel) * load<i32>(weight + (tap << 2));
      }
      store<u8>(written++, <u8>max(0, min(255, sum >> PRECISION)));
    }
  }
}

/** Resamples each column of rows of `width` bytes, sixteen columns at a time. */
export function resampleColumns(
  source: usize,
  stride: i32,
  starts: usize,
  weights: usize,
  taps: i32,
  rows: i32,
  width: i32,
  target: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const first = source + <usize>(load<i32>(starts + (row << 2)) * stride);
    const weight = weights + ((row * taps) << 2);
    const written = target + row * width;
    for (let column = 0; column < width; column += 16) {
      let a = i32x4.splat(HALF);
      let b = a;
      let c = a;
      let d = a;
      let at = first + column;
      for (let tap = 0; tap < taps; tap++) {
        const factor = v128.load32_splat(weight + (tap << 2));
        const bytes = v128.load(at);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), factor));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), factor));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), factor));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), factor));
        at += stride;
      }
      v128.store(written + column, i8x16.narrow_i16x8_u(narrow(a, b), narrow(c, d)));
    }
  }
}

/** Drops the fractional bits; both narrowings clamp. */
function narrow(low: v128, high: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, PRECISION), i32x4.shr_s(high, PRECISION));
}
