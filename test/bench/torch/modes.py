"""The three switches that a PyTorch user has on a CPU, each alone or with the others."""

import contextlib

import torch


def add_mode_arguments(parser):
    parser.add_argument("--layout", choices=["contiguous", "channels-last"], default="contiguous")
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--run", choices=["eager", "compile"], default="eager")


def apply_layout(arguments, model, images):
    if arguments.layout == "contiguous":
        return model, images
    return model.to(memory_format=torch.channels_last), images.contiguous(memory_format=torch.channels_last)


def autocast(arguments):
    if arguments.precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast("cpu", dtype=torch.bfloat16)


def compiled(arguments, function):
    return torch.compile(function) if arguments.run == "compile" else function
