import { autocast, compile } from '@loopwright/tensorflow';

/** How a function of ours is run. */
export type Mode = 'eager' | 'compiled' | 'autocast';

/** A function: as it is, compiled, or compiled with convolutions and matrix products in bfloat16 where that pays. */
export function inMode<A extends unknown[], R>(mode: Mode, fn: (...args: A) => R): (...args: A) => R {
  switch (mode) {
    case 'eager':
      return fn;
    case 'compiled':
      return compile(fn);
    case 'autocast':
      return compile(autocast(fn, { dtype: 'bfloat16' }));
  }
}
