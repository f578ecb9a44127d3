/** Uses the engine in the ways that depend on Node: operators, a training step, `model.fit`, files, decoding. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '@loopwright/tensorflow';

const folder = mkdtempSync(join(tmpdir(), 'loopwright-exercise-'));
try {
  const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.eye(2)).dataSync();
  const { indices } = tf.topk(tf.tensor1d([3, 9, 5]), 2);
  const [first, second] = tf.split(tf.tensor1d([1, 2, 3, 4]), 2);
  const joined = tf.concat([second as tf.Tensor1D, first as tf.Tensor1D]).dataSync();

  const filter = tf.variable(tf.ones<tf.Rank.R4>([3, 3, 1, 2]));
  const image = tf.ones<tf.Rank.R4>([1, 8, 8, 1]);
  const optimizer = tf.train.adam(0.01);
  const lossOf = () => tf.mean(tf.square(tf.conv2d(image, filter, 1, 'same'))) as tf.Scalar;
  const before = lossOf().dataSync()[0] as number;
  optimizer.minimize(lossOf);

  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const history = await model.fit(tf.ones([8, 2]), tf.zeros([8, 1]), { epochs: 2, verbose: 0 });
  await model.save(`file://${folder}`);
  const loaded = await tf.loadLayersModel(`file://${folder}/model.json`);
  const input = tf.ones([1, 2]);
  const same = (loaded.predict(input) as tf.Tensor).dataSync()[0];

  const png = await tf.node.encodePng(tf.zeros<tf.Rank.R3>([2, 3, 3], 'int32'));
  console.log(
    JSON.stringify({
      backend: tf.getBackend(),
      product: [...product],
      topk: [...indices.dataSync()],
      joined: [...joined],
      learned: (lossOf().dataSync()[0] as number) < before,
      epochs: history.epoch.length,
      saved: same === (model.predict(input) as tf.Tensor).dataSync()[0],
      decoded: tf.node.decodeImage(png).shape,
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
