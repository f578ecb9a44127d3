/** Runs a test file on TensorFlow.js's pure JavaScript backend. */
import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend } from '@tensorflow/tfjs-core';

env().set('IS_TEST', true); // no banner that advises the native backend
await setBackend('cpu');
