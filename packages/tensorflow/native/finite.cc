#include <cmath>
#include <deque>

#include "in_place.h"
#include "in_place_stretches.h"
#include "in_place_tensors.h"
#include "vectorized.h"

namespace loopwright {

namespace {

// Kept apart, so that they can be added up side by side.
constexpr size_t kLanes = 64;

// What the function returns besides an index.
constexpr int32_t kAllFinite = -1;
constexpr int32_t kCannotTell = -2;

// Zero times a number is zero; times what is not finite it is NaN, and a sum stays so.
LOOPWRIGHT_VECTORIZED bool AllFinite(const float* values, size_t size) {
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; lane++) lanes[lane] += values[i + lane] * 0.0f;
  }
  float sum = 0;
  for (; i < size; i++) sum += values[i] * 0.0f;
  for (const float lane : lanes) sum += lane;
  return std::isfinite(sum);
}

}  // namespace

napi_value FirstNotFinite(Call& call) {
  const std::vector<int32_t> ids = call.Ints(0);
  std::deque<HeldForReading> tensors;
  std::vector<size_t> sizes;
  for (const int32_t id : ids) {
    if (!IsHostFloat(call.Handle(id))) return call.ReturnInt(kCannotTell);
    sizes.push_back(tensors.emplace_back(call, id).size());
  }
  const std::vector<Range> ranges = CutIntoStretches(sizes);
  std::vector<char> finite(ranges.size());
  ForEachStretch(ranges, [&](size_t i) {
    finite[i] = AllFinite(tensors[ranges[i].tensor].data() + ranges[i].begin, ranges[i].size());
  });
  for (size_t i = 0; i < ranges.size(); i++) {
    if (!finite[i]) return call.ReturnInt(static_cast<int32_t>(ranges[i].tensor));
  }
  return call.ReturnInt(kAllFinite);
}

}  // namespace loopwright
