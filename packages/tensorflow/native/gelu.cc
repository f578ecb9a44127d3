#include "gelu.h"

#include <algorithm>
#include <mutex>

#include "bfloat16.h"
#include "op_kernel.h"
#include "vectorized.h"

namespace loopwright {

namespace {

constexpr uint32_t kOne = 0x3F800000;
constexpr uint32_t kFour = 0x40800000;
constexpr uint32_t kEightySeven = 0x42AE0000;

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

}  // namespace

void RegisterGelu() {
  static std::once_flag once;
  std::call_once(once, [] {
    RegisterElementwiseOp("LoopwrightGelu", {"x: T"});
    RegisterElementwiseOp("LoopwrightGeluGrad", {"gradient: T", "x: T"});
    RegisterKernel("LoopwrightGelu", TF_FLOAT, ComputeGelu<float>);
    RegisterKernel("LoopwrightGelu", TF_BFLOAT16, ComputeGelu<Bfloat16>);
    RegisterKernel("LoopwrightGeluGrad", TF_FLOAT, ComputeGeluGrad<float>);
    RegisterKernel("LoopwrightGeluGrad", TF_BFLOAT16, ComputeGeluGrad<Bfloat16>);
  });
}

}  // namespace loopwright
