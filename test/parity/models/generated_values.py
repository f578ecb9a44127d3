"""Values that both sides compute from a name, so that no golden file holds millions of weights.

The same formulas are in generated-values.ts.
"""

import math

import numpy as np
import torch


def fnv1a(text):
    """A 32-bit hash of an ASCII string (Fowler, Noll and Vo)."""
    value = 0x811C9DC5
    for character in text:
        value = ((value ^ ord(character)) * 0x01000193) & 0xFFFFFFFF
    return value


def noise(key, size):
    """`size` hashes of 32 bits: MurmurHash3's finalizer of a counter that starts at the key's hash."""
    value = np.uint32(fnv1a(key)) + np.arange(size, dtype=np.uint32) * np.uint32(0x9E3779B9)
    value ^= value >> np.uint32(16)
    value *= np.uint32(0x85EBCA6B)
    value ^= value >> np.uint32(13)
    value *= np.uint32(0xC2B2AE35)
    value ^= value >> np.uint32(16)
    return value


def uniform(key, shape, bound, center=0.0):
    """Between center - bound and center + bound; of 24 random bits, so that float32 rounds once."""
    unit = (noise(key, math.prod(shape)) >> np.uint32(8)).astype(np.float64) / 2**23 - 1
    return torch.from_numpy((center + bound * unit).astype(np.float32)).reshape(shape)


def labels(key, size, classes):
    return torch.from_numpy((noise(key, size) % np.uint32(classes)).astype(np.int64))


def weight(name, shape):
    """A value for each entry of a state dict, chosen by its name and rank."""
    if name.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    if name.endswith("running_var"):
        return uniform(name, shape, 0.2, center=1.0)
    if name.endswith(("running_mean", "bias")):
        return uniform(name, shape, 0.1)
    if name.endswith(("weight_u", "weight_v")):
        value = uniform(name, shape, 1.0).double()
        return (value / value.norm()).float()
    if name.endswith("gamma"):
        return uniform(name, shape, 0.002, center=0.005)
    if len(shape) == 1:
        return uniform(name, shape, 0.2, center=1.0)
    fan_in = math.prod(shape[1:])
    return uniform(name, shape, math.sqrt((3 if len(shape) == 2 else 6) / fan_in))


def load_generated(module):
    module.load_state_dict({name: weight(name, tuple(value.shape)) for name, value in module.state_dict().items()})
    return module


def parameter_count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def classified_images(key, size, classes, side):
    """A batch that can be learned: each class has a pattern of 4 x 4 squares, and each image noise of its own."""
    targets = labels(f"labels of {key}", size, classes)
    patterns = torch.stack([uniform(f"pattern {index}", (3, 4, 4), 1.0) for index in range(classes)])
    patterns = patterns.repeat_interleave(side // 4, dim=2).repeat_interleave(side // 4, dim=3)
    return patterns[targets] + uniform(f"images of {key}", (size, 3, side, side), 0.5), targets
