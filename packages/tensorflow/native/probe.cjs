/**
 * Loads a binding in a process of its own, multiplies two matrices and prints what it saw as one line of JSON.
 * Usage: node probe.cjs BINDING [SECONDS]
 *
 * It takes no part of this package and none of TensorFlow.js, so that it says whether the native libraries work
 * even where nothing else does.
 */
'use strict';

const [bindingPath, seconds = '0'] = process.argv.slice(2);
const binding = require(bindingPath);

const attributes = [
  { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
];

const matrix = (size, value) =>
  binding.createTensor([size, size], binding.TF_FLOAT, new Float32Array(size * size).fill(value));

/** The first element of the product; reading it waits for the device. */
function multiply(a, b) {
  const [product] = binding.executeOp('MatMul', attributes, [a, b], 1);
  const [first] = binding.tensorDataSync(product.id);
  binding.deleteTensor(product.id);
  return first;
}

const product = multiply(matrix(2, 2), matrix(2, 3));
if (product !== 12) throw new Error(`the product of two matrices is wrong: ${product} instead of 12`);

const size = 1024;
let multiplications = 0;
let elapsed = 0;
if (Number(seconds) > 0) {
  const [a, b] = [matrix(size, 1), matrix(size, 1)];
  multiply(a, b);
  const start = process.hrtime.bigint();
  while (elapsed < Number(seconds)) {
    multiply(a, b);
    multiplications++;
    elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  }
}

console.log(
  JSON.stringify({
    tensorflow: binding.TF_Version,
    gpu: binding.isUsingGpuDevice(),
    extension: binding.loopwright !== undefined,
    matmul:
      multiplications === 0 ? null : { size, gflops: (2 * size ** 3 * multiplications) / elapsed / 1e9 },
  }),
);
