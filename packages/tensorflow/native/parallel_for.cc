#include "parallel_for.h"

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace loopwright {

namespace {

struct Job {
  const std::function<void(size_t)>& work;
  const size_t tasks;
  const size_t helpers;
  std::atomic<size_t> next{0};
  std::fenv_t arithmetic{};

  void TakePart() {
    for (size_t task = next++; task < tasks; task = next++) work(task);
  }
};

class ThreadPool {
 public:
  explicit ThreadPool(size_t helpers) {
    for (size_t i = 0; i < helpers; i++) std::thread(&ThreadPool::Help, this, i).detach();
  }

  void Run(Job& job) {
    std::fegetenv(&job.arithmetic);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_ = &job;
      generation_++;
    }
    wake_.notify_all();
    job.TakePart();
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = nullptr;  // Who wakes only now finds nothing to do.
    done_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  [[noreturn]] void Help(size_t index) {
    uint64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return generation_ != seen; });
      seen = generation_;
      Job* job = job_;
      if (job == nullptr || index >= job->helpers) continue;
      busy_++;
      lock.unlock();
      std::fesetenv(&job->arithmetic);
      job->TakePart();
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Job* job_ = nullptr;
  uint64_t generation_ = 0;
  size_t busy_ = 0;
};

// Never destroyed: its threads wait in it until the process ends.
ThreadPool& Pool() {
  static ThreadPool* const pool = new ThreadPool(MaxThreads() - 1);
  return *pool;
}

size_t CountCores() {
#ifdef __linux__
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) return static_cast<size_t>(CPU_COUNT(&allowed));
#endif
  return std::thread::hardware_concurrency();
}

}  // namespace

size_t MaxThreads() {
  static const size_t threads = [] {
    const char* const wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const long number = wanted == nullptr ? 0 : std::strtol(wanted, nullptr, 10);
    return std::max<size_t>(1, number > 0 ? static_cast<size_t>(number) : CountCores());
  }();
  return threads;
}

void ParallelFor(size_t tasks, size_t threads, const std::function<void(size_t)>& work) {
  static std::mutex turn;
  const size_t wanted = std::min({tasks, threads, MaxThreads()});
  Job job{work, tasks, wanted == 0 ? 0 : wanted - 1};
  std::unique_lock<std::mutex> lock(turn, std::defer_lock);
  if (job.helpers == 0 || !lock.try_lock()) job.TakePart();
  else Pool().Run(job);
}

}  // namespace loopwright
