import { defineBenchmark, type Participant } from '../harness/benchmark.ts';
import { count, oneOf } from '../harness/options.ts';
import { limits, pytorchModes } from '../harness/participants.ts';
import { type Flags, typescript, withoutAcceleration } from '../harness/programs.ts';

export default defineBenchmark({
  summary: 'a training step: forward, cross-entropy, gradients, AdamW',
  options: {
    model: oneOf('resnet18', 'xresnet18', 'xresnet18-mish', 'smallnet'),
    size: count(32),
    batch: count(128),
  },
  cases: ({ seconds, ...work }) => [
    {
      title: `Training step, ${work.model}, ${work.size}², batch ${work.batch}`,
      items: { name: 'images', perStep: work.batch },
      participants: [
        ...ours({ ...work, seconds }),
        ...pytorchModes('step.py', { ...work, seconds }),
        ...limits({ ...work, work: 'training', seconds }),
      ],
    },
  ],
});

function ours(flags: Flags): Participant[] {
  const inMode = (mode: string, env?: typeof withoutAcceleration) =>
    typescript('step.ts', { mode, ...flags }, env);
  return [
    { name: 'stock tfjs-node', side: 'stock', program: inMode('stock', withoutAcceleration) },
    { name: 'ours, eager', side: 'ours', program: inMode('eager') },
    { name: 'ours, compiled', side: 'ours', program: inMode('compiled') },
    { name: 'ours, compiled, autocast', side: 'ours', precision: 'bfloat16', program: inMode('autocast') },
  ];
}
