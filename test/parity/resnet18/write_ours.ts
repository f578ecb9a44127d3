/** Writes the file that `check_ours.py` checks: a ResNet-18 of ours for PyTorch. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import { resnet18 } from '../../../examples/models/resnet18.ts';
import { saveTorchWeights } from '../../../examples/models/torch-weights.ts';
import { loadGeneratedWeights } from '../models/generated-weights.ts';

await tf.setBackend('cpu');
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: write_ours.ts FILE');
const model = resnet18(tf, { inputShape: [32, 32, 3], classes: 10, seed: 1 });
loadGeneratedWeights(model);
await saveTorchWeights(model, path);
