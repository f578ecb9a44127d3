// Holds back what native code writes to standard error, so that the caller can pass on what matters.
//
// TensorFlow logs from its libraries' static initializers, before any setting that could silence it is read, and
// JavaScript cannot redirect a file descriptor. Therefore this addon, which needs no TensorFlow:
//
//   begin(): boolean   redirects descriptor 2 into an unnamed temporary file; false if that could not be done
//   end(): string      restores descriptor 2 and returns what was written meanwhile
//
// If the process dies in between, what was held back is written out first: it says why.

#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>

namespace {

constexpr int kFatalSignals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr int kSignalCount = sizeof(kFatalSignals) / sizeof(kFatalSignals[0]);

std::atomic<bool> active{false};
std::FILE* captured = nullptr;
int original = -1;
struct sigaction previous[kSignalCount];

void CloseCapture() {
  if (captured != nullptr) std::fclose(captured);
  if (original >= 0) close(original);
  captured = nullptr;
  original = -1;
}

// Uses only what is safe in a signal handler.
void ReplayAndDie(int signal) {
  const int file = fileno(captured);
  char buffer[4096];
  ssize_t count;
  lseek(file, 0, SEEK_SET);
  while ((count = read(file, buffer, sizeof(buffer))) > 0) {
    if (write(original, buffer, static_cast<size_t>(count)) < 0) break;
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

bool Redirect() {
  captured = std::tmpfile();
  original = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (captured == nullptr || original < 0 || dup2(fileno(captured), STDERR_FILENO) < 0) {
    CloseCapture();
    return false;
  }
  struct sigaction action = {};
  action.sa_handler = ReplayAndDie;
  for (int i = 0; i < kSignalCount; i++) sigaction(kFatalSignals[i], &action, &previous[i]);
  return true;
}

std::string Restore() {
  for (int i = 0; i < kSignalCount; i++) sigaction(kFatalSignals[i], &previous[i], nullptr);
  dup2(original, STDERR_FILENO);
  std::string text;
  char buffer[4096];
  size_t count;
  std::rewind(captured);
  while ((count = std::fread(buffer, 1, sizeof(buffer), captured)) > 0) text.append(buffer, count);
  CloseCapture();
  return text;
}

napi_value Begin(napi_env env, napi_callback_info) {
  // One at a time in the process: a second thread that loads meanwhile simply is not captured.
  bool started = !active.exchange(true);
  if (started && !Redirect()) {
    active = false;
    started = false;
  }
  napi_value result;
  return napi_get_boolean(env, started, &result) == napi_ok ? result : nullptr;
}

napi_value End(napi_env env, napi_callback_info) {
  std::string text;
  if (captured != nullptr) {
    text = Restore();
    active = false;
  }
  napi_value result;
  return napi_create_string_utf8(env, text.data(), text.size(), &result) == napi_ok ? result : nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"begin", nullptr, Begin, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"end", nullptr, End, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  return napi_define_properties(env, exports, 2, functions) == napi_ok ? exports : nullptr;
}
