"""The network of airbench94 in torch.nn: its logits, running statistics and gradients, and its whitening filters.

Weights and images are generated. Of a gradient the norm and the product with a generated vector are kept. Takes no
arguments.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, unfold

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))

from generated_values import classified_images, load_generated, uniform  # noqa: E402

torch.set_num_threads(1)

BATCH = 4
NETWORKS = {
    "narrow": ((8, 16, 16), (2, 2, 2)),
    "residual": ((8, 8, 16), (3, 2, 3)),
    "full": ((64, 256, 256), (2, 2, 2)),
}


class Norm(nn.BatchNorm2d):
    """With biases, but weights that stay at one."""

    def __init__(self, channels):
        super().__init__(channels, eps=1e-12, momentum=0.4)
        del self.weight
        self.weight = None


class Block(nn.Module):
    def __init__(self, channels, filters, depth):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, padding="same", bias=False)
        self.norm1 = Norm(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding="same", bias=False)
        self.norm2 = Norm(filters)
        self.conv3 = nn.Conv2d(filters, filters, 3, padding="same", bias=False) if depth == 3 else None
        self.norm3 = Norm(filters) if depth == 3 else None
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        first = gelu(self.norm1(self.pool(self.conv1(x))))
        second = gelu(self.norm2(self.conv2(first)))
        return second if self.conv3 is None else gelu(self.norm3(self.conv3(second)) + first)


class AirbenchNet(nn.Module):
    def __init__(self, widths, depths):
        super().__init__()
        self.whiten = nn.Conv2d(3, 24, 2)
        self.whiten.weight.requires_grad = False
        self.block1 = Block(24, widths[0], depths[0])
        self.block2 = Block(widths[0], widths[1], depths[1])
        self.block3 = Block(widths[1], widths[2], depths[2])
        self.pool = nn.MaxPool2d(3)
        self.head = nn.Linear(widths[2], 10, bias=False)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(gelu(self.whiten(x)))))
        return self.head(self.pool(x).flatten(1)) / 9


def summary(name, value):
    probe = uniform(f"probe of {name}", tuple(value.shape), 1.0).double()
    return [value.double().norm().item(), (value.double() * probe).sum().item()]


def network_case(name, widths, depths):
    images, targets = classified_images(name, BATCH, 10, 32)
    model = load_generated(AirbenchNet(widths, depths))
    with torch.no_grad():
        evaluation = model.eval()(images)
    training = model.train()(images)
    cross_entropy(training, targets, label_smoothing=0.2, reduction="sum").backward()
    statistics = {key: value for key, value in model.state_dict().items() if "running" in key}
    return {
        "name": name,
        "widths": widths,
        "depths": depths,
        "parameters": sum(value.numel() for value in model.parameters()),
        "evaluation": evaluation.tolist(),
        "training": training.tolist(),
        "gradients": {key: summary(key, value.grad) for key, value in model.named_parameters() if value.grad is not None},
        "statistics": {key: summary(key, value) for key, value in statistics.items()},
    }


def whitening_case():
    """Rows of the filters in the order height, width, channels, without their negatives; signs are the library's."""
    images, _ = classified_images("whitened", 8, 10, 16)
    patches = unfold(images, 2).transpose(1, 2).reshape(-1, 12)  # channels first, then the place
    values, vectors = torch.linalg.eigh(patches.T.double() @ patches.double() / len(patches))
    filters = (vectors / torch.sqrt(values + 5e-4)).T.flip(0).reshape(12, 3, 2, 2)
    return {"values": values.flip(0).tolist(), "filters": filters.permute(0, 2, 3, 1).reshape(12, 12).tolist()}


golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/airbench/make_golden.py",
    "batchSize": BATCH,
    "networks": [network_case(name, *options) for name, options in NETWORKS.items()],
    "whitening": whitening_case(),
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
