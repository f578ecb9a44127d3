import { defineBenchmark, type Participant } from '../harness/benchmark.ts';
import { python, typescript, withoutAcceleration } from '../harness/programs.ts';

/** Our names, what stock TensorFlow.js has of the kind, and PyTorch's implementations. */
const OPTIMIZERS = [
  ['AdamW', 'adam', ['for-loop', 'foreach', 'fused']],
  ['Adam', 'adam', ['for-loop', 'foreach', 'fused']],
  ['SGD', 'momentum', ['for-loop', 'foreach', 'fused']],
  ['RMSprop', 'rmsprop', ['for-loop', 'foreach']],
] as const;

export default defineBenchmark({
  summary: "an optimizer alone, on ResNet-18's 11.2 million weights",
  options: {},
  cases: ({ seconds }) =>
    OPTIMIZERS.map(([title, stock, implementations]) => {
      const optimizer = title.toLowerCase();
      const ours = (mode: string, env?: typeof withoutAcceleration) =>
        typescript('optimizer.ts', { optimizer, mode, seconds }, env);
      return {
        title: `${title} on ResNet-18's 62 tensors, 11.2 M weights`,
        participants: [
          { name: `stock tf.train.${stock}`, side: 'stock', program: ours('stock', withoutAcceleration) },
          { name: 'ours, portable', side: 'ours', program: ours('eager', withoutAcceleration) },
          { name: 'ours, eager', side: 'ours', program: ours('eager') },
          { name: 'ours, compiled', side: 'ours', program: ours('compiled') },
          ...implementations.map(
            (implementation): Participant => ({
              name: `PyTorch, ${implementation}`,
              side: 'pytorch',
              program: python('optimizer.py', { optimizer, implementation, seconds }),
            }),
          ),
        ],
      };
    }),
});
