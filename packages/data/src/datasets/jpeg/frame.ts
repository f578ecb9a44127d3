import { refuse } from './refuse.ts';
import { word } from './segments.ts';

/** A component: luminance, or a colour difference. */
export interface FrameComponent {
  readonly id: number;
  /** Blocks in an MCU. */
  readonly across: number;
  readonly down: number;
  /** Number of its quantization table. */
  readonly quantization: number;
  /** In samples. */
  readonly width: number;
  readonly height: number;
}

/** What the start of a frame (SOF) says. */
export interface Frame {
  readonly isProgressive: boolean;
  readonly height: number;
  readonly width: number;
  readonly components: readonly FrameComponent[];
  /** Pixels that share a colour sample. */
  readonly across: number;
  readonly down: number;
  readonly mcusWide: number;
  readonly mcusHigh: number;
}

/** Larger images gain little, and their coefficients would stay reserved. */
const MOST_PIXELS = 1 << 22;
const MOST_BLOCKS_IN_MCU = 10;

/** Reads a SOF segment: 8 bits, one component or three, of which colours have all, half or a quarter of the samples. */
export function readFrame(segment: Uint8Array, isProgressive: boolean): Frame {
  const height = word(segment, 1);
  const width = word(segment, 3);
  const count = segment[5];
  if (segment[0] !== 8 || (count !== 1 && count !== 3)) refuse('precision or components');
  if (segment.length !== 6 + 3 * count) refuse('frame header');
  if (height === 0 || width === 0 || height * width > MOST_PIXELS) refuse('size');
  const factors = Array.from({ length: count }, (_, i) => {
    const [id, sampling, quantization] = [6, 7, 8].map((at) => segment[at + 3 * i] as number) as Triple;
    if (![sampling >> 4, sampling & 15].every((factor) => factor >= 1 && factor <= 4)) refuse('sampling');
    // A single component's blocks follow one another, whatever its factors are.
    const [across, down] = count === 1 ? [1, 1] : [sampling >> 4, sampling & 15];
    return { id, across, down, quantization };
  });
  const [luminance = ONE_BLOCK, blue, red] = factors as readonly Sampling[];
  const { across, down } = ratios(luminance, blue, red);
  const blocks = factors.reduce((sum, one) => sum + one.across * one.down, 0);
  if (blocks > MOST_BLOCKS_IN_MCU || factors.some(({ quantization }) => quantization > 3))
    refuse('components');
  const components = factors.map((one) => ({
    ...one,
    width: Math.ceil((width * one.across) / luminance.across),
    height: Math.ceil((height * one.down) / luminance.down),
  }));
  // The filter that doubles rows needs three samples.
  if (across === 2 && (components[1]?.width ?? 0) < 3) refuse('size');
  const mcusWide = Math.ceil(width / (8 * luminance.across));
  const mcusHigh = Math.ceil(height / (8 * luminance.down));
  return { isProgressive, height, width, components, across, down, mcusWide, mcusHigh };
}

type Triple = [id: number, sampling: number, quantization: number];
type Sampling = Pick<FrameComponent, 'across' | 'down'>;
const ONE_BLOCK: Sampling = { across: 1, down: 1 };

function ratios(luminance: Sampling, blue = luminance, red = blue): Sampling {
  const across = luminance.across / blue.across;
  const down = luminance.down / blue.down;
  const isUsual = [across, down].every((ratio) => ratio === 1 || ratio === 2);
  if (!isUsual || red.across !== blue.across || red.down !== blue.down) refuse('sampling');
  return { across, down };
}
