// Functions that change tensors where they lie, or make new ones, of many tensors in one call.
//
// They work on float32 in the host's memory. What they cannot work on they refuse as a whole, before anything has changed,
// and the caller goes another way.

#ifndef LOOPWRIGHT_IN_PLACE_H_
#define LOOPWRIGHT_IN_PLACE_H_

#include "arguments.h"

namespace loopwright {

// updateInPlace(kernel: string, ids: number[], numbers: Float64Array, columns: number[]): boolean — runs a kernel of
// in_place_kernels.cc. A row of `ids` holds the tensors of one update, those that change first, -1 for one that is left
// out; a row of `numbers` its numbers. Where `columns`, if not empty, is above 0, the gradient is taken as a matrix of so
// many columns, less the mean of each. False if it cannot be done here.
napi_value UpdateInPlace(Call& call);

// clipToNorm(ids: number[], limit: number): number[] — scales tensors alike so that their joint norm is at most `limit`.
// Returns ids of new tensors: the norm before, then one for each tensor. Empty if it cannot be done here.
napi_value ClipToNorm(Call& call);

// clipToRange(ids: number[], limit: number): number[] — new tensors with all values between -limit and limit.
// Empty if it cannot be done here.
napi_value ClipToRange(Call& call);

// firstNotFinite(ids: number[]): number — the index of the first tensor that holds NaN or an infinity, -1 if none does, -2 if
// it cannot be told here.
napi_value FirstNotFinite(Call& call);

}  // namespace loopwright

#endif  // LOOPWRIGHT_IN_PLACE_H_
