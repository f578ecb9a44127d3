import { runColour } from '../view/colours.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Light or dark, as the system wants it. */
export function theme(): 'light' | 'dark' {
  return dark.matches ? 'dark' : 'light';
}

/** Calls when the system changes between light and dark. */
export function onThemeChange(listener: () => void): void {
  dark.addEventListener('change', listener);
}

/** A colour of the style sheet. */
export function styleColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colour of a run. */
export function colourOf({ order }: { readonly order: number }): string {
  return runColour(order, theme());
}
