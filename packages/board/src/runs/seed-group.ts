/** `seed` and a number, as a whole name between separators: `seed-1`, `seed_2`, `seed=3`, `seed4`. */
const SEED = /(^|[/_\-. ])(seed[-_= ]?)\d+(?=$|[/_\-. ])/i;

/**
 * The name that runs share which differ in their seed alone: that of the run with `*` in the place of the seed's number.
 *
 * @returns undefined for a run whose name tells no seed
 * @example
 * seedGroup('resnet18-seed-3'); // 'resnet18-seed-*'
 */
export function seedGroup(name: string): string | undefined {
  return SEED.test(name) ? name.replace(SEED, '$1$2*') : undefined;
}
