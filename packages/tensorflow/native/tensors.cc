#include "tensors.h"

namespace loopwright {

napi_value ShareTensor(Call& call) {
  Status status;
  TFE_TensorHandle* shared = TFE_TensorHandleCopySharingTensor(call.Handle(call.Int(0)), status);
  status.Check();
  return call.ReturnInt(call.backend->InsertHandle(shared));
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
