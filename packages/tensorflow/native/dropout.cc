#include "dropout.h"

#include <algorithm>
#include <mutex>

#include "bfloat16.h"
#include "op_kernel.h"
#include "vectorized.h"

namespace loopwright {

namespace {

// Counters that are worked on at once, and the random words that they give.
constexpr size_t kLanes = 256;
constexpr size_t kWords = 4 * kLanes;
static_assert(kElementsPerTask % kWords == 0, "a task begins with whole counters");
static_assert(kWords % kBlock == 0, "words are used in whole blocks");

// Which elements stay, and how they are scaled.
struct DropMask {
  uint32_t key[2];
  uint32_t threshold;  // of a random word, from which on an element stays
  float scale;
};

LOOPWRIGHT_INLINE void PhiloxRound(uint32_t (&counter)[4], uint32_t key0, uint32_t key1) {
  const uint64_t product0 = uint64_t{0xD2511F53} * counter[0];
  const uint64_t product1 = uint64_t{0xCD9E8D57} * counter[2];
  counter[0] = static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0;
  counter[1] = static_cast<uint32_t>(product1);
  counter[2] = static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1;
  counter[3] = static_cast<uint32_t>(product0);
}

// The words of `kLanes` counters from `first` on, by Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2,
// 3", 2011): the first words of all counters, then the second ones, and so on.
LOOPWRIGHT_INLINE void Philox(const uint32_t (&key)[2], uint64_t first, uint32_t* __restrict words) {
  const uint32_t low = static_cast<uint32_t>(first);
  const uint32_t high = static_cast<uint32_t>(first >> 32);
  for (uint32_t lane = 0; lane < kLanes; lane++) {
    // `first` is a multiple of kLanes, so nothing is carried.
    uint32_t counter[4] = {low + lane, high, 0, 0};
    uint32_t key0 = key[0];
    uint32_t key1 = key[1];
    LOOPWRIGHT_UNROLL(10)
    for (int round = 0; round < 10; round++) {
      PhiloxRound(counter, key0, key1);
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    for (size_t word = 0; word < 4; word++) words[word * kLanes + lane] = counter[word];
  }
}

// A product, and not a choice, so that what is not a number is seen wherever it is.
LOOPWRIGHT_INLINE void Multiply(const float* __restrict x, const uint32_t* __restrict words, const DropMask& mask,
                                float* __restrict y, size_t size) {
  const uint32_t scale = ToBits(mask.scale);
  for (size_t i = 0; i < size; i++) y[i] = x[i] * FromBits(Mask(words[i] >= mask.threshold) & scale);
}

LOOPWRIGHT_INLINE void Multiply(const Bfloat16* __restrict x, const uint32_t* __restrict words, const DropMask& mask,
                                Bfloat16* __restrict y, size_t size) {
  float in[kBlock], out[kBlock];
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t count = std::min(kBlock, size - begin);
    Widen(x + begin, in, count);
    Multiply(in, words + begin, mask, out, count);
    Narrow(out, y + begin, count);
  }
}

// Of the elements from `begin` on, which is where a task begins.
template <typename T>
LOOPWRIGHT_INLINE void Drop(const T* x, const DropMask& mask, T* y, size_t begin, size_t size) {
  uint32_t words[kWords];
  for (size_t done = 0; done < size; done += kWords) {
    Philox(mask.key, (begin + done) / 4, words);
    Multiply(x + begin + done, words, mask, y + begin + done, std::min(kWords, size - done));
  }
}

LOOPWRIGHT_VECTORIZED void Run(const float* x, const DropMask& mask, float* y, size_t begin, size_t size) {
  Drop(x, mask, y, begin, size);
}

LOOPWRIGHT_VECTORIZED void Run(const Bfloat16* x, const DropMask& mask, Bfloat16* y, size_t begin, size_t size) {
  Drop(x, mask, y, begin, size);
}

DropMask MaskOf(const Input& seed, const Input& rate) {
  if (seed.size() != 2) throw Failure("seed must have two elements");
  if (rate.size() != 1) throw Failure("rate must be a scalar");
  const double share = rate.data<float>()[0];
  if (!(share >= 0 && share < 1)) throw Failure("rate must be from 0 to less than 1");
  const uint32_t* const key = seed.data<uint32_t>();
  return {{key[0], key[1]}, static_cast<uint32_t>(share * 4294967296.0), static_cast<float>(1 / (1 - share))};
}

template <typename T>
void ComputeDropout(void*, TF_OpKernelContext* context) {
  Guarded(context, [&] {
    const Input x(context, 0);
    const DropMask mask = MaskOf(Input(context, 1), Input(context, 2));
    const Output<T> y(context, x);
    OverStretches(x.size(), [&](size_t begin, size_t size) { Run(x.data<T>(), mask, y.data(), begin, size); });
  });
}

}  // namespace

void RegisterDropout() {
  static std::once_flag once;
  std::call_once(once, [] {
    RegisterOp("LoopwrightDropout", {"x: T", "seed: int32", "rate: float"});
    RegisterKernel("LoopwrightDropout", TF_FLOAT, ComputeDropout<float>);
    RegisterKernel("LoopwrightDropout", TF_BFLOAT16, ComputeDropout<Bfloat16>);
  });
}

}  // namespace loopwright
