// GELU and its gradient as ops of TensorFlow, in one pass over memory each; TensorFlow composes them of a dozen.

#ifndef LOOPWRIGHT_GELU_H_
#define LOOPWRIGHT_GELU_H_

namespace loopwright {

// Makes the ops LoopwrightGelu(x) and LoopwrightGeluGrad(gradient, x) known, for float32 and bfloat16 on CPUs:
//   gelu(x) = x Φ(x)    gradient · (Φ(x) + x φ(x))
// with the normal distribution Φ and its density φ. May be called more than once.
void RegisterGelu();

}  // namespace loopwright

#endif  // LOOPWRIGHT_GELU_H_
