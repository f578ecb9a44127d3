/** What a strict consumer of the built package writes; checked by `npm run types`, never run. */
import type { Schedule } from '@loopwright/core';
import {
  absolute,
  ChainedScheduler,
  CosineAnnealingLR,
  LinearLR,
  type LRScheduler,
  OneCycleLR,
  oneCycle,
  preview,
  ReduceLROnPlateau,
  type SchedulableOptimizer,
  ScheduleLR,
  SequentialLR,
  sequential,
} from '@loopwright/schedulers';
import { train } from '@tensorflow/tfjs-core';

const optimizer = { paramGroups: [{ learningRate: 0.1, momentum: 0.9 }] };
const parts = [new LinearLR(optimizer), new CosineAnnealingLR(optimizer, { tMax: 10 })];
const sequence = new SequentialLR(optimizer, { schedulers: parts, milestones: [5] });
const any: LRScheduler[] = [sequence, new ChainedScheduler(parts), new ReduceLROnPlateau(optimizer)];
for (const scheduler of any) scheduler.step(0.5);
const rates: number[] = sequence.getLastLr();
sequence.loadStateDict(sequence.stateDict());

const stock = [train.sgd(1), train.momentum(1, 0.9), train.rmsprop(1), train.adam(1), train.adamax(1)];
for (const one of stock) new OneCycleLR(one, { maxLr: [1], totalSteps: 5, cycleMomentum: false });

const schedule: Schedule = sequential({ schedules: [oneCycle({ maxLr: 1, totalSteps: 3 })], milestones: [] });
const values: number[] = [...rates, ...preview(schedule, 3)];

/** A scheduler of a consumer's own. */
class HalvingLR extends ScheduleLR<{ readonly every?: number }, { readonly every: number }> {
  constructor(of: SchedulableOptimizer, options: { readonly every?: number } = {}) {
    super(of, options, {
      name: 'HalvingLR',
      read: (check, { every = 1 }) => ({ every: check.positiveInteger('every', every) }),
      motion: ({ every }, { baseLr }) => absolute((step) => baseLr * 0.5 ** Math.floor(step / every)),
    });
  }
}
new HalvingLR(optimizer, { every: values.length }).step();

// @ts-expect-error options are in camelCase
new CosineAnnealingLR(optimizer, { T_max: 10 });
// @ts-expect-error a scheduler that needs a metric cannot be part of another
new ChainedScheduler([new ReduceLROnPlateau(optimizer)]);
// @ts-expect-error there is no such strategy
new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 5, annealStrategy: 'cosine' });
