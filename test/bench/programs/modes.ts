import * as engine from '@loopwright/tensorflow';

type Tensors = engine.tf.Tensor[];

/** How a function of ours is run. */
export type Mode = 'eager' | 'compiled' | 'autocast';

interface Wrappers {
  compile<A extends Tensors, R>(fn: (...tensors: A) => R): (...tensors: A) => R;
  autocast<A extends Tensors, R>(
    fn: (...tensors: A) => R,
    options: { dtype: 'bfloat16' },
  ): (...tensors: A) => R;
}

/** A function, as it is, compiled, or compiled with convolutions and products in bfloat16. */
export function inMode<A extends Tensors, R>(mode: Mode, fn: (...tensors: A) => R): (...tensors: A) => R {
  const { compile, autocast } = engine as unknown as Partial<Wrappers>;
  if (mode === 'eager') return fn;
  if (compile === undefined) throw new Error('compile is not available');
  if (mode === 'compiled') return compile(fn);
  if (autocast === undefined) throw new Error('autocast is not available');
  return compile(autocast(fn, { dtype: 'bfloat16' }));
}
