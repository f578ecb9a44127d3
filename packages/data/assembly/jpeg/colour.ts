// Upsampling of colour differences by triangle filters (libjpeg: jdsample.c) and conversion to RGB (jdcolor.c).
// Loads and stores of whole vectors may reach up to 32 bytes past the data.
// biome-ignore lint/style/useImportType: AssemblyScript has no imports of types
import { Component } from './component.ts';

/** Of {@link paint}; the caller writes the fields, in this order. */
@unmanaged
class Picture {
  luminance: Component;
  blue: Component;
  red: Component;
  /** Pixels that share a colour sample. */
  across: i32;
  down: i32;
  /** Whether the components are red, green and blue already. */
  isRgb: i32;
  /** Room for 4 × (the width of a row of colour samples) + 64 bytes, three times. */
  rows: usize;
  rowBytes: i32;
}

/** Writes the pixels of a rectangle, three bytes each. */
export function paint(address: usize, left: i32, top: i32, width: i32, height: i32, target: usize): void {
  const picture = changetype<Picture>(address);
  const luminance = picture.luminance;
  const blue = picture.blue;
  const red = picture.red;
  const across = picture.across;
  const down = picture.down;
  const firstColour = max(0, (across === 2 ? left >> 1 : left) - 1);
  const offset = left - (firstColour << (across - 1));
  const blueRow = picture.rows;
  const redRow = blueRow + picture.rowBytes;
  const sums = redRow + picture.rowBytes;
  for (let row = 0; row < height; row++) {
    const y = top + row;
    const out = target + row * width * 3;
    const light = luminance.plane + y * (luminance.stride << 3) + left;
    if (across === 1 && down === 1) {
      const place = y * (blue.stride << 3) + left;
      if (picture.isRgb) joinRow(light, blue.plane + place, red.plane + place, width, out);
      else convertRow(light, blue.plane + place, red.plane + place, width, out);
    } else {
      upsampleRow(blue, across, down, y, firstColour, left + width, blueRow, sums);
      upsampleRow(red, across, down, y, firstColour, left + width, redRow, sums);
      if (picture.isRgb) joinRow(light, blueRow + offset, redRow + offset, width, out);
      else convertRow(light, blueRow + offset, redRow + offset, width, out);
    }
  }
}

/** A row of pixels' colour differences, from the colour sample `first` on at least up to the pixel `end`. */
function upsampleRow(
  colour: Component,
  across: i32,
  down: i32,
  y: i32,
  first: i32,
  end: i32,
  target: usize,
  sums: usize,
): void {
  const stride = colour.stride << 3;
  const last = min(colour.width, (across === 2 ? (end + 1) >> 1 : end) + 1);
  const width = last - first;
  const nearRow = down === 2 ? y >> 1 : y;
  const farRow = max(0, min(colour.height - 1, nearRow - 1 + ((y & 1) << 1)));
  const near = colour.plane + nearRow * stride + first;
  const far = colour.plane + farRow * stride + first;
  if (across === 1) mixRows(near, far, width, <i16>(1 + (y & 1)), target);
  else if (down === 1) {
    for (let x = 0; x < width; x += 8) v128.store(sums + 16 + 2 * x, v128.load8x8_u(near + x));
    doubleRow(sums + 16, width, 1, 2, 2, target);
  } else {
    const three = i16x8.splat(3);
    for (let x = 0; x < width; x += 8) {
      const sum = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(far + x));
      v128.store(sums + 16 + 2 * x, sum);
    }
    doubleRow(sums + 16, width, 8, 7, 4, target);
  }
}

/** Three parts of one row and one of the other. */
function mixRows(near: usize, far: usize, width: i32, rounding: i16, target: usize): void {
  const three = i16x8.splat(3);
  for (let x = 0; x < width; x += 8) {
    const sum = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(far + x));
    const words = i16x8.shr_u(i16x8.add(sum, i16x8.splat(rounding)), 2);
    v128.store64_lane(target + x, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

/** Two values from each: three parts of it, and one of its neighbour on either side. */
function doubleRow(sums: usize, width: i32, left: i16, right: i16, shift: i32, target: usize): void {
  store<u16>(sums - 2, load<u16>(sums));
  store<u16>(sums + 2 * width, load<u16>(sums + 2 * width - 2));
  const three = i16x8.splat(3);
  for (let x = 0; x < width; x += 8) {
    const place = sums + 2 * x;
    const own = i16x8.mul(v128.load(place), three);
    const before = i16x8.shr_u(i16x8.add(i16x8.add(own, v128.load(place - 2)), i16x8.splat(left)), shift);
    const after = i16x8.shr_u(i16x8.add(i16x8.add(own, v128.load(place + 2)), i16x8.splat(right)), shift);
    v128.store(target + 2 * x, v128.or(before, i16x8.shl(after, 8)));
  }
}

/**
 * Turns luminance and colour differences into red, green and blue, eight pixels at a time:
 * R = Y + 1.402 Cr, G = Y − 0.34414 Cb − 0.71414 Cr, B = Y + 1.772 Cb, in 16 fractional bits. Whole parts of the factors
 * are added apart, so that the rest fits into 16 bits.
 */
function convertRow(luminance: usize, blue: usize, red: usize, width: i32, target: usize): void {
  const centre = i16x8.splat(128);
  const forRed = i16x8.splat(26345); // 1.402 − 1
  const forBlue = i16x8.splat(-14942); // 1.772 − 2
  const forGreen = i16x8(-22554, 18734, -22554, 18734, -22554, 18734, -22554, 18734); // −0.34414, 1 − 0.71414
  for (let x = 0; x < width; x += 8) {
    const y = v128.load8x8_u(luminance + x);
    const cb = i16x8.sub(v128.load8x8_u(blue + x), centre);
    const cr = i16x8.sub(v128.load8x8_u(red + x), centre);
    const redPart = i16x8.add(
      cr,
      rounded(i32x4.extmul_low_i16x8_s(cr, forRed), i32x4.extmul_high_i16x8_s(cr, forRed)),
    );
    const bluePart = i16x8.add(
      i16x8.shl(cb, 1),
      rounded(i32x4.extmul_low_i16x8_s(cb, forBlue), i32x4.extmul_high_i16x8_s(cb, forBlue)),
    );
    const low = v128.shuffle<i16>(cb, cr, 0, 8, 1, 9, 2, 10, 3, 11);
    const high = v128.shuffle<i16>(cb, cr, 4, 12, 5, 13, 6, 14, 7, 15);
    const greenPart = i16x8.sub(
      rounded(i32x4.dot_i16x8_s(low, forGreen), i32x4.dot_i16x8_s(high, forGreen)),
      cr,
    );
    const redGreen = i8x16.narrow_i16x8_u(i16x8.add(y, redPart), i16x8.add(y, greenPart));
    const b = i16x8.add(y, bluePart);
    storePixels(target + 3 * x, redGreen, i8x16.narrow_i16x8_u(b, b));
  }
}

function rounded(low: v128, high: v128): v128 {
  const half = i32x4.splat(32768);
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 16), i32x4.shr_s(i32x4.add(high, half), 16));
}

function joinRow(red: usize, green: usize, blue: usize, width: i32, target: usize): void {
  for (let x = 0; x < width; x += 8) {
    const redGreen = v128.shuffle<i64>(v128.load64_zero(red + x), v128.load64_zero(green + x), 0, 2);
    storePixels(target + 3 * x, redGreen, v128.load64_zero(blue + x));
  }
}

/** Eight pixels: red in the first half of a vector, green in the second, blue in the other's first half. */
function storePixels(target: usize, redGreen: v128, blue: v128): void {
  v128.store(
    target,
    v128.shuffle<i8>(redGreen, blue, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5),
  );
  const rest = v128.shuffle<i8>(redGreen, blue, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0);
  v128.store64_lane(target, rest, 0, 16);
}

/** Writes the pixels of a rectangle of an image without colours: each sample three times. */
export function paintGrey(address: usize, left: i32, top: i32, width: i32, height: i32, target: usize): void {
  const luminance = changetype<Component>(address);
  for (let row = 0; row < height; row++) {
    const light = luminance.plane + (top + row) * (luminance.stride << 3) + left;
    joinRow(light, light, light, width, target + row * width * 3);
  }
}
