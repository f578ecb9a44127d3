import type { Participant, Precision } from './benchmark.ts';
import { type Flags, python } from './programs.ts';

const LAYOUTS = ['contiguous', 'channels-last'] as const;
const PRECISIONS: readonly Precision[] = ['float32', 'bfloat16'];
const RUNS = ['eager', 'compile'] as const;

/** PyTorch in all that a user may switch on: memory layout, autocast, `torch.compile`, and their combinations. */
export function pytorchModes(file: string, flags: Flags): Participant[] {
  return RUNS.flatMap((run) =>
    PRECISIONS.flatMap((precision) =>
      LAYOUTS.map((layout): Participant => {
        const words = [
          run === 'eager' ? 'eager' : 'torch.compile',
          ...(layout === 'contiguous' ? [] : [layout]),
          ...(precision === 'float32' ? [] : ['bfloat16']),
        ];
        const program = python(file, { layout, precision, run, ...flags });
        return { name: `PyTorch, ${words.join(', ')}`, side: 'pytorch', precision, program };
      }),
    ),
  );
}

/** How long the arithmetic of a model takes at the speed of a large matrix product, in each precision. */
export function limits(flags: Flags): Participant[] {
  return PRECISIONS.map((precision) => ({
    name: `arithmetic at the speed of a large ${precision} product`,
    side: 'limit',
    precision,
    program: python('limit.py', { precision, ...flags }),
  }));
}
