#include "smooth_activations.h"

#include <algorithm>
#include <mutex>

#include "bfloat16.h"
#include "op_kernel.h"
#include "vectorized.h"

namespace loopwright {

namespace {

constexpr uint32_t kOne = 0x3F800000;
constexpr uint32_t kTwo = 0x40000000;
constexpr uint32_t kFour = 0x40800000;
constexpr uint32_t kEightySeven = 0x42AE0000;

LOOPWRIGHT_INLINE uint32_t IsNegative(float x) { return Mask(ToBits(x) >> 31 != 0); }

// exp(-|x|), as 2ⁿ · exp(r) with |r| ≤ ln 2 / 2; 0 where it would be less than the least normal number, and for what is not
// a number.
LOOPWRIGHT_INLINE float Decay(float x) {
  const uint32_t magnitude = ToBits(x) & kMagnitude;
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
  return FromBits(ToBits(power * scale) & Mask(magnitude <= kEightySeven));
}

// σ(x) = 1 / (1 + exp(-x)), and its derivative σ (1 - σ).
struct Sigmoid {
  float value;
  float slope;
};

LOOPWRIGHT_INLINE Sigmoid SigmoidOf(float x) {
  const float decay = Decay(x);
  const float inverse = 1.0f / (1.0f + decay);
  const float other = decay * inverse;
  return {FromBits(Select(IsNegative(x), ToBits(other), ToBits(inverse))), other * inverse};
}

// x Φ(x), with the distribution Φ and density φ of the standard normal distribution.
struct Gelu {
  static LOOPWRIGHT_INLINE float Value(float x) { return x * Distribution(x); }
  static LOOPWRIGHT_INLINE float Slope(float x) { return Distribution(x) + x * Density(x); }

  // Φ(x) = (1 + erf(x / √2)) / 2, by the rational approximation of erf that Eigen and XLA use.
  static LOOPWRIGHT_INLINE float Distribution(float x) {
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

  // φ(x) = exp(-x² / 2) / √(2π)
  static LOOPWRIGHT_INLINE float Density(float x) { return Decay(0.5f * x * x) * 0.39894228040143268f; }
};

// x σ(v) with v = x (a x² + b), where b = √(8/π) and a = 0.044715 b.
struct GeluTanh {
  static constexpr float kCubic = 0.071354816f;
  static constexpr float kLinear = 1.5957691f;

  static LOOPWRIGHT_INLINE float Value(float x) { return x * SigmoidOf(Inner(x)).value; }
  static LOOPWRIGHT_INLINE float Slope(float x) {
    const Sigmoid gate = SigmoidOf(Inner(x));
    return gate.value + x * gate.slope * (3.0f * kCubic * x * x + kLinear);
  }

  static LOOPWRIGHT_INLINE float Inner(float x) { return x * (kCubic * x * x + kLinear); }
};

// x ω with ω = tanh(log(1 + exp(x))). With p = exp(-|x|) it is over / under, both of which are sums of positive numbers:
//   x ≥ 0:  (1 + 2p) / (1 + 2p + 2p²)        x < 0:  (p² + 2p) / (p² + 2p + 2)
struct Mish {
  static LOOPWRIGHT_INLINE float Value(float x) {
    const Gate gate = GateOf(x);
    return x * (gate.over / gate.under);
  }

  // ω + x (1 - ω²) σ(x), where the second factors are 4 (1 + p) / under² times p², or p where x is negative.
  static LOOPWRIGHT_INLINE float Slope(float x) {
    const Gate gate = GateOf(x);
    const float inverse = 1.0f / gate.under;
    const float p = gate.decay;
    const float power = FromBits(Select(IsNegative(x), ToBits(p), ToBits(p * p)));
    return gate.over * inverse + x * (4.0f * (1.0f + p) * power * inverse * inverse);
  }

  struct Gate {
    float decay;
    float over;
    float under;
  };

  static LOOPWRIGHT_INLINE Gate GateOf(float x) {
    const float p = Decay(x);
    const uint32_t isNegative = IsNegative(x);
    const float over = FromBits(Select(isNegative, ToBits(p * (p + 2.0f)), ToBits(1.0f + 2.0f * p)));
    return {p, over, over + FromBits(Select(isNegative, kTwo, ToBits(2.0f * p * p)))};
  }
};

// x σ(x)
struct Swish {
  static LOOPWRIGHT_INLINE float Value(float x) { return x * SigmoidOf(x).value; }
  static LOOPWRIGHT_INLINE float Slope(float x) {
    const Sigmoid gate = SigmoidOf(x);
    return gate.value + x * gate.slope;
  }
};

enum class Activation { kGelu, kGeluTanh, kMish, kSwish };

template <typename A>
LOOPWRIGHT_INLINE void ForwardOf(const float* __restrict x, float* __restrict y, size_t size) {
  for (size_t i = 0; i < size; i++) y[i] = A::Value(x[i]);
}

template <typename A>
LOOPWRIGHT_INLINE void BackwardOf(const float* __restrict gradient, const float* __restrict x, float* __restrict result,
                                  size_t size) {
  for (size_t i = 0; i < size; i++) result[i] = gradient[i] * A::Slope(x[i]);
}

LOOPWRIGHT_INLINE void Forward(Activation activation, const float* x, float* y, size_t size) {
  switch (activation) {
    case Activation::kGelu:
      return ForwardOf<Gelu>(x, y, size);
    case Activation::kGeluTanh:
      return ForwardOf<GeluTanh>(x, y, size);
    case Activation::kMish:
      return ForwardOf<Mish>(x, y, size);
    case Activation::kSwish:
      return ForwardOf<Swish>(x, y, size);
  }
}

LOOPWRIGHT_INLINE void Backward(Activation activation, const float* gradient, const float* x, float* result, size_t size) {
  switch (activation) {
    case Activation::kGelu:
      return BackwardOf<Gelu>(gradient, x, result, size);
    case Activation::kGeluTanh:
      return BackwardOf<GeluTanh>(gradient, x, result, size);
    case Activation::kMish:
      return BackwardOf<Mish>(gradient, x, result, size);
    case Activation::kSwish:
      return BackwardOf<Swish>(gradient, x, result, size);
  }
}

LOOPWRIGHT_VECTORIZED void Run(Activation activation, const float* x, float* y, size_t size) {
  Forward(activation, x, y, size);
}

LOOPWRIGHT_VECTORIZED void Run(Activation activation, const Bfloat16* x, Bfloat16* y, size_t size) {
  float in[kBlock], out[kBlock];
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t count = std::min(kBlock, size - begin);
    Widen(x + begin, in, count);
    Forward(activation, in, out, count);
    Narrow(out, y + begin, count);
  }
}

LOOPWRIGHT_VECTORIZED void Run(Activation activation, const float* gradient, const float* x, float* result, size_t size) {
  Backward(activation, gradient, x, result, size);
}

LOOPWRIGHT_VECTORIZED void Run(Activation activation, const Bfloat16* gradient, const Bfloat16* x, Bfloat16* result,
                               size_t size) {
  float slope[kBlock], in[kBlock], out[kBlock];
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t count = std::min(kBlock, size - begin);
    Widen(gradient + begin, slope, count);
    Widen(x + begin, in, count);
    Backward(activation, slope, in, out, count);
    Narrow(out, result + begin, count);
  }
}

template <Activation activation, typename T>
void Compute(void*, TF_OpKernelContext* context) {
  Guarded(context, [&] {
    const Input x(context, 0);
    const Output<T> y(context, x);
    OverStretches(x.size(), [&](size_t begin, size_t size) {
      Run(activation, x.data<T>() + begin, y.data() + begin, size);
    });
  });
}

template <Activation activation, typename T>
void ComputeGrad(void*, TF_OpKernelContext* context) {
  Guarded(context, [&] {
    const Input gradient(context, 0);
    const Input x(context, 1);
    if (gradient.size() != x.size()) throw Failure("gradient and x must have the same shape");
    const Output<T> result(context, x);
    OverStretches(x.size(), [&](size_t begin, size_t size) {
      Run(activation, gradient.data<T>() + begin, x.data<T>() + begin, result.data() + begin, size);
    });
  });
}

template <Activation activation>
void Register(const char* op, const char* gradientOp) {
  RegisterOp(op, {"x: T"});
  RegisterKernel(op, TF_FLOAT, Compute<activation, float>);
  RegisterKernel(op, TF_BFLOAT16, Compute<activation, Bfloat16>);
  RegisterOp(gradientOp, {"gradient: T", "x: T"});
  RegisterKernel(gradientOp, TF_FLOAT, ComputeGrad<activation, float>);
  RegisterKernel(gradientOp, TF_BFLOAT16, ComputeGrad<activation, Bfloat16>);
}

}  // namespace

void RegisterSmoothActivations() {
  static std::once_flag once;
  std::call_once(once, [] {
    Register<Activation::kGelu>("LoopwrightGelu", "LoopwrightGeluGrad");
    Register<Activation::kGeluTanh>("LoopwrightGeluTanh", "LoopwrightGeluTanhGrad");
    Register<Activation::kMish>("LoopwrightMish", "LoopwrightMishGrad");
    Register<Activation::kSwish>("LoopwrightSwish", "LoopwrightSwishGrad");
  });
}

}  // namespace loopwright
