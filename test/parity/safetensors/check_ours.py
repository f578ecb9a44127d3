"""Reads with Python a file that our writer made, and writes it again: the bytes must be equal.

    npx tsx --conditions=loopwright-source test/parity/safetensors/write_ours.ts ours.safetensors
    python test/parity/safetensors/check_ours.py ours.safetensors
"""

import pathlib
import sys

import numpy as np
import safetensors
import safetensors.numpy

path = pathlib.Path(sys.argv[1])
tensors = safetensors.numpy.load_file(path)
with safetensors.safe_open(path, framework="numpy") as file:
    metadata = file.metadata()

assert metadata == {"format": "tfjs"}, metadata
assert {name: (str(value.dtype), value.shape) for name, value in tensors.items()} == {
    "Zürich/kernel": ("float32", (2, 3)),
    "empty": ("float32", (0, 3)),
    "ids": ("int32", (2,)),
    "mask": ("bool", (3,)),
    "scalar": ("float32", ()),
}
expected = np.array([[0.0, -0.0, np.inf], [-np.inf, np.nan, 1 / 3]], dtype=np.float32)
assert np.array_equal(tensors["Zürich/kernel"], expected, equal_nan=True)
assert np.array_equal(np.signbit(tensors["Zürich/kernel"])[0], [False, True, False])
assert tensors["ids"].tolist() == [-(2**31), 2**31 - 1]
assert tensors["mask"].tolist() == [True, False, True]
assert tensors["scalar"].tolist() == 1.5
assert safetensors.numpy.save(tensors, metadata) == path.read_bytes()
print(f"safetensors {safetensors.__version__} reads {path.name} and writes the same {path.stat().st_size} bytes")
