#include "profile.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>

// Of the two headers that the recorder's includes it needs no more than this. They would need Abseil's, which are not
// installed; TensorFlow 2.18 has them in another folder.
#define XLA_TSL_PLATFORM_MACROS_H_
#define XLA_TSL_PLATFORM_TYPES_H_
#define TENSORFLOW_TSL_PLATFORM_MACROS_H_
#define TENSORFLOW_TSL_PLATFORM_TYPES_H_
#define TF_EXPORT
#define TF_MUST_USE_RESULT
namespace tsl {
using uint32 = uint32_t;
}
#include "xla/tsl/profiler/backends/cpu/traceme_recorder.h"

namespace loopwright {

namespace {

using tsl::profiler::TraceMeRecorder;

// Cheap ops and the shapes of inputs too; the tracer's usual level, 2, leaves both out.
constexpr int kAllDetails = 3;

int64_t trace_start = 0;
std::FILE* output = nullptr;
int original_output = -1;

// The tracer's clock.
int64_t NanosecondsNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void Set(const Call& call, napi_value object, const char* name, double number) {
  napi_value value;
  call.Check(napi_create_double(call.env, number, &value));
  call.Check(napi_set_named_property(call.env, object, name, value));
}

void Set(const Call& call, napi_value object, const char* name, const std::string& text) {
  napi_value value;
  call.Check(napi_create_string_utf8(call.env, text.data(), text.size(), &value));
  call.Check(napi_set_named_property(call.env, object, name, value));
}

napi_value ReturnBool(const Call& call, bool value) {
  napi_value result;
  call.Check(napi_get_boolean(call.env, value, &result));
  return result;
}

void CloseOutput() {
  if (output != nullptr) std::fclose(output);
  if (original_output >= 0) close(original_output);
  output = nullptr;
  original_output = -1;
}

}  // namespace

TracedOp::TracedOp(const char* name) : name_(name), start_(NanosecondsNow()) {}

TracedOp::~TracedOp() {
  // Named as TensorFlow names its kernels: node and op.
  if (TraceMeRecorder::Active(1)) {
    TraceMeRecorder::Record({std::string("loopwright:") + name_, start_, NanosecondsNow()});
  }
}

napi_value BeginTrace(Call& call) {
  const bool started = TraceMeRecorder::Start(kAllDetails);
  if (started) trace_start = NanosecondsNow();
  return ReturnBool(call, started);
}

napi_value EndTrace(Call& call) {
  const TraceMeRecorder::Events threads = TraceMeRecorder::Stop();
  napi_value result;
  call.Check(napi_create_array(call.env, &result));
  uint32_t count = 0;
  for (size_t thread = 0; thread < threads.size(); thread++) {
    for (const TraceMeRecorder::Event& event : threads[thread].events) {
      if (!event.IsComplete()) continue;
      napi_value object;
      call.Check(napi_create_object(call.env, &object));
      Set(call, object, "thread", static_cast<double>(thread));
      Set(call, object, "name", event.name);
      Set(call, object, "start", (event.start_time - trace_start) / 1e6);
      Set(call, object, "milliseconds", (event.end_time - event.start_time) / 1e6);
      call.Check(napi_set_element(call.env, result, count++, object));
    }
  }
  return result;
}

napi_value BeginOutput(Call& call) {
  if (output != nullptr) return ReturnBool(call, false);
  std::fflush(stdout);
  output = std::tmpfile();
  original_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  const bool redirected =
      output != nullptr && original_output >= 0 && dup2(fileno(output), STDOUT_FILENO) >= 0;
  if (!redirected) CloseOutput();
  return ReturnBool(call, redirected);
}

napi_value EndOutput(Call& call) {
  std::string text;
  if (output != nullptr) {
    std::fflush(stdout);
    dup2(original_output, STDOUT_FILENO);
    char buffer[4096];
    size_t count;
    std::rewind(output);
    while ((count = std::fread(buffer, 1, sizeof(buffer), output)) > 0) text.append(buffer, count);
    CloseOutput();
  }
  napi_value result;
  call.Check(napi_create_string_utf8(call.env, text.data(), text.size(), &result));
  return result;
}

}  // namespace loopwright
