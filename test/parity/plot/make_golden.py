"""Which points Largest-Triangle-Three-Buckets keeps, by tsdownsample; writes golden.json beside itself."""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from tsdownsample import LTTBDownsampler


def curve(kind: str, length: int) -> tuple[np.ndarray, np.ndarray]:
    index = np.arange(length, dtype=np.float64)
    if kind == "decay":
        return index, 2.3 * np.exp(-index / (length / 5)) + 0.1 * np.sin(7 * index)
    if kind == "uneven":
        return index**1.5, np.sin(index / 9) * np.cos(index * 1.7)
    return index, np.where(index % 97 == 13, 10.0, 0.0) + 0.01 * np.sin(index)


def case(kind: str, length: int, count: int) -> dict:
    x, y = curve(kind, length)
    kept = LTTBDownsampler().downsample(x, y, n_out=count)
    return {"kind": kind, "length": length, "count": count, "kept": [int(position) for position in kept]}


# Buckets whose bounds are integers only up to rounding would differ by the order of the arithmetic; there are none.
CASES = [("decay", 500, 40), ("decay", 130, 66), ("uneven", 777, 50), ("spikes", 1000, 64), ("spikes", 10, 3)]

golden = {
    "library": "tsdownsample",
    "version": version("tsdownsample"),
    "script": "make_golden.py",
    "cases": [case(*arguments) for arguments in CASES],
}
Path(__file__).with_name("golden.json").write_text(json.dumps(golden) + "\n")
