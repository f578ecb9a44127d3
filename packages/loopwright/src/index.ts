/**
 * Every package that works on any TensorFlow.js backend, in one import. The engine is not among them, because importing
 * it loads it: `import { tf } from '@loopwright/tensorflow'`.
 */

