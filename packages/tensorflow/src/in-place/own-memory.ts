import type { Variable } from '@tensorflow/tfjs-core';
import type { NativeExtension } from '../native/binding.ts';
import type { NativeBackend } from '../native/native-backend.ts';

/**
 * The id of a variable that may be changed in place: where other tensors of TensorFlow.js share the variable's (clones,
 * reshapes, other variables), it gets one of its own. The memory stays shared until the native side changes it, which
 * then copies it.
 */
export function ownId(backend: NativeBackend, extension: NativeExtension, variable: Variable): number {
  const { refCount, dtype, id, values } = backend.tensorMap.get(variable.dataId);
  const handedOver = values === null || values === undefined;
  if (refCount === 1 && handedOver) return id;
  const shared = idOf(backend, variable);
  if (refCount === 1) return shared;
  const own = backend.createOutputTensor({
    id: extension.shareTensor(shared),
    shape: [...variable.shape],
    dtype,
  });
  variable.assign(own);
  own.dispose();
  return idOf(backend, variable);
}

function idOf(backend: NativeBackend, variable: Variable): number {
  return backend.getInputTensorIds([variable])[0] as number;
}
