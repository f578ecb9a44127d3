/** A component of the frame: luminance or a colour difference. The caller writes the fields, in this order. */
@unmanaged
export class Component {
  /** Blocks of 64 16-bit coefficients, row after row; a row has `stride` of them. */
  coefficients: usize;
  /** 64 bits a block: which coefficients, in zigzag order, may differ from zero. */
  masks: usize;
  stride: i32;
  /** Blocks in an MCU. */
  across: i32;
  down: i32;
  /** 64 16-bit quantization factors, in natural order. */
  factors: usize;
  /** Samples; a row has 8 × `stride` of them. */
  plane: usize;
  /** Samples that the image has. */
  width: i32;
  height: i32;
  dcTable: usize;
  acTable: usize;
  prediction: i32;
}
