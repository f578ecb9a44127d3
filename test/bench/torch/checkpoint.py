"""Saves what a run needs by torch.save; the loop waits for all of it."""

from measure import measure  # first, for it starts the clock

import argparse
import pathlib

import torch
from files import flush
from subjects import make_model, trainable_weights


def weights():
    """ResNet-18: 45 MB."""
    model = make_model("resnet18")
    return lambda: model.state_dict(), trainable_weights(model)


def adamw():
    """ResNet-18 and AdamW's moments: 134 MB."""
    model = make_model("resnet18")
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    optimizer.step()
    return (
        lambda: {"model": model.state_dict(), "optimizer": optimizer.state_dict()},
        trainable_weights(model),
    )


def gigabyte():
    """64 matrices of 16.8 MB."""
    matrices = {f"w{i}": torch.full((2048, 2048), float(i)) for i in range(64)}
    return lambda: matrices, 64 * 2048**2


STATES = {"weights": weights, "adamw": adamw, "gigabyte": gigabyte}

parser = argparse.ArgumentParser()
parser.add_argument("--durable", choices=["yes", "no"], default="no")
parser.add_argument("--state", choices=STATES, default="adamw")
parser.add_argument("--folder", type=pathlib.Path, default="runs/bench")
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

state_of, count = STATES[arguments.state]()
arguments.folder.mkdir(parents=True, exist_ok=True)
path = arguments.folder / "pytorch.pt"


def save():
    torch.save(state_of(), path)
    if arguments.durable == "yes":
        flush(path)


measure(save, arguments.seconds, count)
