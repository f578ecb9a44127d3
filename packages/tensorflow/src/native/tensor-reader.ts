import { provideTensorReader } from '@loopwright/core';
import { activeNativeBackend } from './native-backend.ts';

/**
 * Has large states read from TensorFlow's memory to the saver's in one copy, if the binding is ours. TensorFlow.js itself
 * makes new memory for each tensor that it reads, which takes several times as long as filling it.
 */
export function provideNativeReader(): void {
  if (activeNativeBackend()?.binding.loopwright === undefined) return;
  provideTensorReader((tensor, target) => {
    const backend = activeNativeBackend();
    const held = backend?.tensorMap.get(tensor.dataId);
    // Values that TensorFlow has not been given yet lie in JavaScript's memory.
    if (backend === undefined || held === undefined || held.values != null) return false;
    backend.binding.tensorDataSync(held.id, target);
    return true;
  });
}
