#include "gelu.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <mutex>

#include "arguments.h"
#include "parallel_for.h"
#include "kernel_api.h"
#include "tensorflow/c/ops.h"
#include "vectorized.h"

namespace loopwright {

namespace {

constexpr size_t kElementsPerTask = 1 << 15;

// Half of float32's bits, rounded to the nearest, and to the even one of two.
struct Bfloat16 {
  uint16_t bits;
};

constexpr uint32_t kMagnitude = 0x7FFFFFFF;
constexpr uint32_t kInfinity = 0x7F800000;
constexpr uint32_t kNotANumber = 0x7FC0;  // in bfloat16
constexpr uint32_t kOne = 0x3F800000;
constexpr uint32_t kFour = 0x40800000;
constexpr uint32_t kEightySeven = 0x42AE0000;

LOOPWRIGHT_INLINE float FromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

LOOPWRIGHT_INLINE uint32_t ToBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// All bits where a condition holds. Loops are vectorized only if they choose by masks, and compare integers: float32's bits
// without the sign are in the order of its magnitudes, above which lies what is not a number.
LOOPWRIGHT_INLINE uint32_t Mask(bool condition) { return 0 - static_cast<uint32_t>(condition); }

LOOPWRIGHT_INLINE uint32_t Select(uint32_t mask, uint32_t where, uint32_t elsewhere) {
  return (where & mask) | (elsewhere & ~mask);
}

LOOPWRIGHT_INLINE float Load(Bfloat16 value) { return FromBits(static_cast<uint32_t>(value.bits) << 16); }

LOOPWRIGHT_INLINE Bfloat16 Rounded(float value) {
  const uint32_t bits = ToBits(value);
  const uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  return {static_cast<uint16_t>(Select(Mask((bits & kMagnitude) > kInfinity), kNotANumber, rounded))};
}

// Φ(x) = (1 + erf(x / √2)) / 2, by the rational approximation of erf that Eigen and XLA use.
LOOPWRIGHT_INLINE float Distribution(float x) {
  const uint32_t bits = ToBits(x * 0.70710678118654752f);
  const uint32_t isFar = Mask((bits & kMagnitude) >= kFour);
  const float z = FromBits(bits & ~isFar);
  const float square = z * z;
  float over = -2.72614225801306e-10f;
  over = over * square + 2.77068142495902e-08f;
  over = over * square + -2.10102402082508e-06f;
  over = over * square + -5.69250639462346e-05f;
  over = over * square + -7.34990630326855e-04f;
  over = over * square + -2.95459980854025e-03f;
  over = over * square + -1.60960333262415e-02f;
  float under = -1.45660718464996e-05f;
  under = under * square + -2.13374055278905e-04f;
  under = under * square + -1.68282697438203e-03f;
  under = under * square + -7.37332916720468e-03f;
  under = under * square + -1.42647390514189e-02f;
  const float near = 0.5f + 0.5f * (z * over / under);
  const uint32_t far = kOne & Mask(bits >> 31 == 0);
  return FromBits(Select(isFar, far, ToBits(near)));
}

// φ(x) = exp(-x² / 2) / √(2π), the exponential as 2ⁿ · exp(r) with |r| ≤ ln 2 / 2.
LOOPWRIGHT_INLINE float Density(float x) {
  const uint32_t magnitude = ToBits(0.5f * x * x) & kMagnitude;
  const float exponent = -FromBits(std::min(magnitude, kEightySeven));
  // Added and taken away again, 1.5 · 2²³ rounds to an integer.
  const float shifted = exponent * 1.44269504088896341f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (exponent - n * 0.693359375f) + n * 2.12194440e-4f;
  float power = 1.0f / 720;
  power = power * r + 1.0f / 120;
  power = power * r + 1.0f / 24;
  power = power * r + 1.0f / 6;
  power = power * r + 0.5f;
  power = power * r + 1.0f;
  power = power * r + 1.0f;
  const float scale = FromBits((ToBits(shifted) + 127) << 23);
  return power * scale * 0.39894228040143268f;
}

LOOPWRIGHT_INLINE void Forward(const float* __restrict x, float* __restrict y, size_t size) {
  for (size_t i = 0; i < size; i++) y[i] = x[i] * Distribution(x[i]);
}

LOOPWRIGHT_INLINE void Backward(const float* __restrict gradient, const float* __restrict x, float* __restrict result,
                                size_t size) {
  for (size_t i = 0; i < size; i++) result[i] = gradient[i] * (Distribution(x[i]) + x[i] * Density(x[i]));
}

// In blocks that stay in the nearest cache: a loop over numbers of two sizes is slower than three over one or the other.
constexpr size_t kBlock = 256;

LOOPWRIGHT_INLINE void Widen(const Bfloat16* __restrict from, float* __restrict to, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = Load(from[i]);
}

LOOPWRIGHT_INLINE void Narrow(const float* __restrict from, Bfloat16* __restrict to, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = Rounded(from[i]);
}

LOOPWRIGHT_VECTORIZED void Run(const float* x, float* y, size_t size) { Forward(x, y, size); }

LOOPWRIGHT_VECTORIZED void Run(const Bfloat16* x, Bfloat16* y, size_t size) {
  float in[kBlock], out[kBlock];
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t count = std::min(kBlock, size - begin);
    Widen(x + begin, in, count);
    Forward(in, out, count);
    Narrow(out, y + begin, count);
  }
}

LOOPWRIGHT_VECTORIZED void Run(const float* gradient, const float* x, float* result, size_t size) {
  Backward(gradient, x, result, size);
}

LOOPWRIGHT_VECTORIZED void Run(const Bfloat16* gradient, const Bfloat16* x, Bfloat16* result, size_t size) {
  float slope[kBlock], in[kBlock], out[kBlock];
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t count = std::min(kBlock, size - begin);
    Widen(gradient + begin, slope, count);
    Widen(x + begin, in, count);
    Backward(slope, in, out, count);
    Narrow(out, result + begin, count);
  }
}

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

template <typename T>
void ComputeGelu(void*, TF_OpKernelContext* context) {
  Guarded(context, [&] {
    const Input x(context, 0);
    const Output<T> y(context, x);
    OverStretches(x.size(), [&](size_t begin, size_t size) { Run(x.data<T>() + begin, y.data() + begin, size); });
  });
}

template <typename T>
void ComputeGeluGrad(void*, TF_OpKernelContext* context) {
  Guarded(context, [&] {
    const Input gradient(context, 0);
    const Input x(context, 1);
    if (gradient.size() != x.size()) throw Failure("gradient and x must have the same shape");
    const Output<T> result(context, x);
    OverStretches(x.size(), [&](size_t begin, size_t size) {
      Run(gradient.data<T>() + begin, x.data<T>() + begin, result.data() + begin, size);
    });
  });
}

void SameShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* const shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

void RegisterOp(const char* name, const std::vector<const char*>& inputs) {
  TF_OpDefinitionBuilder* const builder = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderAddAttr(builder, "T: {float, bfloat16}");
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  TF_OpDefinitionBuilderAddOutput(builder, "y: T");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, SameShape);
  Status status;
  TF_RegisterOpDefinition(builder, status);
  status.Check();
}

void RegisterKernel(const char* op, TF_DataType type, void (*compute)(void*, TF_OpKernelContext*)) {
  Status status;
  TF_KernelBuilder* const builder = TF_NewKernelBuilder(op, "CPU", nullptr, compute, nullptr);
  TF_KernelBuilder_TypeConstraint(builder, "T", type, status);
  status.Check();
  TF_RegisterKernelBuilder(op, builder, status);
  status.Check();
}

}  // namespace

void RegisterGelu() {
  static std::once_flag once;
  std::call_once(once, [] {
    RegisterOp("LoopwrightGelu", {"x: T"});
    RegisterOp("LoopwrightGeluGrad", {"gradient: T", "x: T"});
    RegisterKernel("LoopwrightGelu", TF_FLOAT, ComputeGelu<float>);
    RegisterKernel("LoopwrightGelu", TF_BFLOAT16, ComputeGelu<Bfloat16>);
    RegisterKernel("LoopwrightGeluGrad", TF_FLOAT, ComputeGeluGrad<float>);
    RegisterKernel("LoopwrightGeluGrad", TF_BFLOAT16, ComputeGeluGrad<Bfloat16>);
  });
}

}  // namespace loopwright
