"""Convolutions and their gradients, from PyTorch in double precision, channels last. Writes golden.json."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)

# name, [batch, height, width, channels], [height, width, outputs], strides, [top, bottom, left, right]
CASES = [
    ("3x3, same", [2, 5, 6, 3], [3, 3, 4], [1, 1], [1, 1, 1, 1]),
    ("3x3, PyTorch's padding at stride 2", [2, 6, 6, 3], [3, 3, 4], [2, 2], [1, 1, 1, 1]),
    ("3x3, TensorFlow's padding at stride 2", [2, 6, 6, 3], [3, 3, 4], [2, 2], [0, 1, 0, 1]),
    ("3x3 on a 2x2 map", [3, 2, 2, 4], [3, 3, 5], [1, 1], [1, 1, 1, 1]),
    ("3x3 on a 1x1 map", [3, 1, 1, 6], [3, 3, 5], [1, 1], [1, 1, 1, 1]),
    ("3x3 from a 2x2 to a 1x1 map", [3, 2, 2, 4], [3, 3, 5], [2, 2], [1, 1, 1, 1]),
    ("3x3 from a 4x4 to a 2x2 map", [2, 4, 4, 3], [3, 3, 4], [2, 2], [1, 1, 1, 1]),
    ("5x3 on a narrow map, batch 1", [1, 7, 2, 3], [5, 3, 4], [1, 1], [2, 2, 1, 1]),
    ("7x7 at stride 2", [1, 9, 8, 3], [7, 7, 2], [2, 2], [3, 3, 3, 3]),
    ("2x3 without padding, uneven strides", [2, 5, 7, 3], [2, 3, 4], [1, 2], [0, 0, 0, 0]),
    ("1x1", [2, 3, 4, 5], [1, 1, 6], [1, 1], [0, 0, 0, 0]),
    ("1x1 at stride 2", [2, 5, 4, 5], [1, 1, 6], [2, 2], [0, 0, 0, 0]),
]


def pattern(shape, salt):
    """Values that the test computes in the same way."""
    size = torch.Size(shape).numel()
    return ((torch.arange(size) * 37 + salt * 11) % 101 / 101 - 0.5).reshape(shape)


def rounded(values):
    return [round(value, 9) for value in values.flatten().tolist()]


def case(name, input, kernel, strides, padding):
    height, width, outputs = kernel
    filter = [height, width, input[3], outputs]
    x = pattern(input, 1).requires_grad_()
    w = pattern(filter, 2).requires_grad_()
    top, bottom, left, right = padding
    padded = F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom))
    y = F.conv2d(padded, w.permute(3, 2, 0, 1), stride=strides).permute(0, 2, 3, 1)
    dy = pattern(list(y.shape), 3)
    dx, dw = torch.autograd.grad(y, (x, w), dy)
    geometry = {"input": input, "filter": filter, "output": list(y.shape), "strides": strides, "padding": padding}
    values = {"Conv2D": rounded(y), "Conv2DBackpropInput": rounded(dx), "Conv2DBackpropFilter": rounded(dw)}
    return {"name": name, **geometry, "values": values}


golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/algorithms/make_golden.py",
    "cases": [case(*arguments) for arguments in CASES],
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
