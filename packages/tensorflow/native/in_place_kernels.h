// The arithmetic of updates in place, element by element.
//
// Each kernel does the very operations, in their order, that the TypeScript rule of the same name does with tensors, every
// one rounded to float32, so that both give the same bits. (The compiler is told not to contract them.)

#ifndef LOOPWRIGHT_IN_PLACE_KERNELS_H_
#define LOOPWRIGHT_IN_PLACE_KERNELS_H_

#include <cstddef>
#include <string>

namespace loopwright {

constexpr size_t kMaxChanged = 4;

// A stretch of the tensors that belong together.
struct Stretch {
  float* changed[kMaxChanged];  // null where an optional one is left out
  const float* read;            // null for kernels that read nothing
  size_t size;
};

struct Kernel {
  const char* name;
  size_t changed;   // how many tensors it changes
  size_t required;  // how many of them must be given; the others are optional
  size_t read;      // how many tensors it only reads: 0 or 1
  size_t numbers;   // how many numbers it takes
  void (*run)(const Stretch& stretch, const float* numbers);
};

// Throws Failure if there is none of that name.
const Kernel& FindKernel(const std::string& name);

}  // namespace loopwright

#endif  // LOOPWRIGHT_IN_PLACE_KERNELS_H_
