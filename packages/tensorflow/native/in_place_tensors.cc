#include "in_place_tensors.h"

#include <cstring>

namespace loopwright {

namespace {

OwnedTensor Resolve(TFE_TensorHandle* handle) {
  Status status;
  OwnedTensor tensor(TFE_TensorHandleResolve(handle, status));
  status.Check();
  return tensor;
}

// Replaces a tensor by a copy, unless its memory is TensorFlow's and nobody else's.
void MakeExclusive(OwnedTensor& tensor) {
  if (TF_Tensor* moved = TF_TensorMaybeMove(tensor.get())) {
    tensor.release();
    tensor.reset(moved);
    return;
  }
  OwnedTensor copy = NewFloatTensor(Shape(tensor.get()));
  std::memcpy(TF_TensorData(copy.get()), TF_TensorData(tensor.get()), TF_TensorByteSize(tensor.get()));
  tensor = std::move(copy);
}

}  // namespace

bool IsHostFloat(TFE_TensorHandle* handle) {
  if (TFE_TensorHandleDataType(handle) != TF_FLOAT) return false;
  Status status;
  const char* device = TFE_TensorHandleBackingDeviceName(handle, status);
  status.Check();
  return device == nullptr || std::strstr(device, "CPU:") != nullptr;
}

size_t ElementCount(TFE_TensorHandle* handle) {
  Status status;
  const int64_t count = TFE_TensorHandleNumElements(handle, status);
  status.Check();
  return static_cast<size_t>(count);
}

std::vector<int64_t> Shape(const TF_Tensor* tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  return shape;
}

OwnedTensor NewFloatTensor(const std::vector<int64_t>& shape) {
  size_t bytes = sizeof(float);
  for (const int64_t length : shape) bytes *= static_cast<size_t>(length);
  OwnedTensor tensor(TF_AllocateTensor(TF_FLOAT, shape.data(), static_cast<int>(shape.size()), bytes));
  if (tensor == nullptr) throw Failure("there is no memory for a tensor of " + std::to_string(bytes) + " bytes");
  return tensor;
}

HeldForReading::HeldForReading(const Call& call, int32_t id) : tensor_(Resolve(call.Handle(id))) {}

HeldForChange::HeldForChange(const Call& call, int32_t id)
    : handle_(call.backend->tfe_handle_map_.at(id)), tensor_(Resolve(handle_)) {
  if (TF_TensorElementCount(tensor_.get()) == 0) return;
  TFE_DeleteTensorHandle(handle_);
  handle_ = nullptr;
  try {
    MakeExclusive(tensor_);
  } catch (...) {
    PutBack();
    throw;
  }
}

HeldForChange::~HeldForChange() {
  if (handle_ == nullptr) PutBack();
}

void HeldForChange::PutBack() {
  TF_Status* const status = TF_NewStatus();
  handle_ = TFE_NewTensorHandle(tensor_.get(), status);
  TF_DeleteStatus(status);
}

}  // namespace loopwright
