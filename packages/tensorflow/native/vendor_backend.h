// Opens the backend of @tensorflow/tfjs-node-gpu to this extension: its context and its map from ids to tensor handles
// are private there. The vendor's files are included, not copied, and compiled as they are.

#ifndef LOOPWRIGHT_VENDOR_BACKEND_H_
#define LOOPWRIGHT_VENDOR_BACKEND_H_

#include <node_api.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

#define private public
#include "binding/tfjs_backend.h"
#undef private

namespace loopwright {

using tfnodejs::TFJSBackend;

// The backend that belongs to this environment.
inline TFJSBackend* GetBackend(napi_env env) {
  void* backend = nullptr;
  napi_get_instance_data(env, &backend);
  return static_cast<TFJSBackend*>(backend);
}

}  // namespace loopwright

#endif  // LOOPWRIGHT_VENDOR_BACKEND_H_
