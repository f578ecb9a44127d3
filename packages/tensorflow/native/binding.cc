// The binding of @tensorflow/tfjs-node-gpu, as it is, and what Loopwright adds to it.
//
// The vendor's file is included for its initialisation function, which is static; its module registration gives way to
// the one below, which puts this extension's functions into an object `loopwright` of the binding.

#include "dropout.h"
#include "functions.h"
#include "in_place.h"
#include "max_pool_grad.h"
#include "profile.h"
#include "smooth_activations.h"
#include "tensors.h"

#undef NAPI_MODULE
#define NAPI_MODULE(name, initialise)
#include "binding/tfjs_binding.cc"

namespace loopwright {

// As traces call what computes here.
constexpr char kUpdateInPlace[] = "UpdateInPlace";
constexpr char kClipToNorm[] = "ClipToNorm";
constexpr char kClipToRange[] = "ClipToRange";
constexpr char kFirstNotFinite[] = "FirstNotFinite";

napi_property_descriptor Method(const char* name, napi_callback function) {
  return {name, nullptr, function, nullptr, nullptr, nullptr, napi_default, nullptr};
}

napi_value Extension(napi_env env) {
  const napi_property_descriptor functions[] = {
      Method("addFunction", Entry<AddFunction>),
      Method("removeFunction", Entry<RemoveFunction>),
      Method("opDefinitions", Entry<OpDefinitions>),
      Method("describeTensor", Entry<DescribeTensor>),
      Method("shareTensor", Entry<ShareTensor>),
      Method("readTensor", Entry<ReadTensor>),
      Method("deleteTensors", Entry<DeleteTensors>),
      Method("beginTrace", Entry<BeginTrace>),
      Method("endTrace", Entry<EndTrace>),
      Method("beginOutput", Entry<BeginOutput>),
      Method("endOutput", Entry<EndOutput>),
      Method("updateInPlace", Entry<Traced<UpdateInPlace, kUpdateInPlace>>),
      Method("clipToNorm", Entry<Traced<ClipToNorm, kClipToNorm>>),
      Method("clipToRange", Entry<Traced<ClipToRange, kClipToRange>>),
      Method("firstNotFinite", Entry<Traced<FirstNotFinite, kFirstNotFinite>>),
  };
  napi_value extension;
  napi_create_object(env, &extension);
  napi_define_properties(env, extension, sizeof(functions) / sizeof(functions[0]), functions);
  return extension;
}

}  // namespace loopwright

NAPI_MODULE_INIT() {
  exports = tfnodejs::InitTFNodeJSBinding(env, exports);
  if (exports == nullptr) return nullptr;
  try {
    loopwright::RegisterDropout();
    loopwright::RegisterMaxPoolGrad();
    loopwright::RegisterSmoothActivations();
  } catch (const loopwright::Failure& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
  napi_set_named_property(env, exports, "loopwright", loopwright::Extension(env));
  return exports;
}
