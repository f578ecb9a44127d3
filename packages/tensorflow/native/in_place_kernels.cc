#include "in_place_kernels.h"

#include <cmath>
#include <cstring>

#include "arguments.h"
#include "vectorized.h"

namespace loopwright {

namespace {

// What an update's numbers are, in the order of `update-layouts.ts`.
struct SgdNumbers {
  float sign, l2, rate, momentum, share, nesterov;
};
struct AdamNumbers {
  float sign, l2, rate, shrink, share1, decay2, share2, epsilon;
};
struct RAdamNumbers {
  float sign, l2, rate, shrink, share1, decay2, share2, epsilon, rectified;
};
struct RmsPropNumbers {
  float sign, l2, rate, decay, share, epsilon, momentum;
};
struct Weight {
  float weight;
};

template <typename Numbers>
LOOPWRIGHT_INLINE Numbers As(const float* numbers) {
  Numbers named;
  std::memcpy(&named, numbers, sizeof(named));
  return named;
}

template <typename Numbers>
constexpr size_t Count() {
  return sizeof(Numbers) / sizeof(float);
}

// `gradient`, turned round where the loss is to grow, plus the L2 penalty's.
LOOPWRIGHT_INLINE float Slope(float gradient, float sign, float parameter, float l2) {
  const float ascent = gradient * sign;
  return l2 == 0 ? ascent : ascent + parameter * l2;
}

LOOPWRIGHT_INLINE float MovingAverage(float average, float value, float share) {
  return average + (value - average) * share;
}

LOOPWRIGHT_INLINE float MovingSquareAverage(float average, float value, float decay, float share) {
  return average * decay + (value * value) * share;
}

// The larger one; NaN if either is.
LOOPWRIGHT_INLINE float Largest(float a, float b) { return a > b || a != a ? a : b; }

LOOPWRIGHT_VECTORIZED void Sgd(const Stretch& stretch, const float* numbers) {
  float* const __restrict parameter = stretch.changed[0];
  const float* const __restrict gradient = stretch.read;
  const SgdNumbers n = As<SgdNumbers>(numbers);
  for (size_t i = 0; i < stretch.size; i++) {
    parameter[i] = parameter[i] - Slope(gradient[i], n.sign, parameter[i], n.l2) * n.rate;
  }
}

LOOPWRIGHT_VECTORIZED void SgdWithMomentum(const Stretch& stretch, const float* numbers) {
  float* const __restrict parameter = stretch.changed[0];
  float* const __restrict buffer = stretch.changed[1];
  const float* const __restrict gradient = stretch.read;
  const SgdNumbers n = As<SgdNumbers>(numbers);
  const bool nesterov = n.nesterov != 0;
  for (size_t i = 0; i < stretch.size; i++) {
    const float slope = Slope(gradient[i], n.sign, parameter[i], n.l2);
    const float filled = buffer[i] * n.momentum + slope * n.share;
    const float direction = nesterov ? slope + filled * n.momentum : filled;
    buffer[i] = filled;
    parameter[i] = parameter[i] - direction * n.rate;
  }
}

void SgdKernel(const Stretch& stretch, const float* numbers) {
  if (stretch.changed[1] == nullptr) Sgd(stretch, numbers);
  else SgdWithMomentum(stretch, numbers);
}

template <bool amsgrad>
LOOPWRIGHT_INLINE void AdamStretch(const Stretch& stretch, const float* numbers) {
  float* const __restrict parameter = stretch.changed[0];
  float* const __restrict first = stretch.changed[1];
  float* const __restrict second = stretch.changed[2];
  float* const __restrict largest = stretch.changed[3];
  const float* const __restrict gradient = stretch.read;
  const AdamNumbers n = As<AdamNumbers>(numbers);
  for (size_t i = 0; i < stretch.size; i++) {
    const float slope = Slope(gradient[i], n.sign, parameter[i], n.l2);
    const float moment = MovingAverage(first[i], slope, n.share1);
    const float square = MovingSquareAverage(second[i], slope, n.decay2, n.share2);
    const float divisor = amsgrad ? Largest(largest[i], square) : square;
    first[i] = moment;
    second[i] = square;
    if (amsgrad) largest[i] = divisor;
    parameter[i] = parameter[i] * n.shrink - (moment * n.rate) / (std::sqrt(divisor) + n.epsilon);
  }
}

LOOPWRIGHT_VECTORIZED void Adam(const Stretch& stretch, const float* numbers) { AdamStretch<false>(stretch, numbers); }
LOOPWRIGHT_VECTORIZED void Amsgrad(const Stretch& stretch, const float* numbers) { AdamStretch<true>(stretch, numbers); }

void AdamKernel(const Stretch& stretch, const float* numbers) {
  if (stretch.changed[3] == nullptr) Adam(stretch, numbers);
  else Amsgrad(stretch, numbers);
}

LOOPWRIGHT_VECTORIZED void RAdamKernel(const Stretch& stretch, const float* numbers) {
  float* const __restrict parameter = stretch.changed[0];
  float* const __restrict first = stretch.changed[1];
  float* const __restrict second = stretch.changed[2];
  const float* const __restrict gradient = stretch.read;
  const RAdamNumbers n = As<RAdamNumbers>(numbers);
  for (size_t i = 0; i < stretch.size; i++) {
    const float slope = Slope(gradient[i], n.sign, parameter[i], n.l2);
    const float moment = MovingAverage(first[i], slope, n.share1);
    const float square = MovingSquareAverage(second[i], slope, n.decay2, n.share2);
    const float change = moment * n.rate;
    first[i] = moment;
    second[i] = square;
    parameter[i] = parameter[i] * n.shrink - (n.rectified != 0 ? change / (std::sqrt(square) + n.epsilon) : change);
  }
}

template <bool centered, bool withMomentum>
LOOPWRIGHT_INLINE void RmsPropStretch(const Stretch& stretch, const float* numbers) {
  float* const __restrict parameter = stretch.changed[0];
  float* const __restrict squares = stretch.changed[1];
  float* const __restrict averages = stretch.changed[2];
  float* const __restrict buffer = stretch.changed[3];
  const float* const __restrict gradient = stretch.read;
  const RmsPropNumbers n = As<RmsPropNumbers>(numbers);
  for (size_t i = 0; i < stretch.size; i++) {
    const float slope = Slope(gradient[i], n.sign, parameter[i], n.l2);
    const float square = MovingSquareAverage(squares[i], slope, n.decay, n.share);
    float variance = square;
    squares[i] = square;
    if (centered) {
      const float average = MovingAverage(averages[i], slope, n.share);
      averages[i] = average;
      const float difference = square - average * average;
      variance = difference < 0 ? 0 : difference;
    }
    float direction = slope / (std::sqrt(variance) + n.epsilon);
    if (withMomentum) {
      direction = buffer[i] * n.momentum + direction;
      buffer[i] = direction;
    }
    parameter[i] = parameter[i] - direction * n.rate;
  }
}

LOOPWRIGHT_VECTORIZED void RmsProp(const Stretch& stretch, const float* numbers) {
  RmsPropStretch<false, false>(stretch, numbers);
}
LOOPWRIGHT_VECTORIZED void RmsPropWithMomentum(const Stretch& stretch, const float* numbers) {
  RmsPropStretch<false, true>(stretch, numbers);
}
LOOPWRIGHT_VECTORIZED void CenteredRmsProp(const Stretch& stretch, const float* numbers) {
  RmsPropStretch<true, false>(stretch, numbers);
}
LOOPWRIGHT_VECTORIZED void CenteredRmsPropWithMomentum(const Stretch& stretch, const float* numbers) {
  RmsPropStretch<true, true>(stretch, numbers);
}

void RmsPropKernel(const Stretch& stretch, const float* numbers) {
  const bool centered = stretch.changed[2] != nullptr;
  const bool with_momentum = stretch.changed[3] != nullptr;
  if (centered) (with_momentum ? CenteredRmsPropWithMomentum : CenteredRmsProp)(stretch, numbers);
  else (with_momentum ? RmsPropWithMomentum : RmsProp)(stretch, numbers);
}

// average ← average + (value - average) weight
LOOPWRIGHT_VECTORIZED void InterpolateKernel(const Stretch& stretch, const float* numbers) {
  float* const __restrict average = stretch.changed[0];
  const float* const __restrict value = stretch.read;
  const float weight = As<Weight>(numbers).weight;
  for (size_t i = 0; i < stretch.size; i++) average[i] = MovingAverage(average[i], value[i], weight);
}

// slow ← slow + (fast - slow) weight; fast ← slow
LOOPWRIGHT_VECTORIZED void SynchronizeKernel(const Stretch& stretch, const float* numbers) {
  float* const __restrict slow = stretch.changed[0];
  float* const __restrict fast = stretch.changed[1];
  const float weight = As<Weight>(numbers).weight;
  for (size_t i = 0; i < stretch.size; i++) slow[i] = fast[i] = MovingAverage(slow[i], fast[i], weight);
}

// sum ← sum + term weight
LOOPWRIGHT_VECTORIZED void AccumulateKernel(const Stretch& stretch, const float* numbers) {
  float* const __restrict sum = stretch.changed[0];
  const float* const __restrict term = stretch.read;
  const float weight = As<Weight>(numbers).weight;
  for (size_t i = 0; i < stretch.size; i++) sum[i] = sum[i] + term[i] * weight;
}

// value ← value factor
LOOPWRIGHT_VECTORIZED void ScaleKernel(const Stretch& stretch, const float* numbers) {
  float* const __restrict value = stretch.changed[0];
  const float factor = As<Weight>(numbers).weight;
  for (size_t i = 0; i < stretch.size; i++) value[i] = value[i] * factor;
}

// The order of tensors is that of `update-layouts.ts` too.
constexpr Kernel kKernels[] = {
    {"sgd", 2, 1, 1, Count<SgdNumbers>(), SgdKernel},
    {"adam", 4, 3, 1, Count<AdamNumbers>(), AdamKernel},
    {"rAdam", 3, 3, 1, Count<RAdamNumbers>(), RAdamKernel},
    {"rmsProp", 4, 2, 1, Count<RmsPropNumbers>(), RmsPropKernel},
    {"interpolate", 1, 1, 1, Count<Weight>(), InterpolateKernel},
    {"synchronize", 2, 2, 0, Count<Weight>(), SynchronizeKernel},
    {"accumulate", 1, 1, 1, Count<Weight>(), AccumulateKernel},
    {"scale", 1, 1, 0, Count<Weight>(), ScaleKernel},
};

}  // namespace

const Kernel& FindKernel(const std::string& name) {
  for (const Kernel& kernel : kKernels) {
    if (name == kernel.name) return kernel;
  }
  throw Failure("there is no kernel " + name + " for updates in place");
}

}  // namespace loopwright
