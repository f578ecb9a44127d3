// The functions of TensorFlow's C interface for kernels that are used here. Its own header, tensorflow/c/kernels.h, includes
// a part of TensorFlow that is not installed.

#ifndef LOOPWRIGHT_KERNEL_API_H_
#define LOOPWRIGHT_KERNEL_API_H_

#include <cstddef>
#include <cstdint>

#include "tensorflow/c/tf_datatype.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

extern "C" {

typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;

TF_KernelBuilder* TF_NewKernelBuilder(const char* op_name, const char* device_name,
                                      void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_KernelBuilder_TypeConstraint(TF_KernelBuilder* builder, const char* attribute, TF_DataType type,
                                     TF_Status* status);
// Takes the builder.
void TF_RegisterKernelBuilder(const char* kernel_name, TF_KernelBuilder* builder, TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt32List(TF_OpKernelConstruction* construction, const char* attribute,
                                              int32_t* values, int max_values, TF_Status* status);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* construction, TF_Status* status);
// The caller deletes the tensor.
void TF_GetInput(TF_OpKernelContext* context, int index, TF_Tensor** tensor, TF_Status* status);
// The caller deletes the tensor.
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType type, const int64_t* shape, int rank,
                             size_t bytes, TF_Status* status);
TF_DataType TF_ExpectedOutputDataType(TF_OpKernelContext* context, int index);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);

}  // extern "C"

#endif  // LOOPWRIGHT_KERNEL_API_H_
