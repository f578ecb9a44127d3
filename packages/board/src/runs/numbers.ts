/** A list of numbers that grows at its end: 4 bytes each as long as float32 holds all of them exactly, 8 from then on. */
export class Numbers {
  private cells: Float32Array | Float64Array = new Float32Array(16);
  private used = 0;

  get length(): number {
    return this.used;
  }

  push(value: number): void {
    if (this.used === this.cells.length) this.cells = copyInto(this.cells, this.cells.length * 1.5);
    this.cells[this.used] = value;
    if (this.cells[this.used] !== value && !Number.isNaN(value)) this.widen(value);
    this.used += 1;
  }

  at(index: number): number {
    return this.cells[index] as number;
  }

  /** The last number; minus infinity if there is none. */
  get last(): number {
    return this.used === 0 ? Number.NEGATIVE_INFINITY : this.at(this.used - 1);
  }

  /** Forgets all but the first `length`. */
  truncate(length: number): void {
    this.used = Math.min(this.used, length);
  }

  /** All of them, valid until the next change; not to be written to. */
  view(): Float32Array | Float64Array {
    return this.cells.subarray(0, this.used);
  }

  private widen(value: number): void {
    const wide = new Float64Array(this.cells.length);
    wide.set(this.cells);
    wide[this.used] = value;
    this.cells = wide;
  }
}

function copyInto<T extends Float32Array | Float64Array>(cells: T, length: number): T {
  const larger = new (cells.constructor as new (length: number) => T)(Math.ceil(length));
  larger.set(cells);
  return larger;
}

/** The first index whose number is not below `bound`, in an ascending list. */
export function lowerBound(numbers: ArrayLike<number>, bound: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
