import { readFileSync } from 'node:fs';
import { crossEntropy } from '@loopwright/losses';
import { SGD } from '@loopwright/optimizers';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

interface Run {
  readonly logits: number[][];
  readonly gradients: Record<string, number>;
  readonly losses: number[];
}
interface Golden {
  readonly cases: {
    readonly batch: number;
    readonly batches: number;
    readonly learningRate: number;
    readonly momentum: number;
    readonly weights: Record<string, { readonly shape: number[]; readonly values: number[] }>;
    readonly images: number[];
    readonly labels: number[];
    readonly float32: Run;
    readonly bfloat16: Run;
  };
}
type Step = (images: tf.Tensor4D, labels: tf.Tensor1D) => { loss: tf.Scalar; logits: tf.Tensor2D };

const { cases }: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));
/** On other backends autocast is the function itself. */
const native = tf.getBackend() === 'tensorflow';
const { autocast, batchNorm, compile } = native
  ? await import('@loopwright/tensorflow')
  : ({} as typeof import('@loopwright/tensorflow'));

/** PyTorch's weights as variables: filters as [height, width, input, output], matrices as [input, output]. */
function loadWeights(): Record<string, tf.Variable> {
  return tf.tidy(() => {
    const entries = Object.entries(cases.weights).map(([name, { shape, values }]) => {
      const torch = tf.tensor(values, shape);
      const value =
        torch.rank === 4 ? tf.transpose(torch, [2, 3, 1, 0]) : torch.rank === 2 ? tf.transpose(torch) : torch;
      return [name, tf.variable(value)];
    });
    return Object.fromEntries(entries);
  });
}

function forward(w: Record<string, tf.Variable>, images: tf.Tensor4D): tf.Tensor2D {
  const weight = (name: string) => w[name] as tf.Tensor as tf.Tensor4D;
  const convolve = (x: tf.Tensor, name: string) =>
    tf.conv2d(x as tf.Tensor4D, weight(`${name}.weight`), 1, 'same');
  const normalize = (x: tf.Tensor, name: string) =>
    batchNorm(x, { training: true, scale: weight(`${name}.weight`), offset: weight(`${name}.bias`) });
  let x: tf.Tensor = tf.relu(normalize(convolve(images, '0'), '1'));
  x = tf.relu(tf.add(convolve(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), '4'), weight('4.bias')));
  x = tf.mean(tf.relu(normalize(convolve(x, '6'), '7')), [1, 2]);
  return tf.add(
    tf.matMul(x as tf.Tensor2D, weight('11.weight') as tf.Tensor as tf.Tensor2D),
    weight('11.bias'),
  );
}

/** The step that every run takes; `wrap` is how the user's step is wrapped. */
function train(wrap: (step: Step) => Step & { dispose?(): void }): Run {
  const weights = loadWeights();
  const names = Object.keys(weights);
  const { learningRate, momentum, batch, batches } = cases;
  const optimizer = new SGD(weights, { learningRate, momentum });
  const norms = tf.tidy(() =>
    Object.fromEntries(names.map((name) => [name, tf.variable(tf.scalar(0), false)])),
  );
  const step = wrap((images, labels) => {
    let logits: tf.Tensor2D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      logits = forward(weights, images);
      tf.keep(logits);
      return crossEntropy(logits, labels) as tf.Scalar;
    }, Object.values(weights));
    for (const name of names) {
      norms[name]?.assign(tf.norm(grads[(weights[name] as tf.Variable).name] as tf.Tensor) as tf.Scalar);
    }
    optimizer.step(
      Object.fromEntries(
        names.map((name) => [name, grads[(weights[name] as tf.Variable).name] as tf.Tensor]),
      ),
    );
    return { loss: value, logits: logits as tf.Tensor2D };
  });
  const run = { logits: [] as number[][], gradients: {} as Record<string, number>, losses: [] as number[] };
  for (let index = 0; index < cases.float32.losses.length; index++) {
    const start = (index % batches) * batch;
    const images = tf.tensor4d(
      cases.images.slice(start * 64, (start + batch) * 64).map((x) => x / 16),
      [batch, 8, 8, 1],
    );
    const labels = tf.tensor1d(cases.labels.slice(start, start + batch), 'int32');
    const { loss, logits } = tf.tidy(() => step(images, labels));
    if (index === 0) {
      run.logits = logits.arraySync();
      for (const name of names) run.gradients[name] = norms[name]?.dataSync()[0] as number;
    }
    run.losses.push(loss.dataSync()[0] as number);
    tf.dispose([images, labels, loss, logits]);
  }
  step.dispose?.();
  optimizer.dispose();
  tf.dispose([weights, norms]);
  return run;
}

const reduced = (step: Step): Step => autocast(step, { dtype: 'bfloat16', force: true });
const modes: [string, 'float32' | 'bfloat16', (step: Step) => Step & { dispose?(): void }][] = [
  ['without autocast', 'float32', (step) => step],
  ['under autocast', 'bfloat16', reduced],
  ['under autocast, compiled', 'bfloat16', (step) => compile(reduced(step))],
  [
    'compiled, under autocast',
    'bfloat16',
    (step) => {
      const compiled = compile(step);
      return Object.assign(reduced(compiled), { dispose: compiled.dispose });
    },
  ],
];

/** What a run gave, in three lists of numbers: the first step's logits and gradients' norms, and all losses. */
function figures({ logits, gradients, losses }: Run): Record<string, number[]> {
  const norms = Object.keys(cases.weights).map((name) => gradients[name] as number);
  return { logits: logits.flat(), logNorms: norms.map(Math.log), losses };
}

const largestDifference = (a: readonly number[] = [], b: readonly number[] = []) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));

describe.runIf(native)('a network on handwritten digits, against PyTorch', () => {
  it.each(modes)('%s', (_, dtype, wrap) =>
    expectNoLeak(() => {
      const ours = figures(train(wrap));
      const exact = figures(cases.float32);
      const rounded = figures(cases.bfloat16);
      for (const [name, expected] of Object.entries(exact)) {
        // Rounding is noise: under autocast we are as far from float32 as PyTorch is, within a factor of two.
        const tolerance = dtype === 'float32' ? 1e-5 : 2 * largestDifference(rounded[name], expected);
        expect(largestDifference(ours[name], expected), name).toBeLessThan(tolerance);
        if (dtype === 'bfloat16') expect(largestDifference(ours[name], expected), name).toBeGreaterThan(0);
      }
    }),
  );
});
