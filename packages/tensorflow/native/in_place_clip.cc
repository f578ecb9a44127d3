#include <cmath>
#include <deque>

#include "in_place.h"
#include "in_place_stretches.h"
#include "in_place_tensors.h"
#include "vectorized.h"

namespace loopwright {

namespace {

// Keeps a norm of zero from dividing; PyTorch's value.
constexpr float kEpsilon = 1e-6f;

// Sums that are kept apart, so that they can be added up side by side.
constexpr size_t kLanes = 16;

using Ranges = std::vector<Range>;
using Held = std::deque<HeldForReading>;

LOOPWRIGHT_VECTORIZED double SumOfSquares(const float* values, size_t size) {
  double lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; lane++) {
      const double value = values[i + lane];
      lanes[lane] += value * value;
    }
  }
  double sum = 0;
  for (; i < size; i++) sum += static_cast<double>(values[i]) * values[i];
  for (const double lane : lanes) sum += lane;
  return sum;
}

LOOPWRIGHT_VECTORIZED void Scale(float* __restrict result, const float* __restrict values, float factor, size_t size) {
  for (size_t i = 0; i < size; i++) result[i] = values[i] * factor;
}

// NaN stays NaN.
LOOPWRIGHT_VECTORIZED void Clamp(float* __restrict result, const float* __restrict values, float limit, size_t size) {
  for (size_t i = 0; i < size; i++) {
    const float capped = values[i] > limit ? limit : values[i];
    result[i] = capped < -limit ? -limit : capped;
  }
}

bool AllHostFloats(const Call& call, const std::vector<int32_t>& ids) {
  for (const int32_t id : ids) {
    if (!IsHostFloat(call.Handle(id))) return false;
  }
  return true;
}

Held Hold(const Call& call, const std::vector<int32_t>& ids) {
  Held held;
  for (const int32_t id : ids) held.emplace_back(call, id);
  return held;
}

Ranges Cut(const Held& tensors) {
  std::vector<size_t> sizes;
  for (const HeldForReading& tensor : tensors) sizes.push_back(tensor.size());
  return CutIntoStretches(sizes);
}

// In double precision, and the same however many threads there are.
double Norm(const Held& tensors, const Ranges& ranges) {
  std::vector<double> sums(ranges.size());
  ForEachStretch(ranges, [&](size_t i) {
    sums[i] = SumOfSquares(tensors[ranges[i].tensor].data() + ranges[i].begin, ranges[i].size());
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  return std::sqrt(sum);
}

TFE_TensorHandle* NewHandle(const TF_Tensor* tensor) {
  Status status;
  TFE_TensorHandle* handle = TFE_NewTensorHandle(tensor, status);
  status.Check();
  return handle;
}

// New tensors of the shapes of others; `fill(result, values, size)` computes them.
template <typename Fill>
std::vector<int32_t> Map(const Call& call, const Held& tensors, const Ranges& ranges, const Fill& fill) {
  std::vector<OwnedTensor> results;
  for (const HeldForReading& tensor : tensors) results.push_back(NewFloatTensor(Shape(tensor.tensor())));
  ForEachStretch(ranges, [&](size_t i) {
    const Range& range = ranges[i];
    float* const result = static_cast<float*>(TF_TensorData(results[range.tensor].get()));
    fill(result + range.begin, tensors[range.tensor].data() + range.begin, range.size());
  });
  std::vector<int32_t> ids;
  for (const OwnedTensor& result : results) ids.push_back(call.backend->InsertHandle(NewHandle(result.get())));
  return ids;
}

// Second ids for the same memory.
std::vector<int32_t> Share(const Call& call, const Held& tensors) {
  std::vector<int32_t> ids;
  for (const HeldForReading& tensor : tensors) ids.push_back(call.backend->InsertHandle(NewHandle(tensor.tensor())));
  return ids;
}

int32_t InsertScalar(const Call& call, float value) {
  const OwnedTensor scalar = NewFloatTensor({});
  *static_cast<float*>(TF_TensorData(scalar.get())) = value;
  return call.backend->InsertHandle(NewHandle(scalar.get()));
}

}  // namespace

napi_value ClipToNorm(Call& call) {
  const std::vector<int32_t> ids = call.Ints(0);
  const float limit = static_cast<float>(call.Number(1));
  if (!AllHostFloats(call, ids)) return call.ReturnInts({});
  const Held tensors = Hold(call, ids);
  const Ranges ranges = Cut(tensors);
  const float norm = static_cast<float>(Norm(tensors, ranges));
  const float factor = limit / (norm + kEpsilon);

  // Nothing to clip: the memory is shared. A norm that is NaN has to reach every gradient.
  std::vector<int32_t> results = factor >= 1 ? Share(call, tensors)
                                             : Map(call, tensors, ranges, [factor](float* result, const float* values, size_t size) {
                                                 Scale(result, values, factor, size);
                                               });
  results.insert(results.begin(), InsertScalar(call, norm));
  return call.ReturnInts(results);
}

napi_value ClipToRange(Call& call) {
  const std::vector<int32_t> ids = call.Ints(0);
  const float limit = static_cast<float>(call.Number(1));
  if (!AllHostFloats(call, ids)) return call.ReturnInts({});
  const Held tensors = Hold(call, ids);
  return call.ReturnInts(Map(call, tensors, Cut(tensors), [limit](float* result, const float* values, size_t size) {
    Clamp(result, values, limit, size);
  }));
}

}  // namespace loopwright
