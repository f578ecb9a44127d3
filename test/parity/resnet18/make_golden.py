"""Logits and training losses of ResNet-18 from PyTorch, from weights and images that both sides generate.

Losses are given three times: in float32 as PyTorch computes them by default, in float32 with another memory layout, and
in float64. What these differ by is what rounding alone does to a training run. Takes no arguments; about a minute.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))

from generated_values import classified_images, load_generated, parameter_count  # noqa: E402
from torch_models import ResNet18  # noqa: E402

CLASSES, SIDE, STEPS, BATCH = 10, 32, 20, 64
WEIGHT_DECAY = 1e-4

torch.set_num_threads(1)


def batch(key, size):
    return classified_images(key, size, CLASSES, SIDE)


def logits(training):
    model = load_generated(ResNet18(CLASSES)).train(training)
    with torch.no_grad():
        return model(batch("logits", 8)[0]).tolist()


def optimizers():
    """The rates are as low as they are because a run at 1e-3 is chaotic: PyTorch then differs from itself by 1e-3
    after three steps, as soon as its convolutions add in another order."""
    return {
        "AdamW": (
            {"learningRate": 5e-6, "weightDecay": WEIGHT_DECAY},
            lambda parameters: torch.optim.AdamW(parameters, lr=5e-6, weight_decay=WEIGHT_DECAY),
        ),
        "SGD": (
            {"learningRate": 3e-5, "momentum": 0.9, "weightDecay": WEIGHT_DECAY},
            lambda parameters: torch.optim.SGD(parameters, lr=3e-5, momentum=0.9, weight_decay=WEIGHT_DECAY),
        ),
    }


def losses(make_optimizer, dtype=torch.float32, memory_format=torch.contiguous_format):
    model = load_generated(ResNet18(CLASSES)).to(dtype=dtype, memory_format=memory_format).train()
    optimizer = make_optimizer(model.parameters())
    result = []
    for step in range(STEPS):
        images, targets = batch(f"step {step}", BATCH)
        optimizer.zero_grad()
        loss = cross_entropy(model(images.to(dtype=dtype, memory_format=memory_format)), targets)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result, {name: value for name, value in model.state_dict().items()}


def running_statistics(state):
    """Of the first batch normalization after the last step."""
    return {name: state[f"bn1.{name}"].tolist() for name in ("running_mean", "running_var")}


def training_case(name, options, make_optimizer):
    float32, state = losses(make_optimizer)
    return {
        "optimizer": name,
        "options": options,
        "losses": float32,
        "channelsLast": losses(make_optimizer, memory_format=torch.channels_last)[0],
        "float64": losses(make_optimizer, dtype=torch.float64)[0],
        "statistics": running_statistics(state),
    }


model = ResNet18(CLASSES)
golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/resnet18/make_golden.py",
    "cases": {
        "parameters": parameter_count(model),
        "shapes": {name: list(value.shape) for name, value in model.state_dict().items()},
        "batchSize": BATCH,
        "evaluation": logits(training=False),
        "training": logits(training=True),
        "runs": [training_case(name, *rest) for name, rest in optimizers().items()],
    },
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
