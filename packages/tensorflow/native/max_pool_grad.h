// The gradient of max pooling as one op of TensorFlow; its own takes several times as long, and only float32.

#ifndef LOOPWRIGHT_MAX_POOL_GRAD_H_
#define LOOPWRIGHT_MAX_POOL_GRAD_H_

namespace loopwright {

// Makes the op LoopwrightMaxPoolGrad(x, gradient) known, for float32 and bfloat16 on CPUs: each gradient [batch, height, width,
// channels] goes to the position of x where its window has its maximum, the first of several; what is not a number counts as
// one. Sums are float32. Attributes, of height and width each: `window`, `strides`, and `before`, the pixels of padding above
// and to the left. May be called more than once.
void RegisterMaxPoolGrad();

}  // namespace loopwright

#endif  // LOOPWRIGHT_MAX_POOL_GRAD_H_
