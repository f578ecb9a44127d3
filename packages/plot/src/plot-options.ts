/** A picture of one or several panels side by side. */
export interface PlotOptions {
  readonly title?: string;
  readonly panels: readonly Panel[];
  /** Panels in a row. Default 3, or as many as there are. */
  readonly columns?: number;
  /** Pixels of one panel. Default 480 by 340. */
  readonly width?: number;
  readonly height?: number;
  /** What the names inside the picture begin with: a different one for each picture that stands in one page. Default `panel`. */
  readonly id?: string;
}

export type Panel = CurvesPanel | BarsPanel;

/** Lines over a common x axis. */
export interface CurvesPanel {
  readonly kind?: 'curves';
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Default `linear`. On a `log` axis values that are not positive leave gaps. */
  readonly yScale?: 'linear' | 'log';
  readonly series: readonly CurveSeries[];
}

/** One line. A point of which x or y is not finite leaves a gap. */
export interface CurveSeries {
  /** Shown in the legend; unique within its panel. */
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** An area behind the line, for example the mean less and plus the standard deviation. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
  readonly style?: CurveStyle;
}

export interface CurveStyle {
  /** A colour name of CSS, or `#rrggbb`. Default the next one of a palette that colour-blind readers can tell apart. */
  readonly color?: string;
  readonly line?: 'solid' | 'dashed' | 'dotted';
  /** Pixels. Default 2. */
  readonly width?: number;
}

/** One bar for each label, with its mean above it and its standard deviation as an error bar. */
export interface BarsPanel {
  readonly kind: 'bars';
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Where the axis starts; what is below is cut off. Default 0, or lower for negative values. */
  readonly yMin?: number;
  readonly labels: readonly string[];
  readonly means: ArrayLike<number>;
  readonly stds?: ArrayLike<number>;
}
