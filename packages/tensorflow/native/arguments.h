// Reads the arguments of a call from JavaScript, and answers with errors as JavaScript's exceptions.
//
// Functions of the extension are written as `napi_value Function(Call& call)`; whatever they throw as Failure becomes an
// Error with that message.

#ifndef LOOPWRIGHT_ARGUMENTS_H_
#define LOOPWRIGHT_ARGUMENTS_H_

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "vendor_backend.h"

namespace loopwright {

class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Borrowed memory of a typed array; valid during the call.
struct Bytes {
  void* data;
  size_t length;
};

class Call {
 public:
  static constexpr size_t kMaxArguments = 8;

  Call(napi_env env, napi_callback_info info) : env(env), backend(GetBackend(env)) {
    count_ = kMaxArguments;
    Check(napi_get_cb_info(env, info, &count_, arguments_, nullptr, nullptr));
    if (backend == nullptr) throw Failure("the backend is gone");
  }

  napi_value At(size_t index) const {
    if (index >= count_) throw Failure("an argument is missing");
    return arguments_[index];
  }

  std::string String(size_t index) const { return ToString(At(index)); }

  int32_t Int(size_t index) const { return ToInt(At(index)); }

  double Number(size_t index) const {
    double number;
    Check(napi_get_value_double(env, At(index), &number));
    return number;
  }

  std::vector<std::string> Strings(size_t index) const {
    std::vector<std::string> strings;
    for (napi_value element : Elements(At(index))) strings.push_back(ToString(element));
    return strings;
  }

  std::vector<int32_t> Ints(size_t index) const {
    std::vector<int32_t> ints;
    for (napi_value element : Elements(At(index))) ints.push_back(ToInt(element));
    return ints;
  }

  // The elements of a Float64Array, copied.
  std::vector<double> Doubles(size_t index) const {
    void* data;
    size_t length;
    napi_typedarray_type type;
    Check(napi_get_typedarray_info(env, At(index), &type, &length, &data, nullptr, nullptr));
    if (type != napi_float64_array) throw Failure("a Float64Array was expected");
    return {static_cast<double*>(data), static_cast<double*>(data) + length};
  }

  // The bytes of a Uint8Array.
  Bytes ByteArray(size_t index) const {
    void* data;
    size_t length;
    napi_typedarray_type type;
    Check(napi_get_typedarray_info(env, At(index), &type, &length, &data, nullptr, nullptr));
    if (type != napi_uint8_array) throw Failure("a Uint8Array was expected");
    return {data, length};
  }

  // The handle of a tensor; the map keeps it.
  TFE_TensorHandle* Handle(int32_t id) const {
    const auto entry = backend->tfe_handle_map_.find(id);
    if (entry == backend->tfe_handle_map_.end()) throw Failure("tensor " + std::to_string(id) + " does not exist");
    return entry->second;
  }

  napi_value ReturnInt(int32_t value) const {
    napi_value result;
    Check(napi_create_int32(env, value, &result));
    return result;
  }

  napi_value ReturnInts(const std::vector<int32_t>& values) const {
    napi_value result;
    Check(napi_create_array_with_length(env, values.size(), &result));
    for (size_t i = 0; i < values.size(); i++) {
      Check(napi_set_element(env, result, static_cast<uint32_t>(i), ReturnInt(values[i])));
    }
    return result;
  }

  napi_value ReturnBoolean(bool value) const {
    napi_value result;
    Check(napi_get_boolean(env, value, &result));
    return result;
  }

  napi_value ReturnNothing() const { return nullptr; }

  void Check(napi_status status) const {
    if (status == napi_ok) return;
    const napi_extended_error_info* info = nullptr;
    napi_get_last_error_info(env, &info);
    throw Failure(info != nullptr && info->error_message != nullptr ? info->error_message : "Node-API failed");
  }

  napi_env const env;
  TFJSBackend* const backend;

 private:
  std::string ToString(napi_value value) const {
    size_t length;
    Check(napi_get_value_string_utf8(env, value, nullptr, 0, &length));
    std::string text(length, '\0');
    Check(napi_get_value_string_utf8(env, value, &text[0], length + 1, &length));
    return text;
  }

  int32_t ToInt(napi_value value) const {
    int32_t number;
    Check(napi_get_value_int32(env, value, &number));
    return number;
  }

  std::vector<napi_value> Elements(napi_value array) const {
    uint32_t length;
    Check(napi_get_array_length(env, array, &length));
    std::vector<napi_value> elements(length);
    for (uint32_t i = 0; i < length; i++) Check(napi_get_element(env, array, i, &elements[i]));
    return elements;
  }

  napi_value arguments_[kMaxArguments];
  size_t count_;
};

// A TF_Status that becomes a Failure.
class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;

  operator TF_Status*() { return status_; }

  void Check() const {
    if (TF_GetCode(status_) != TF_OK) throw Failure(TF_Message(status_));
  }

 private:
  TF_Status* const status_;
};

using Function = napi_value (*)(Call&);

// What Node calls: runs the function and turns a Failure into an exception.
template <Function function>
napi_value Entry(napi_env env, napi_callback_info info) {
  try {
    Call call(env, info);
    return function(call);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

}  // namespace loopwright

#endif  // LOOPWRIGHT_ARGUMENTS_H_
