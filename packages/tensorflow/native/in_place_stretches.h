// Cuts tensors into stretches of work of about equal size, all of them together, so that small ones cost nothing.

#ifndef LOOPWRIGHT_IN_PLACE_STRETCHES_H_
#define LOOPWRIGHT_IN_PLACE_STRETCHES_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include "parallel_for.h"

namespace loopwright {

// The elements from `begin` to `end` of the `tensor`-th tensor.
struct Range {
  size_t tensor;
  size_t begin;
  size_t end;

  size_t size() const { return end - begin; }
};

// Small enough to be shared out evenly, large enough for the memory's prefetching.
constexpr size_t kStretch = 65536;

// Below so many elements a thread costs more than it saves.
constexpr size_t kElementsWorthAThread = 32768;

inline std::vector<Range> CutIntoStretches(const std::vector<size_t>& sizes) {
  std::vector<Range> ranges;
  for (size_t tensor = 0; tensor < sizes.size(); tensor++) {
    for (size_t begin = 0; begin < sizes[tensor]; begin += kStretch) {
      ranges.push_back({tensor, begin, std::min(begin + kStretch, sizes[tensor])});
    }
  }
  return ranges;
}

// Calls `work(index)` for each range, on as many threads as their sizes are worth.
inline void ForEachStretch(const std::vector<Range>& ranges, const std::function<void(size_t)>& work) {
  size_t elements = 0;
  for (const Range& range : ranges) elements += range.size();
  ParallelFor(ranges.size(), elements / kElementsWorthAThread, work);
}

}  // namespace loopwright

#endif  // LOOPWRIGHT_IN_PLACE_STRETCHES_H_
