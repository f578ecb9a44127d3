"""Saves or loads ResNet-18's weights, 45 MB, as a safetensors file."""

from measure import measure  # first, for it starts the clock

import argparse
import pathlib

from files import flush
from safetensors.torch import load_file, save_file
from subjects import make_model, trainable_weights

parser = argparse.ArgumentParser()
parser.add_argument("--task", choices=["save", "load"], default="save")
parser.add_argument("--durable", choices=["yes", "no"], default="no")
parser.add_argument("--copy", choices=["yes", "no"], default="no")
parser.add_argument("--folder", type=pathlib.Path, default="runs/bench")
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

model = make_model("resnet18")
tensors = {name: parameter.detach() for name, parameter in model.named_parameters()}
arguments.folder.mkdir(parents=True, exist_ok=True)
path = arguments.folder / "pytorch.safetensors"


def save():
    save_file(tensors, path)
    if arguments.durable == "yes":
        flush(path)


def load():
    """`load_file` maps the file; its bytes are read when they are used, which a copy does at once."""
    loaded = load_file(path)
    if arguments.copy == "yes":
        for tensor in loaded.values():
            tensor.clone()


save()
measure({"save": save, "load": load}[arguments.task], arguments.seconds, trainable_weights(model))
