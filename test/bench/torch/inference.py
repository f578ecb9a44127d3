"""The logits of a batch, in evaluation mode."""

from measure import measure  # first, for it starts the clock

import argparse

import torch
from modes import add_mode_arguments, apply_layout, autocast, compiled
from subjects import MODELS, make_batch, make_model, trainable_weights

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=MODELS, default="resnet18")
parser.add_argument("--size", type=int, default=32)
parser.add_argument("--batch", type=int, default=512)
parser.add_argument("--seconds", type=float, default=5)
add_mode_arguments(parser)
arguments = parser.parse_args()

model = make_model(arguments.model).eval()
images, _ = make_batch(arguments.model, arguments.batch, arguments.size)
model, images = apply_layout(arguments, model, images)
forward = compiled(arguments, model)


def step():
    with torch.inference_mode(), autocast(arguments):
        forward(images)


measure(step, arguments.seconds, trainable_weights(model))
