#include "max_pool_grad.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bfloat16.h"
#include "op_kernel.h"
#include "vectorized.h"

namespace loopwright {

namespace {

// Of one axis: which pixels of the image a window covers; none, if it lies in the padding alone.
struct Axis {
  int64_t size;  // of the image
  int64_t window;
  int64_t stride;
  int64_t before;
  int64_t outputs;

  LOOPWRIGHT_INLINE int64_t Begin(int64_t output) const {
    return std::min(std::max<int64_t>(output * stride - before, 0), size);
  }
  LOOPWRIGHT_INLINE int64_t End(int64_t output) const { return std::min(output * stride - before + window, size); }
};

struct Pooling {
  Axis rows;
  Axis columns;
  size_t channels;
};

// As integers in the same order: both zeros are one, and what is not a number lies above all others.
LOOPWRIGHT_INLINE int32_t OrderOf(float x) {
  const uint32_t bits = ToBits(x);
  const uint32_t magnitude = bits & kMagnitude;
  const uint32_t sign = Mask(bits >> 31 != 0);
  return static_cast<int32_t>(Select(Mask(magnitude > kInfinity), kMagnitude, (magnitude ^ sign) - sign));
}

LOOPWRIGHT_INLINE void Read(const float* from, float* to, size_t size) { std::copy_n(from, size, to); }
LOOPWRIGHT_INLINE void Read(const Bfloat16* from, float* to, size_t size) { Widen(from, to, size); }
LOOPWRIGHT_INLINE void Write(const float* from, float* to, size_t size) { std::copy_n(from, size, to); }
LOOPWRIGHT_INLINE void Write(const float* from, Bfloat16* to, size_t size) { Narrow(from, to, size); }

// The rows of a gradient that windows still add to, in float32. A row is written when no window reaches it any more.
template <typename T>
class OpenRows {
 public:
  LOOPWRIGHT_INLINE OpenRows(float* memory, const Pooling& pooling, size_t channels, T* result)
      : memory_(memory), pooling_(pooling), channels_(channels), result_(result) {}

  // Writes the rows above `begin`, and makes those up to `end` ones to add to. Both grow from call to call.
  LOOPWRIGHT_INLINE void Open(int64_t begin, int64_t end) {
    for (; written_ < begin; written_++) {
      if (written_ >= opened_) std::fill_n(Row(written_), RowSize(), 0.0f);
      const float* const row = Row(written_);
      for (int64_t column = 0; column < pooling_.columns.size; column++) {
        T* const pixel = result_ + (written_ * pooling_.columns.size + column) * pooling_.channels;
        Write(row + column * channels_, pixel, channels_);
      }
    }
    for (opened_ = std::max(opened_, begin); opened_ < end; opened_++) std::fill_n(Row(opened_), RowSize(), 0.0f);
  }

  // The first of an open row's numbers.
  LOOPWRIGHT_INLINE float* Row(int64_t row) const { return memory_ + row % MostOpen(pooling_) * RowSize(); }

  static size_t MemoryFor(const Pooling& pooling, size_t channels) {
    return MostOpen(pooling) * pooling.columns.size * channels;
  }

 private:
  static LOOPWRIGHT_INLINE int64_t MostOpen(const Pooling& pooling) {
    return std::min(pooling.rows.window, pooling.rows.size);
  }
  LOOPWRIGHT_INLINE size_t RowSize() const { return pooling_.columns.size * channels_; }

  float* const memory_;
  const Pooling& pooling_;
  const size_t channels_;
  T* const result_;
  int64_t written_ = 0;
  int64_t opened_ = 0;
};

// One image, up to kBlock channels of it; pointers are to the first of these.
template <typename T>
LOOPWRIGHT_INLINE void Route(const T* x, const T* gradient, T* result, const Pooling& pooling, size_t channels,
                             float* memory) {
  const Axis rows = pooling.rows, columns = pooling.columns;
  float slope[kBlock], in[kBlock];
  int32_t highest[kBlock], where[kBlock];
  OpenRows<T> open(memory, pooling, channels, result);
  for (int64_t row = 0; row < rows.outputs; row++) {
    open.Open(rows.Begin(row), rows.End(row));
    for (int64_t column = 0; column < columns.outputs; column++) {
      std::fill_n(highest, channels, std::numeric_limits<int32_t>::min());
      for (int64_t i = rows.Begin(row); i < rows.End(row); i++) {
        for (int64_t j = columns.Begin(column); j < columns.End(column); j++) {
          const int32_t position = static_cast<int32_t>(i * columns.size + j);
          Read(x + (i * columns.size + j) * pooling.channels, in, channels);
          for (size_t c = 0; c < channels; c++) {
            const int32_t order = OrderOf(in[c]);
            const uint32_t isHigher = Mask(order > highest[c]);
            highest[c] = static_cast<int32_t>(Select(isHigher, order, highest[c]));
            where[c] = static_cast<int32_t>(Select(isHigher, position, where[c]));
          }
        }
      }
      Read(gradient + (row * columns.outputs + column) * pooling.channels, slope, channels);
      for (int64_t i = rows.Begin(row); i < rows.End(row); i++) {
        float* const sums = open.Row(i);
        for (int64_t j = columns.Begin(column); j < columns.End(column); j++) {
          const int32_t position = static_cast<int32_t>(i * columns.size + j);
          float* const sum = sums + j * channels;
          for (size_t c = 0; c < channels; c++) sum[c] += FromBits(ToBits(slope[c]) & Mask(where[c] == position));
        }
      }
    }
  }
  open.Open(rows.size, rows.size);
}

LOOPWRIGHT_VECTORIZED void Run(const float* x, const float* gradient, float* result, const Pooling& pooling, size_t channels,
                               float* memory) {
  Route(x, gradient, result, pooling, channels, memory);
}

LOOPWRIGHT_VECTORIZED void Run(const Bfloat16* x, const Bfloat16* gradient, Bfloat16* result, const Pooling& pooling,
                               size_t channels, float* memory) {
  Route(x, gradient, result, pooling, channels, memory);
}

// The attributes of an op: of height and width each.
struct Attributes {
  int32_t window[2];
  int32_t strides[2];
  int32_t before[2];
};

void* CreateKernel(TF_OpKernelConstruction* construction) {
  std::unique_ptr<Attributes> attributes(new Attributes());
  Status status;
  const auto read = [&](const char* name, int32_t (&values)[2], int32_t least) {
    if (TF_GetCode(status) != TF_OK) return;
    TF_OpKernelConstruction_GetAttrInt32List(construction, name, values, 2, status);
    if (TF_GetCode(status) == TF_OK && std::min(values[0], values[1]) < least) {
      TF_SetStatus(status, TF_INVALID_ARGUMENT, (std::string(name) + " is too small").c_str());
    }
  };
  read("window", attributes->window, 1);
  read("strides", attributes->strides, 1);
  read("before", attributes->before, 0);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  return attributes.release();
}

void DeleteKernel(void* kernel) { delete static_cast<Attributes*>(kernel); }

Pooling PoolingOf(const Attributes& attributes, const Input& x, const Input& gradient) {
  const auto of = [](const Input& images, int axis) { return TF_Dim(images.tensor(), axis); };
  const bool areImages = TF_NumDims(x.tensor()) == 4 && TF_NumDims(gradient.tensor()) == 4;
  if (!areImages || of(x, 0) != of(gradient, 0) || of(x, 3) != of(gradient, 3)) {
    throw Failure("x and gradient must be images, as many and of as many channels");
  }
  if (of(x, 1) * of(x, 2) > std::numeric_limits<int32_t>::max()) throw Failure("the images are too large");
  const auto axis = [&](int index) {
    return Axis{of(x, index + 1), attributes.window[index], attributes.strides[index], attributes.before[index],
                of(gradient, index + 1)};
  };
  return {axis(0), axis(1), static_cast<size_t>(of(x, 3))};
}

template <typename T>
void ComputeMaxPoolGrad(void* kernel, TF_OpKernelContext* context) {
  Guarded(context, [&] {
    const Input x(context, 0);
    const Input gradient(context, 1);
    const Pooling pooling = PoolingOf(*static_cast<const Attributes*>(kernel), x, gradient);
    const Output<T> result(context, x);
    if (x.size() == 0) return;
    const size_t images = static_cast<size_t>(TF_Dim(x.tensor(), 0));
    const size_t blocks = (pooling.channels + kBlock - 1) / kBlock;
    ParallelFor(images * blocks, MaxThreads(), [&](size_t task) {
      const size_t image = task / blocks, from = task % blocks * kBlock;
      const size_t channels = std::min(kBlock, pooling.channels - from);
      const size_t pixels = image * pooling.rows.size * pooling.columns.size;
      const size_t outputs = image * pooling.rows.outputs * pooling.columns.outputs;
      std::vector<float> memory(OpenRows<T>::MemoryFor(pooling, channels));
      Run(x.data<T>() + pixels * pooling.channels + from, gradient.data<T>() + outputs * pooling.channels + from,
          result.data() + pixels * pooling.channels + from, pooling, channels, memory.data());
    });
  });
}

}  // namespace

void RegisterMaxPoolGrad() {
  static std::once_flag once;
  std::call_once(once, [] {
    const char* const op = "LoopwrightMaxPoolGrad";
    RegisterOp(op, {"x: T", "gradient: T"}, {"window: list(int)", "strides: list(int)", "before: list(int)"});
    RegisterKernel(op, TF_FLOAT, ComputeMaxPoolGrad<float>, CreateKernel, DeleteKernel);
    RegisterKernel(op, TF_BFLOAT16, ComputeMaxPoolGrad<Bfloat16>, CreateKernel, DeleteKernel);
  });
}

}  // namespace loopwright
