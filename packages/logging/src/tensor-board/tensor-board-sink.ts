import type { MetricRecord } from '@loopwright/metrics';
import type { FileSink } from '../file-sink.ts';
import type { HistogramInput } from './histogram-values.ts';
import type { HparamInput, HparamResults } from './hparams-values.ts';
import type { ImageInput } from './to-images.ts';

/**
 * The sink that {@link tensorBoard} makes: an rxjs observer for `metrics.subscribe(board)`, with methods for what is no number.
 *
 * Everything is in the file when the call returns. Tensors are borrowed and read, which waits for the device. Names are those
 * of records: the first dot of `train.images` becomes a slash.
 *
 * Its state is the step that was written last. After a load, what earlier sessions have written later is void: TensorBoard
 * leaves it out as soon as the next record is written.
 */
export interface TensorBoardSink extends FileSink {
  /** Writes a record: numbers and booleans as scalars, strings as text. */
  next(record: MetricRecord): void;
  /**
   * How values are distributed: 30 buckets of equal width. Values that are not finite are left out.
   *
   * @throws LoopwrightError if `values` are no numbers
   */
  histogram(name: string, values: HistogramInput, step: number): void;
  /**
   * A histogram of each tensor, in one piece: `board.histograms(namedVariables(model), step)`.
   *
   * @throws LoopwrightError if a value is no tensor and no array
   */
  histograms(tensors: Readonly<Record<string, HistogramInput>>, step: number): void;
  /**
   * A picture, or a batch of them: a PNG file, pixels, or a tensor.
   *
   * @throws LoopwrightError if it is none of these, or its shape does not fit
   */
  image(name: string, image: ImageInput, step: number): void;
  /** A text, which TensorBoard shows as Markdown. */
  text(name: string, text: string, step: number): void;
  /**
   * The options of the run, for the table of the hparams dashboard. TensorBoard keeps what is written first.
   *
   * @param metrics the columns with results: names of curves of this run, or names with their last values, which are written,
   *   too. Without them the table shows every curve
   * @throws LoopwrightError if an option or a value is of no type that can be shown
   */
  hparams(options: Readonly<Record<string, HparamInput>>, metrics?: HparamResults): void;
}
