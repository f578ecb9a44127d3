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

}  // namespace loopwright

#endif  // LOOPWRIGHT_PROFILE_H_
