"""How long a model's convolutions and matrix products take at the speed of a large matrix product.

Counted are 2 * (multiplications) of every nn.Conv2d and nn.Linear: once forward, and in training once more for the
gradient of the weights and of the input each, but for the first layer, whose input needs none.
"""

from measure import measure  # first, for it starts the clock

import argparse

import torch
from subjects import MODELS, make_batch, make_model, trainable_weights

EDGE = 3072

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=MODELS, default="resnet18")
parser.add_argument("--size", type=int, default=32)
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
parser.add_argument("--work", choices=["training", "inference"], default="training")
arguments = parser.parse_args()


def forward_operations(model, images):
    """2 * (multiplications) of each layer, in the order in which they run."""
    counts = []

    def hook(layer, _inputs, output):
        fan_in = layer.weight[0].numel()
        counts.append(2 * output.numel() * fan_in)

    for layer in model.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(hook)
    with torch.inference_mode():
        model.eval()(images)
    return counts


model = make_model(arguments.model)
images, _ = make_batch(arguments.model, 1, arguments.size)
first, *others = [arguments.batch * operations for operations in forward_operations(model, images)]
operations = 2 * first + 3 * sum(others) if arguments.work == "training" else first + sum(others)
share = operations / (2 * EDGE**3)

dtype = torch.float32 if arguments.precision == "float32" else torch.bfloat16
a, b = torch.randn(EDGE, EDGE).to(dtype), torch.randn(EDGE, EDGE).to(dtype)
c = torch.empty(EDGE, EDGE, dtype=dtype)

def step():
    torch.mm(a, b, out=c)


measure(step, arguments.seconds, trainable_weights(model), scale=share)
