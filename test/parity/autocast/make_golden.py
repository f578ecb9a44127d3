"""A small network on handwritten digits under torch.autocast(bfloat16), and in float32. Writes golden.json.

The digits are scikit-learn's (8×8 pixels of 0 to 16, the test set of the UCI data set of handwritten digits).
"""

import json
from pathlib import Path

import sklearn
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

HERE = Path(__file__).parent
BATCH, BATCHES, STEPS = 32, 6, 36
LEARNING_RATE, MOMENTUM = 0.05, 0.9
torch.manual_seed(0)


def network():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=True),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


def rounded(tensor):
    """Values that a short decimal number holds, so that the file is small."""
    return torch.round(tensor * 1e4) / 1e4


def batch(data, labels, step):
    start = step % BATCHES * BATCH
    images = data[start : start + BATCH].reshape(BATCH, 1, 8, 8) / 16
    return images, labels[start : start + BATCH]


def loss_of(model, images, labels, reduced):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=reduced):
        logits = model(images)
        return F.cross_entropy(logits, labels), logits


def train(weights, data, labels, reduced):
    model = network()
    model.load_state_dict(weights)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    losses = []
    for step in range(STEPS):
        loss, logits = loss_of(model, *batch(data, labels, step), reduced)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            first = {
                "logits": logits.float().tolist(),
                "gradients": {
                    name: torch.linalg.vector_norm(parameter.grad).item()
                    for name, parameter in model.named_parameters()
                },
            }
        optimizer.step()
        losses.append(loss.item())
    return {**first, "losses": losses}


def main():
    digits = load_digits()
    count = BATCH * BATCHES
    data = torch.tensor(digits.data[:count], dtype=torch.float32)
    labels = torch.tensor(digits.target[:count])
    start = network()
    weights = {
        name: rounded(value) if value.is_floating_point() else value
        for name, value in start.state_dict().items()
    }
    golden = {
        "library": "torch",
        "version": torch.__version__,
        "data": f"scikit-learn {sklearn.__version__}",
        "script": "make_golden.py",
        "cases": {
            "batch": BATCH,
            "batches": BATCHES,
            "learningRate": LEARNING_RATE,
            "momentum": MOMENTUM,
            "weights": {
                name: {"shape": list(value.shape), "values": [round(x, 4) for x in value.flatten().tolist()]}
                for name, value in weights.items()
                if "running" not in name and "num_batches" not in name
            },
            "images": digits.data[:count].astype(int).flatten().tolist(),
            "labels": labels.tolist(),
            "float32": train(weights, data, labels, reduced=False),
            "bfloat16": train(weights, data, labels, reduced=True),
        },
    }
    (HERE / "golden.json").write_text(json.dumps(golden) + "\n")


main()
