// What TensorFlow's own tracer records of its threads, and what native code prints meanwhile.

#ifndef LOOPWRIGHT_PROFILE_H_
#define LOOPWRIGHT_PROFILE_H_

#include "arguments.h"

namespace loopwright {

// beginTrace(): boolean — starts TensorFlow's tracer with all details; false if a profiler is at work already.
napi_value BeginTrace(Call& call);

// endTrace(): { thread, name, start, milliseconds }[] — stops it; `start` counts from beginTrace, in milliseconds.
napi_value EndTrace(Call& call);

// beginOutput(): boolean — redirects standard output into an unnamed temporary file; false if that could not be done.
napi_value BeginOutput(Call& call);

// endOutput(): string — restores standard output and returns what was written meanwhile.
napi_value EndOutput(Call& call);

// The time from its construction to its destruction as an op in TensorFlow's trace, where one is being recorded.
class TracedOp {
 public:
  // The op's name, with the program's lifetime.
  explicit TracedOp(const char* name);
  ~TracedOp();
  TracedOp(const TracedOp&) = delete;
  TracedOp& operator=(const TracedOp&) = delete;

 private:
  const char* const name_;
  const int64_t start_;
};

// A function of the extension that computes, which traces show as an op.
template <Function function, const char* name>
napi_value Traced(Call& call) {
  const TracedOp op(name);
  return function(call);
}

}  // namespace loopwright

#endif  // LOOPWRIGHT_PROFILE_H_
