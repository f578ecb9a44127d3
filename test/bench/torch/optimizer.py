"""An optimizer's update of ResNet-18's weights, alone: the gradients are there."""

from measure import measure  # first, for it starts the clock

import argparse

import torch
from subjects import make_model, trainable_weights

OPTIMIZERS = {
    "adamw": lambda parameters, **how: torch.optim.AdamW(parameters, lr=1e-3, **how),
    "adam": lambda parameters, **how: torch.optim.Adam(parameters, lr=1e-3, **how),
    "sgd": lambda parameters, **how: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, **how),
    "rmsprop": lambda parameters, **how: torch.optim.RMSprop(parameters, lr=1e-3, **how),
}
IMPLEMENTATIONS = {"for-loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}

parser = argparse.ArgumentParser()
parser.add_argument("--optimizer", choices=OPTIMIZERS, default="adamw")
parser.add_argument("--implementation", choices=IMPLEMENTATIONS, default="for-loop")
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

model = make_model("resnet18")
for parameter in model.parameters():
    parameter.grad = 0.01 * torch.randn_like(parameter)
how = IMPLEMENTATIONS[arguments.implementation]
optimizer = OPTIMIZERS[arguments.optimizer](model.parameters(), **how)
measure(optimizer.step, arguments.seconds, trainable_weights(model))
