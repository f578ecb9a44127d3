import { defineBenchmark, type Participant } from '../harness/benchmark.ts';
import { python, typescript, withoutAcceleration } from '../harness/programs.ts';

export default defineBenchmark({
  summary: 'an update of averaged weights, SWA and EMA',
  options: {},
  cases: ({ seconds }) =>
    (['swa', 'ema'] as const).map((average) => {
      const ours = (mode: string, env?: typeof withoutAcceleration) =>
        typescript('averaging.ts', { average, mode, seconds }, env);
      const theirs = (name: string, implementation: string): Participant => ({
        name: `PyTorch, ${name}`,
        side: 'pytorch',
        program: python('averaging.py', { average, function: implementation, seconds }),
      });
      return {
        title: `${average.toUpperCase()} update of ResNet-18, 11.2 M weights`,
        participants: [
          { name: 'ours, portable', side: 'ours', program: ours('eager', withoutAcceleration) },
          { name: 'ours, eager', side: 'ours', program: ours('eager') },
          { name: 'ours, compiled', side: 'ours', program: ours('compiled') },
          theirs(average === 'swa' ? 'AveragedModel(model)' : 'get_ema_avg_fn', 'default'),
          theirs(`get_${average}_multi_avg_fn`, 'multi'),
        ],
      };
    }),
});
