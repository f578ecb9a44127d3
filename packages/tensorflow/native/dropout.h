// Dropout as one op of TensorFlow; it composes it of five, and draws its random numbers one by one.

#ifndef LOOPWRIGHT_DROPOUT_H_
#define LOOPWRIGHT_DROPOUT_H_

namespace loopwright {

// Makes the op LoopwrightDropout(x, seed, rate) known, for float32 and bfloat16 on CPUs:
//   y = x · mask / (1 - rate)
// with a mask of zeros, of that rate, and ones, which depends on nothing but the seed, the rate, and an element's position. So the
// gradient is the same op on the output's gradient. May be called more than once.
void RegisterDropout();

}  // namespace loopwright

#endif  // LOOPWRIGHT_DROPOUT_H_
