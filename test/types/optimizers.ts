/** Groups of parameters as a strict consumer writes them: their predicates need no types. Never run. */
import { AdamW, JointOptimizer, Muon } from '@loopwright/optimizers';
import { tf } from '@loopwright/tensorflow';

declare const model: tf.LayersModel;
const muon = new Muon(
  [{ name: 'hidden', params: model, select: (name, { rank }) => rank > 1 && !name.startsWith('head/') }],
  { learningRate: 0.02, nsSteps: 5 },
);
const others = new AdamW([
  { name: 'others', params: model, select: (name, { rank }) => rank <= 1 || name.startsWith('head/') },
]);
const optimizer = new JointOptimizer([muon, others]);
const loss: tf.Scalar = optimizer.minimize(() => tf.scalar(0));
loss.dispose();

// @ts-expect-error: Muon has no beta1
new Muon(model, { beta1: 0.9 });
// @ts-expect-error: a name is no number
new AdamW([{ name: 'others', params: model, select: (name) => name > 1 }]);
