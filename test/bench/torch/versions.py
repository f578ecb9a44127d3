"""Prints the versions of what is compared with, as one line of JSON."""

import json
import platform
import re

import numpy
import safetensors
import torch

versions = {
    "Python": platform.python_version(),
    "torch": torch.__version__,
    "numpy": numpy.__version__,
    "safetensors (Python)": safetensors.__version__,
}
onednn = re.search(r"(?:MKL-DNN|oneDNN) v([\d.]+)", torch.__config__.show())
if onednn:
    versions["oneDNN (torch)"] = onednn[1]
print(json.dumps(versions))
