/** A learning rate that a curve suggests, or why it suggests none. */
export type Suggestion =
  | {
      readonly lr: number;
      /** The step of the test whose point it was read from. */
      readonly step: number;
      readonly reason: undefined;
    }
  | { readonly lr: undefined; readonly step: undefined; readonly reason: string };

/** What a suggestion is read from: the smoothed losses of a range test. */
export interface CurvePoint {
  readonly step: number;
  readonly lr: number;
  readonly smoothed: number;
}

/** The suggestion of a rate, read from a point. */
export function suggestion(lr: number, { step }: CurvePoint): Suggestion {
  return { lr, step, reason: undefined };
}

/** No suggestion, and why. */
export function noSuggestion(reason: string): Suggestion {
  return { lr: undefined, step: undefined, reason };
}
