#include "functions.h"

#include <memory>

namespace loopwright {

namespace {

template <typename T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* object) const { destroy(object); }
};
template <typename T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;

using Graph = Owned<TF_Graph, TF_DeleteGraph>;
using Buffer = Owned<TF_Buffer, TF_DeleteBuffer>;
using ImportOptions = Owned<TF_ImportGraphDefOptions, TF_DeleteImportGraphDefOptions>;
using GraphFunction = Owned<TF_Function, TF_DeleteFunction>;

TF_Operation* Operation(TF_Graph* graph, const std::string& name) {
  TF_Operation* operation = TF_GraphOperationByName(graph, name.c_str());
  if (operation == nullptr) throw Failure("the graph has no node " + name);
  return operation;
}

// The `index`-th output of a node, from `node:index`.
std::vector<TF_Output> Outputs(TF_Graph* graph, const std::vector<std::string>& names) {
  std::vector<TF_Output> outputs;
  for (const std::string& name : names) {
    const size_t colon = name.rfind(':');
    if (colon == std::string::npos) throw Failure(name + " is not of the form node:index");
    outputs.push_back({Operation(graph, name.substr(0, colon)), std::stoi(name.substr(colon + 1))});
  }
  return outputs;
}

}  // namespace

napi_value AddFunction(Call& call) {
  const std::string name = call.String(0);
  const Bytes graph_def = call.ByteArray(1);
  Status status;
  const Graph graph(TF_NewGraph());
  const Buffer buffer(TF_NewBufferFromString(graph_def.data, graph_def.length));
  const ImportOptions options(TF_NewImportGraphDefOptions());
  TF_GraphImportGraphDef(graph.get(), buffer.get(), options.get(), status);
  status.Check();

  const std::vector<TF_Output> inputs = Outputs(graph.get(), call.Strings(2));
  const std::vector<TF_Output> outputs = Outputs(graph.get(), call.Strings(3));
  std::vector<TF_Operation*> controls;
  for (const std::string& control : call.Strings(4)) controls.push_back(Operation(graph.get(), control));

  const GraphFunction function(TF_GraphToFunctionWithControlOutputs(
      graph.get(), name.c_str(), /*append_hash_to_fn_name=*/0, /*num_opers=*/-1, nullptr,
      static_cast<int>(inputs.size()), inputs.data(), static_cast<int>(outputs.size()), outputs.data(), nullptr,
      static_cast<int>(controls.size()), controls.data(), nullptr, nullptr, nullptr, status));
  status.Check();
  TFE_ContextAddFunction(call.backend->tfe_context_, function.get(), status);
  status.Check();
  return call.ReturnNothing();
}

napi_value RemoveFunction(Call& call) {
  Status status;
  TFE_ContextRemoveFunction(call.backend->tfe_context_, call.String(0).c_str(), status);
  status.Check();
  return call.ReturnNothing();
}

napi_value OpDefinitions(Call& call) {
  const Buffer ops(TF_GetAllOpList());
  napi_value result;
  call.Check(napi_create_buffer_copy(call.env, ops->length, ops->data, nullptr, &result));
  return result;
}

}  // namespace loopwright
