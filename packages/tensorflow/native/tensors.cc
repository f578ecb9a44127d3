#include "tensors.h"

#include <cstring>
#include <memory>

namespace loopwright {

napi_value DescribeTensor(Call& call) {
  TFE_TensorHandle* handle = call.Handle(call.Int(0));
  Status status;
  const int rank = TFE_TensorHandleNumDims(handle, status);
  status.Check();
  napi_value shape, description;
  call.Check(napi_create_array_with_length(call.env, rank, &shape));
  for (int axis = 0; axis < rank; axis++) {
    napi_value size;
    call.Check(napi_create_int64(call.env, TFE_TensorHandleDim(handle, axis, status), &size));
    status.Check();
    call.Check(napi_set_element(call.env, shape, axis, size));
  }
  call.Check(napi_create_object(call.env, &description));
  call.Check(napi_set_named_property(call.env, description, "shape", shape));
  const napi_value dtype = call.ReturnInt(TFE_TensorHandleDataType(handle));
  call.Check(napi_set_named_property(call.env, description, "dtype", dtype));
  return description;
}

napi_value ShareTensor(Call& call) {
  Status status;
  TFE_TensorHandle* shared = TFE_TensorHandleCopySharingTensor(call.Handle(call.Int(0)), status);
  status.Check();
  return call.ReturnInt(call.backend->InsertHandle(shared));
}

napi_value ReadTensor(Call& call) {
  Status status;
  const std::unique_ptr<TF_Tensor, decltype(&TF_DeleteTensor)> tensor(
      TFE_TensorHandleResolve(call.Handle(call.Int(0)), status), TF_DeleteTensor);
  status.Check();
  const Bytes target = call.ByteArray(1);
  if (target.length != TF_TensorByteSize(tensor.get())) {
    throw Failure("the tensor has " + std::to_string(TF_TensorByteSize(tensor.get())) + " bytes, and the memory " +
                  std::to_string(target.length));
  }
  if (target.length > 0) std::memcpy(target.data, TF_TensorData(tensor.get()), target.length);
  return call.ReturnNothing();
}

napi_value DeleteTensors(Call& call) {
  const std::vector<int32_t> ids = call.Ints(0);
  for (const int32_t id : ids) call.Handle(id);  // All or none.
  for (const int32_t id : ids) {
    TFE_DeleteTensorHandle(call.Handle(id));
    call.backend->tfe_handle_map_.erase(id);
  }
  return call.ReturnNothing();
}

}  // namespace loopwright
