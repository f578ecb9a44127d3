// Tensors as plain memory: to be read, and to be changed where they lie.

#ifndef LOOPWRIGHT_IN_PLACE_TENSORS_H_
#define LOOPWRIGHT_IN_PLACE_TENSORS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "arguments.h"

namespace loopwright {

struct DeleteTensor {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
using OwnedTensor = std::unique_ptr<TF_Tensor, DeleteTensor>;

// Whether a tensor is of float32 in the host's memory: what the functions here can work on.
bool IsHostFloat(TFE_TensorHandle* handle);

size_t ElementCount(TFE_TensorHandle* handle);

// The shape of a tensor, and a new one of that shape in TensorFlow's own memory, with no particular values.
std::vector<int64_t> Shape(const TF_Tensor* tensor);
OwnedTensor NewFloatTensor(const std::vector<int64_t>& shape);

// A tensor that is only read. Holding it keeps its memory from being changed through a HeldForChange.
class HeldForReading {
 public:
  HeldForReading(const Call& call, int32_t id);

  const float* data() const { return static_cast<const float*>(TF_TensorData(tensor_.get())); }
  size_t size() const { return static_cast<size_t>(TF_TensorElementCount(tensor_.get())); }
  const TF_Tensor* tensor() const { return tensor_.get(); }

 private:
  OwnedTensor tensor_;
};

// A tensor that is changed where it lies, under the id that it has.
//
// TensorFlow's tensors are values: several may share memory, and memory may be JavaScript's. So the handle is taken out of
// the backend for as long as this lives, and if the memory still has another owner, or is not TensorFlow's, it is copied
// before it is changed. From then on it is this tensor's alone, and later changes copy nothing.
class HeldForChange {
 public:
  // The caller has checked that the tensor exists and that no id is held twice.
  HeldForChange(const Call& call, int32_t id);
  // Puts the tensor back.
  ~HeldForChange();
  HeldForChange(const HeldForChange&) = delete;
  HeldForChange& operator=(const HeldForChange&) = delete;

  float* data() const { return static_cast<float*>(TF_TensorData(tensor_.get())); }

 private:
  void PutBack();

  TFE_TensorHandle*& handle_;
  OwnedTensor tensor_;
};

}  // namespace loopwright

#endif  // LOOPWRIGHT_IN_PLACE_TENSORS_H_
