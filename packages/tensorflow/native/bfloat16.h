// bfloat16 and float32 by their bits, in loops that compilers vectorize.

#ifndef LOOPWRIGHT_BFLOAT16_H_
#define LOOPWRIGHT_BFLOAT16_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vectorized.h"

namespace loopwright {

// Half of float32's bits, rounded to the nearest, and to the even one of two.
struct Bfloat16 {
  uint16_t bits;
};

constexpr uint32_t kMagnitude = 0x7FFFFFFF;
constexpr uint32_t kInfinity = 0x7F800000;
constexpr uint32_t kNotANumber = 0x7FC0;  // in bfloat16

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

// In blocks that stay in the nearest cache: a loop over numbers of two sizes is slower than three over one or the other.
constexpr size_t kBlock = 256;

LOOPWRIGHT_INLINE void Widen(const Bfloat16* __restrict from, float* __restrict to, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = Load(from[i]);
}

LOOPWRIGHT_INLINE void Narrow(const float* __restrict from, Bfloat16* __restrict to, size_t size) {
  for (size_t i = 0; i < size; i++) to[i] = Rounded(from[i]);
}

}  // namespace loopwright

#endif  // LOOPWRIGHT_BFLOAT16_H_
