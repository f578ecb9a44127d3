"""The models and batches of the benchmarks. The models are those that the parity tests hold ours against."""

import pathlib
import sys

import torch
from torch import nn
from torch.nn.functional import mish, relu

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "parity" / "models"))
from torch_models import ResNet18, SmallNet, XResNet18  # noqa: E402


def small_net():
    """With the dropout of examples/models/small-net.ts."""
    model = SmallNet()
    model.pool = nn.Sequential(nn.Dropout(0.1), model.pool)
    model.fc2 = nn.Sequential(nn.Dropout(0.2), model.fc2)
    return model


MODELS = {
    "resnet18": (lambda: ResNet18(10), 10),
    "xresnet18": (lambda: XResNet18(10, self_attention=False, activation=relu), 10),
    "xresnet18-mish": (lambda: XResNet18(10, self_attention=True, activation=mish), 10),
    "smallnet": (small_net, 100),
}


def make_model(name):
    torch.manual_seed(0)
    make, _ = MODELS[name]
    return make()


def make_batch(name, batch, size):
    """Images of shape [batch, 3, size, size] and labels."""
    _, classes = MODELS[name]
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(batch, 3, size, size, generator=generator)
    return images, torch.randint(0, classes, (batch,), generator=generator)


def trainable_weights(model):
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
