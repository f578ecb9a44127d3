/** The palette of M. Okabe and K. Ito, which colour-blind readers can tell apart, and for dark ground the same hues lighter. */
const PALETTES = {
  light: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#2f9fd8', '#7a5cb8', '#a8443c'],
  dark: ['#5aa9e6', '#ff8f4a', '#3ec9a0', '#e6a0c8', '#f0c04a', '#8ed1f7', '#b49cf0', '#ef8078'],
} as const;

/** Hues a golden angle apart: however many there are, neighbours differ. */
const GOLDEN_ANGLE = 137.508;

/** The colour of the run that was found as the `order`th. */
export function runColour(order: number, theme: 'light' | 'dark'): string {
  const palette = PALETTES[theme];
  const known = palette[order];
  if (known !== undefined) return known;
  const [saturation, lightness] = theme === 'light' ? [62, 42] : [62, 66];
  // ECharts reads hsl only with commas.
  return `hsl(${((order * GOLDEN_ANGLE) % 360).toFixed(1)},${saturation}%,${lightness - 8 * (order % 2)}%)`;
}
