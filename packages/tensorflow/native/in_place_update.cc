#include <algorithm>
#include <deque>
#include <set>

#include "in_place.h"
#include "in_place_kernels.h"
#include "in_place_stretches.h"
#include "in_place_tensors.h"
#include "vectorized.h"

namespace loopwright {

namespace {

constexpr int32_t kLeftOut = -1;

// A centralized gradient is made in pieces that stay in the first-level cache.
constexpr size_t kPiece = 1024;

// The update of one parameter, all of it.
struct Update {
  float* changed[kMaxChanged] = {};
  const float* read = nullptr;
  size_t size = 0;
  const float* numbers = nullptr;
  std::vector<float> column_means;  // empty if the gradient is not centralized
};

// The arguments of a call, by rows.
struct Rows {
  const Kernel& kernel;
  const std::vector<int32_t> ids;
  const std::vector<float> numbers;
  const std::vector<int32_t> columns;

  size_t width() const { return kernel.changed + kernel.read; }
  size_t count() const { return ids.size() / width(); }
  int32_t id(size_t row, size_t column) const { return ids[row * width() + column]; }
};

Rows ReadRows(const Call& call) {
  const Kernel& kernel = FindKernel(call.String(0));
  const std::vector<double> numbers = call.Doubles(2);
  Rows rows{kernel, call.Ints(1), {numbers.begin(), numbers.end()}, call.Ints(3)};
  const bool fits = rows.ids.size() == rows.count() * rows.width() &&
                    rows.numbers.size() == rows.count() * kernel.numbers &&
                    (rows.columns.empty() || rows.columns.size() == rows.count());
  if (!fits) throw Failure(std::string("the rows of kernel ") + kernel.name + " do not have its width");
  return rows;
}

// Whether all tensors of a row are float32 in the host's memory and of one size, which `columns` divides.
bool IsPossible(const Call& call, const Rows& rows, size_t row) {
  const size_t size = ElementCount(call.Handle(rows.id(row, 0)));
  for (size_t i = 0; i < rows.width(); i++) {
    const int32_t id = rows.id(row, i);
    if (id == kLeftOut && i >= rows.kernel.required && i < rows.kernel.changed) continue;
    TFE_TensorHandle* const handle = call.Handle(id);
    if (!IsHostFloat(handle) || ElementCount(handle) != size) return false;
  }
  return rows.columns.empty() || rows.columns[row] == 0 || size % rows.columns[row] == 0;
}

void RefuseRepeated(const Rows& rows) {
  std::set<int32_t> seen;
  for (size_t row = 0; row < rows.count(); row++) {
    for (size_t i = 0; i < rows.kernel.changed; i++) {
      const int32_t id = rows.id(row, i);
      if (id != kLeftOut && !seen.insert(id).second) {
        throw Failure("tensor " + std::to_string(id) + " would be changed twice");
      }
    }
  }
}

LOOPWRIGHT_VECTORIZED void AddRow(double* sums, const float* row, size_t columns) {
  for (size_t i = 0; i < columns; i++) sums[i] += row[i];
}

LOOPWRIGHT_VECTORIZED void Subtract(float* result, const float* values, const float* means, size_t size) {
  for (size_t i = 0; i < size; i++) result[i] = values[i] - means[i];
}

// The sums of the columns over some whole rows.
std::vector<double> SumColumns(const Update& update, const Range& range) {
  const size_t columns = update.column_means.size();
  std::vector<double> sums(columns);
  for (size_t row = range.begin; row < range.end; row += columns) AddRow(sums.data(), update.read + row, columns);
  return sums;
}

// Whole rows of all gradients that are to be centralized, about a stretch at a time.
std::vector<Range> CutIntoRows(const std::vector<Update>& updates) {
  std::vector<Range> ranges;
  for (size_t index = 0; index < updates.size(); index++) {
    const size_t columns = updates[index].column_means.size();
    if (columns == 0) continue;
    const size_t length = std::max(columns, kStretch / columns * columns);
    for (size_t begin = 0; begin < updates[index].size; begin += length) {
      ranges.push_back({index, begin, std::min(begin + length, updates[index].size)});
    }
  }
  return ranges;
}

// In double precision, and the same however many threads there are.
void AverageColumns(std::vector<Update>& updates) {
  const std::vector<Range> ranges = CutIntoRows(updates);
  std::vector<std::vector<double>> parts(ranges.size());
  ForEachStretch(ranges, [&](size_t i) { parts[i] = SumColumns(updates[ranges[i].tensor], ranges[i]); });
  for (size_t i = 0; i < ranges.size();) {
    Update& update = updates[ranges[i].tensor];
    const size_t columns = update.column_means.size();
    std::vector<double> sums(columns);
    for (const size_t tensor = ranges[i].tensor; i < ranges.size() && ranges[i].tensor == tensor; i++) {
      for (size_t column = 0; column < columns; column++) sums[column] += parts[i][column];
    }
    const double rows = static_cast<double>(update.size / columns);
    for (size_t column = 0; column < columns; column++) update.column_means[column] = static_cast<float>(sums[column] / rows);
  }
}

// `result` ← the elements from `begin` on of the gradient, less the means of their columns.
void Centralize(const Update& update, size_t begin, size_t size, float* result) {
  const size_t columns = update.column_means.size();
  for (size_t done = 0; done < size;) {
    const size_t column = (begin + done) % columns;
    const size_t length = std::min(size - done, columns - column);
    Subtract(result + done, update.read + begin + done, &update.column_means[column], length);
    done += length;
  }
}

Stretch StretchOf(const Update& update, size_t begin, size_t size) {
  Stretch stretch{{}, update.read == nullptr ? nullptr : update.read + begin, size};
  for (size_t i = 0; i < kMaxChanged; i++) {
    stretch.changed[i] = update.changed[i] == nullptr ? nullptr : update.changed[i] + begin;
  }
  return stretch;
}

void Run(const Kernel& kernel, const Update& update, const Range& range) {
  if (update.column_means.empty()) {
    kernel.run(StretchOf(update, range.begin, range.size()), update.numbers);
    return;
  }
  float gradient[kPiece];
  for (size_t begin = range.begin; begin < range.end; begin += kPiece) {
    Stretch stretch = StretchOf(update, begin, std::min(kPiece, range.end - begin));
    Centralize(update, begin, stretch.size, gradient);
    stretch.read = gradient;
    kernel.run(stretch, update.numbers);
  }
}

}  // namespace

napi_value UpdateInPlace(Call& call) {
  const Rows rows = ReadRows(call);
  const Kernel& kernel = rows.kernel;
  RefuseRepeated(rows);
  for (size_t row = 0; row < rows.count(); row++) {
    if (!IsPossible(call, rows, row)) return call.ReturnBoolean(false);
  }

  // What is read is held first: where it shares memory with what changes, that is copied.
  std::deque<HeldForReading> read;
  std::deque<HeldForChange> changed;
  std::vector<Update> updates(rows.count());
  for (size_t row = 0; row < rows.count() && kernel.read > 0; row++) {
    updates[row].read = read.emplace_back(call, rows.id(row, kernel.changed)).data();
  }
  std::vector<size_t> sizes;
  for (size_t row = 0; row < rows.count(); row++) {
    Update& update = updates[row];
    update.size = ElementCount(call.Handle(rows.id(row, 0)));
    update.numbers = rows.numbers.data() + row * kernel.numbers;
    if (!rows.columns.empty() && update.size > 0) update.column_means.resize(rows.columns[row]);
    for (size_t i = 0; i < kernel.changed; i++) {
      if (rows.id(row, i) != kLeftOut) update.changed[i] = changed.emplace_back(call, rows.id(row, i)).data();
    }
    sizes.push_back(update.size);
  }

  AverageColumns(updates);
  const std::vector<Range> ranges = CutIntoStretches(sizes);
  ForEachStretch(ranges, [&](size_t i) { Run(kernel, updates[ranges[i].tensor], ranges[i]); });
  return call.ReturnBoolean(true);
}

}  // namespace loopwright
