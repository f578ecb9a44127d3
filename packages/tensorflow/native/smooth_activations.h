// GELU, Mish, Swish and their gradients as ops of TensorFlow, in one pass over memory each; TensorFlow composes them of up
// to a dozen.

#ifndef LOOPWRIGHT_SMOOTH_ACTIVATIONS_H_
#define LOOPWRIGHT_SMOOTH_ACTIVATIONS_H_

namespace loopwright {

// Makes known, for float32 and bfloat16 on CPUs, the ops LoopwrightGelu(x), LoopwrightGeluTanh(x), LoopwrightMish(x) and
// LoopwrightSwish(x), and of each the gradient, LoopwrightGeluGrad(gradient, x) and so on. May be called more than once.
void RegisterSmoothActivations();

}  // namespace loopwright

#endif  // LOOPWRIGHT_SMOOTH_ACTIVATIONS_H_
