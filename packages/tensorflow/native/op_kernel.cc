#include "op_kernel.h"

#include "tensorflow/c/ops.h"

namespace loopwright {

namespace {

void SameShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* const shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

}  // namespace

void RegisterOp(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& attributes) {
  TF_OpDefinitionBuilder* const builder = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderAddAttr(builder, "T: {float, bfloat16}");
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  TF_OpDefinitionBuilderAddOutput(builder, "y: T");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, SameShape);
  Status status;
  TF_RegisterOpDefinition(builder, status);
  status.Check();
}

void RegisterKernel(const char* op, TF_DataType type, void (*compute)(void*, TF_OpKernelContext*),
                    void* (*create)(TF_OpKernelConstruction*), void (*destroy)(void*)) {
  Status status;
  TF_KernelBuilder* const builder = TF_NewKernelBuilder(op, "CPU", create, compute, destroy);
  TF_KernelBuilder_TypeConstraint(builder, "T", type, status);
  status.Check();
  TF_RegisterKernelBuilder(op, builder, status);
  status.Check();
}

}  // namespace loopwright
