/** Runs a test file on TensorFlow.js's pure JavaScript backend. */
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';

await setBackend('cpu');
