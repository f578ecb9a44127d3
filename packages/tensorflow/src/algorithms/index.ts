/**
 * The fastest algorithm for each convolution and matrix product.
 * @packageDocumentation
 */
export {
  type AlgorithmReport,
  algorithmChoices,
  algorithms,
  type Choice,
  configureTuning,
  describeAlgorithms,
  fastestFor,
} from './algorithms.ts';
export { describeCall } from './call-shapes.ts';
export type {
  Call,
  ComputeDtype,
  ConvolutionCall,
  ConvolutionOperation,
  MatrixProductCall,
} from './calls.ts';
export { chooseDtype, type DtypeChooser, replaceDtypeChooser } from './compute-dtype.ts';
export { fastestConvolutions } from './convolution-kernels.ts';
export { fastestMatrixProducts } from './matrix-product-kernel.ts';
export type { NativeTensor } from './native-ops.ts';
export type { AlgorithmChoices, ChosenAlgorithm, Tune, TuneOptions } from './tune-options.ts';
