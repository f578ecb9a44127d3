/**
 * An update of the average of ResNet-18's weights; buffers are copied, as PyTorch's default does.
 * @packageDocumentation
 */
import { AveragedModel } from '@loopwright/averaging';
import { readFlags } from './flags.ts';
import { measure } from './measure.ts';
import { inMode, type Mode } from './modes.ts';
import { makeModel, trainableWeights } from './subjects.ts';

const { average, mode, seconds } = readFlags({
  average: 'swa' as 'swa' | 'ema',
  mode: 'eager' as Mode,
  seconds: 5,
});
const model = makeModel('resnet18', 32);
const averaged = new AveragedModel(model, { average: average === 'swa' ? 'swa' : { ema: 0.999 } });
const update = inMode(mode, () => averaged.updateParameters());
const step = (): undefined => {
  update();
};
await measure({ step, seconds, weights: trainableWeights(model) });
