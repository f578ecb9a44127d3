import { ScanMode } from './kernel.ts';
import { refuse } from './refuse.ts';

/** Which coefficients a scan has, from `first` to `last` of the zigzag, and which of their bits. */
export interface Band {
  readonly first: number;
  readonly last: number;
  /** The lowest bit that was there before; 0 if there was none. */
  readonly high: number;
  /** The lowest bit of the scan. */
  readonly low: number;
}

const LARGEST_LOW = 13;
const NOTHING = -1;

/**
 * Which bits of a component's coefficients have been read: of each, the lowest one. Scans that do not follow one
 * another as they should are refused; other decoders make something of them, and fill in what is missing.
 */
export class Progression {
  private readonly lowest = new Int8Array(64).fill(NOTHING);

  /** Notes a scan of the component, and says how it is to be read. */
  begin({ first, last, high, low }: Band, isProgressive: boolean): ScanMode {
    const { lowest } = this;
    if (!isProgressive) {
      if (first !== 0 || last !== 63 || high !== 0 || low !== 0 || lowest[0] !== NOTHING) refuse('scan');
      lowest.fill(0);
      return ScanMode.sequential;
    }
    const isDc = first === 0;
    const isFirst = high === 0;
    if (isDc ? last !== 0 : last < first || last > 63 || lowest[0] === NOTHING) refuse('scan');
    if (low > LARGEST_LOW || (!isFirst && high !== low + 1)) refuse('scan');
    const before = isFirst ? NOTHING : high;
    for (let k = first; k <= last; k++) {
      if (lowest[k] !== before) refuse('scan');
      lowest[k] = low;
    }
    if (isDc) return isFirst ? ScanMode.dcFirst : ScanMode.dcRefine;
    return isFirst ? ScanMode.acFirst : ScanMode.acRefine;
  }

  /** Whether no scan has had the component. */
  get isNew(): boolean {
    return this.lowest[0] === NOTHING;
  }

  /** Whether every coefficient is there, to the last bit. */
  get isComplete(): boolean {
    return this.lowest.every((bit) => bit === 0);
  }
}
