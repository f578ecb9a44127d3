// TensorFlow functions: graphs that run as one op, by their name.

#ifndef LOOPWRIGHT_FUNCTIONS_H_
#define LOOPWRIGHT_FUNCTIONS_H_

#include "arguments.h"

namespace loopwright {

// addFunction(name, graphDef: Uint8Array, inputs: string[], outputs: string[], controlOutputs: string[])
// Inputs and outputs are `node:index`; control outputs are nodes that run whether or not an output needs them.
napi_value AddFunction(Call& call);

// removeFunction(name)
napi_value RemoveFunction(Call& call);

// opDefinitions(): Uint8Array — all ops that TensorFlow knows, as a serialized OpList.
napi_value OpDefinitions(Call& call);

}  // namespace loopwright

#endif  // LOOPWRIGHT_FUNCTIONS_H_
