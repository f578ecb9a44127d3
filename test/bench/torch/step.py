"""A training step: forward, cross-entropy, gradients, AdamW."""

from measure import measure  # first, for it starts the clock

import argparse

import torch
from modes import add_mode_arguments, apply_layout, autocast, compiled
from subjects import MODELS, make_batch, make_model, trainable_weights
from torch.nn.functional import cross_entropy

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=MODELS, default="resnet18")
parser.add_argument("--size", type=int, default=32)
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--seconds", type=float, default=5)
add_mode_arguments(parser)
arguments = parser.parse_args()

model = make_model(arguments.model).train()
images, labels = make_batch(arguments.model, arguments.batch, arguments.size)
model, images = apply_layout(arguments, model, images)
forward = compiled(arguments, model)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)


def step():
    optimizer.zero_grad()
    with autocast(arguments):
        loss = cross_entropy(forward(images), labels)
    loss.backward()
    optimizer.step()
    return loss.detach()


measure(step, arguments.seconds, trainable_weights(model))
