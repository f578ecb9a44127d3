// Splits work over the cores with threads that stay.
//
// TensorFlow's own thread pool cannot be reached through its C interface.

#ifndef LOOPWRIGHT_PARALLEL_FOR_H_
#define LOOPWRIGHT_PARALLEL_FOR_H_

#include <cstddef>
#include <functional>

namespace loopwright {

// Calls `work(0)` … `work(tasks - 1)`, each once, in any order, on up to `threads` threads including the caller's, and
// returns when all are done. What one task computes must not depend on the others. `work` must not throw. All threads
// treat denormal numbers as the caller's does: TensorFlow's ops flush them to zero, JavaScript's thread does not. While
// another thread of the process is in here, the caller does its work alone.
void ParallelFor(size_t tasks, size_t threads, const std::function<void(size_t)>& work);

// How many threads there are: as many as TF_NUM_INTRAOP_THREADS says, else as the process may use cores.
size_t MaxThreads();

}  // namespace loopwright

#endif  // LOOPWRIGHT_PARALLEL_FOR_H_
