/** How far a slider goes. */
export const SLIDER_END = 100;
/** Down to this share of the newest value: a weight of 0.999 for the past. */
const LEAST_SHARE = 1e-3;

/** The weight of the past at a place of the slider: each step to the right averages over a factor more. */
export function weightAt(slider: number): number {
  const share = LEAST_SHARE ** (slider / SLIDER_END);
  return slider <= 0 ? 0 : Number((1 - share).toFixed(4));
}

/** The place of the slider for a weight. */
export function sliderAt(weight: number): number {
  return weight <= 0
    ? 0
    : Math.min(SLIDER_END, Math.round((SLIDER_END * Math.log(1 - weight)) / Math.log(LEAST_SHARE)));
}
