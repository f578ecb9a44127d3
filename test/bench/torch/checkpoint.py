"""Saves ResNet-18 with AdamW's moments, 134 MB, by torch.save; the loop waits for all of it."""

from measure import measure  # first, for it starts the clock

import argparse
import pathlib

import torch
from files import flush
from subjects import make_model, trainable_weights

parser = argparse.ArgumentParser()
parser.add_argument("--durable", choices=["yes", "no"], default="no")
parser.add_argument("--folder", type=pathlib.Path, default="runs/bench")
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

model = make_model("resnet18")
for parameter in model.parameters():
    parameter.grad = torch.ones_like(parameter)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
optimizer.step()
arguments.folder.mkdir(parents=True, exist_ok=True)
path = arguments.folder / "pytorch.pt"


def save():
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)
    if arguments.durable == "yes":
        flush(path)


measure(save, arguments.seconds, trainable_weights(model))
