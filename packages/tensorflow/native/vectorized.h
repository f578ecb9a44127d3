// Marks a function to be compiled for several generations of CPU, of which the right one is chosen as the library is
// loaded. Elsewhere it is compiled once, for the platform's baseline.

#ifndef LOOPWRIGHT_VECTORIZED_H_
#define LOOPWRIGHT_VECTORIZED_H_

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define LOOPWRIGHT_VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#endif
#ifndef LOOPWRIGHT_VECTORIZED
#define LOOPWRIGHT_VECTORIZED
#endif

// A part of such a function, compiled into each of its versions.
#define LOOPWRIGHT_INLINE inline __attribute__((always_inline))

// Before a loop of a constant number of turns, so that a loop around it can be vectorized.
#if defined(__clang__)
#define LOOPWRIGHT_UNROLL(turns) _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define LOOPWRIGHT_PRAGMA(text) _Pragma(#text)
#define LOOPWRIGHT_UNROLL(turns) LOOPWRIGHT_PRAGMA(GCC unroll turns)
#else
#define LOOPWRIGHT_UNROLL(turns)
#endif

#endif  // LOOPWRIGHT_VECTORIZED_H_
