// The binding of @tensorflow/tfjs-node-gpu, as it is, and what Loopwright adds to it.
//
// The vendor's file is included for its initialisation function, which is static; its module registration gives way to
// the one below, which puts this extension's functions into an object `loopwright` of the binding.

#include "functions.h"
#include "in_place.h"
#include "profile.h"
#include "tensors.h"

#undef NAPI_MODULE
#define NAPI_MODULE(name, initialise)
#include "binding/tfjs_binding.cc"

namespace loopwright {

napi_value Extension(napi_env env) {
  const napi_property_descriptor functions[] = {
      {"addFunction", nullptr, Entry<AddFunction>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"removeFunction", nullptr, Entry<RemoveFunction>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"opDefinitions", nullptr, Entry<OpDefinitions>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"describeTensor", nullptr, Entry<DescribeTensor>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"shareTensor", nullptr, Entry<ShareTensor>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"deleteTensors", nullptr, Entry<DeleteTensors>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"beginTrace", nullptr, Entry<BeginTrace>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"endTrace", nullptr, Entry<EndTrace>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"beginOutput", nullptr, Entry<BeginOutput>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"endOutput", nullptr, Entry<EndOutput>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"updateInPlace", nullptr, Entry<UpdateInPlace>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"clipToNorm", nullptr, Entry<ClipToNorm>, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"clipToRange", nullptr, Entry<ClipToRange>, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_value extension;
  napi_create_object(env, &extension);
  napi_define_properties(env, extension, sizeof(functions) / sizeof(functions[0]), functions);
  return extension;
}

}  // namespace loopwright

NAPI_MODULE_INIT() {
  exports = tfnodejs::InitTFNodeJSBinding(env, exports);
  if (exports != nullptr) napi_set_named_property(env, exports, "loopwright", loopwright::Extension(env));
  return exports;
}
