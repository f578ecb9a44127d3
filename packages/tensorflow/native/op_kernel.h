// What ops of our own are made of: inputs, outputs, errors and their registration with TensorFlow.

#ifndef LOOPWRIGHT_OP_KERNEL_H_
#define LOOPWRIGHT_OP_KERNEL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arguments.h"
#include "kernel_api.h"
#include "parallel_for.h"

namespace loopwright {

constexpr size_t kElementsPerTask = 1 << 15;

// Calls `work(begin, size)` for stretches of the elements, on all cores.
template <typename Work>
void OverStretches(size_t elements, const Work& work) {
  const size_t tasks = (elements + kElementsPerTask - 1) / kElementsPerTask;
  ParallelFor(tasks, MaxThreads(), [&](size_t task) {
    const size_t begin = task * kElementsPerTask;
    work(begin, std::min(kElementsPerTask, elements - begin));
  });
}

// An input of a kernel that runs.
class Input {
 public:
  Input(TF_OpKernelContext* context, int index) {
    Status status;
    TF_GetInput(context, index, &tensor_, status);
    status.Check();
  }
  ~Input() { TF_DeleteTensor(tensor_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  TF_Tensor* tensor() const { return tensor_; }
  size_t size() const { return static_cast<size_t>(TF_TensorElementCount(tensor_)); }
  template <typename T>
  const T* data() const {
    return static_cast<const T*>(TF_TensorData(tensor_));
  }

 private:
  TF_Tensor* tensor_ = nullptr;
};

// An output of the shape of an input.
template <typename T>
class Output {
 public:
  Output(TF_OpKernelContext* context, const Input& like) {
    std::vector<int64_t> shape(TF_NumDims(like.tensor()));
    for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(like.tensor(), static_cast<int>(axis));
    Status status;
    tensor_ = TF_AllocateOutput(context, 0, TF_ExpectedOutputDataType(context, 0), shape.data(),
                                static_cast<int>(shape.size()), like.size() * sizeof(T), status);
    status.Check();
  }
  ~Output() { TF_DeleteTensor(tensor_); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  T* data() const { return static_cast<T*>(TF_TensorData(tensor_)); }

 private:
  TF_Tensor* tensor_ = nullptr;
};

// Runs a kernel; what it throws becomes the op's error.
template <typename Kernel>
void Guarded(TF_OpKernelContext* context, const Kernel& kernel) {
  try {
    kernel();
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status, TF_INTERNAL, error.what());
    TF_OpKernelContext_Failure(context, status);
  }
}

// Registers an op on tensors of type T, float32 or bfloat16, whose output `y: T` has the shape of the first input.
void RegisterOp(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& attributes = {});

// Registers what computes an op for one T on CPUs. It is given what `create` makes of the op's attributes, and `destroy` ends.
void RegisterKernel(const char* op, TF_DataType type, void (*compute)(void*, TF_OpKernelContext*),
                    void* (*create)(TF_OpKernelConstruction*) = nullptr, void (*destroy)(void*) = nullptr);

}  // namespace loopwright

#endif  // LOOPWRIGHT_OP_KERNEL_H_
