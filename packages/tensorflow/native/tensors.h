// What the vendor's binding cannot say or do of its tensors.

#ifndef LOOPWRIGHT_TENSORS_H_
#define LOOPWRIGHT_TENSORS_H_

#include "arguments.h"

namespace loopwright {

// describeTensor(id): { shape: number[], dtype: number }
napi_value DescribeTensor(Call& call);

// shareTensor(id): number — a second id for the same memory, to be deleted like any other.
napi_value ShareTensor(Call& call);

// readTensor(id, target: Uint8Array) — copies a tensor's bytes to memory of that size.
napi_value ReadTensor(Call& call);

// deleteTensors(ids: number[])
napi_value DeleteTensors(Call& call);

}  // namespace loopwright

#endif  // LOOPWRIGHT_TENSORS_H_
