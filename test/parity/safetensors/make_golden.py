"""Writes golden.json: files made by Python's safetensors, and what torch says their values are.

Each tensor's expected value is given as the bytes of a float32, int32 or bool array, so that equality is exact.
"""

import base64
import json
import pathlib

import safetensors
import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def expected(tensor: torch.Tensor):
    """The value as TensorFlow.js can hold it, or None where it cannot."""
    name = str(tensor.dtype).removeprefix("torch.")
    if name == "bool":
        kind, value = "bool", tensor
    elif name.startswith(("float8", "complex")):
        return None
    elif tensor.dtype.is_floating_point:
        kind, value = "float32", tensor.to(torch.float32)
    else:
        wide = tensor.to(torch.int64) if name != "uint64" else tensor.view(torch.int64)
        if ((wide > 2**31 - 1) | (wide < -(2**31))).any():
            return None
        kind, value = "int32", wide.to(torch.int32)
    return {"dtype": kind, "data": base64_of(value.contiguous().numpy().tobytes())}


def case(tensors, metadata=None):
    return {
        "file": base64_of(safetensors.torch.save(tensors, metadata)),
        "metadata": metadata or {},
        "tensors": {
            name: {"shape": list(tensor.shape), "expected": expected(tensor)} for name, tensor in tensors.items()
        },
    }


def bits(values, dtype, container):
    return torch.tensor(values, dtype=container).view(dtype)


FLOATS = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 1e-7, 1e30, -1e-40, float("inf"), float("-inf"), float("nan")]
HALVES = sorted({*range(-(2**15), 2**15, 61), -1, 0, 1, 1023, 1024, 31743, 31744, -31744, 2**15 - 1})

CASES = {
    "every dtype": case(
        {
            "f64": torch.tensor([*FLOATS, 1e300, -1e-300, 0.1], dtype=torch.float64),
            "f32": torch.tensor(FLOATS),
            "f16": bits(HALVES, torch.float16, torch.int16),
            "bf16": bits(HALVES, torch.bfloat16, torch.int16),
            "i64": torch.tensor([0, -1, 2**31 - 1, -(2**31)]),
            "i32": torch.tensor([0, -1, 2**31 - 1, -(2**31)], dtype=torch.int32),
            "i16": torch.tensor([0, -1, 32767, -32768], dtype=torch.int16),
            "i8": torch.tensor([0, -1, 127, -128], dtype=torch.int8),
            "u64": torch.tensor([0, 2**31 - 1], dtype=torch.uint64),
            "u32": torch.tensor([0, 2**31 - 1], dtype=torch.uint32),
            "u16": torch.tensor([0, 65535], dtype=torch.uint16),
            "u8": torch.tensor([0, 255, 128], dtype=torch.uint8),
            "bool": torch.tensor([True, False, True]),
        },
        {"format": "pt"},
    ),
    "beyond int32": case(
        {
            "i64": torch.tensor([7, 2**31]),
            "i64 below": torch.tensor([7, -(2**31) - 1]),
            "u32": torch.tensor([2**32 - 1], dtype=torch.uint32),
            "u64": torch.tensor([5, 2**63], dtype=torch.uint64),
        }
    ),
    "no counterpart": case(
        {
            "f8": torch.tensor([1.0, -2.0]).to(torch.float8_e4m3fn),
            "c64": torch.tensor([1 + 2j], dtype=torch.complex64),
        }
    ),
    "shapes": case(
        {
            "scalar": torch.tensor(1.5),
            "matrix": torch.arange(6, dtype=torch.float32).reshape(2, 3),
            "empty": torch.zeros(0),
            "empty in the middle": torch.zeros(2, 0, 3),
            "empty int": torch.zeros(0, 4, dtype=torch.int32),
            "rank 5": torch.arange(8, dtype=torch.int32).reshape(1, 2, 2, 1, 2),
        }
    ),
    "names": case(
        {
            "": torch.tensor([0.0]),
            "10": torch.tensor([10.0]),
            "9": torch.tensor([9.0]),
            "__proto__": torch.tensor([1.0]),
            "constructor": torch.tensor([2.0]),
            "Zürich/kernel": torch.tensor([3.0]),
            "a\"b\\c\n\x00\x1f\x7f": torch.tensor([4.0]),
            "line\u2028separator": torch.tensor([5.0]),
            # In UTF-16's order the emoji comes before the tilde.
            "\uff5e": torch.tensor([6.0]),
            "\U0001f600": torch.tensor([7.0]),
        },
        {"ключ \U0001f600": "значение \"\u2028\""},
    ),
    "empty": case({}),
    "only metadata": case({}, {"epoch": "12"}),
}

golden = {
    "library": "safetensors",
    "version": safetensors.__version__,
    "torch": torch.__version__,
    "script": "test/parity/safetensors/make_golden.py",
    "cases": CASES,
}
(HERE / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")
