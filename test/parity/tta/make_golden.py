"""Test-time augmentation of a linear classifier, written out with PyTorch and NumPy. Writes golden.json.

Views are NumPy's flips, rotations and reflecting pads of [batch, height, width, channels]; merges are the closed forms.
`airbench` is the weighted sum that airbench94.py computes, with torch.nn.functional.pad.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
rng = np.random.default_rng(0)
SIZE, CHANNELS, CLASSES, BATCH = 5, 2, 4, 3
images = rng.normal(size=(BATCH, SIZE, SIZE, CHANNELS))
kernel = rng.normal(size=(SIZE * SIZE * CHANNELS, CLASSES))


def logits_of(x):
    return x.reshape(len(x), -1) @ kernel


def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def translate(x, dx, dy):
    reach = max(abs(dx), abs(dy))
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="reflect")
    return padded[:, reach - dy : reach - dy + SIZE, reach - dx : reach - dx + SIZE]


VIEWS = {
    "identity": images,
    "horizontalFlip": np.flip(images, 2),
    "verticalFlip": np.flip(images, 1),
    "rotate90(1)": np.rot90(images, 1, axes=(1, 2)),
    "rotate90(3)": np.rot90(images, 3, axes=(1, 2)),
    "translate(2, -1)": translate(images, 2, -1),
    "translate(-1, 0)": translate(images, -1, 0),
    "multiply(0.5)": images * 0.5,
    "add(0.25)": images + 0.25,
}
WEIGHTS = [1, 2, 0.5, 1, 1, 3, 1, 1, 0.25]


def merge(name, outputs, weights):
    outputs, weights = np.stack(outputs), np.array(weights, dtype=float)[:, None, None]
    if name == "max":
        return outputs.max(axis=0)
    if name == "min":
        return outputs.min(axis=0)
    if name == "sum":
        return (weights * outputs).sum(axis=0)
    if name == "gmean":
        return np.prod(outputs ** (weights / weights.sum()), axis=0)
    if name == "tsharpen":
        outputs = outputs**0.5
    return (weights * outputs).sum(axis=0) / weights.sum()


def airbench():
    x = torch.tensor(images).permute(0, 3, 1, 2)

    def net(batch):
        return torch.tensor(logits_of(batch.permute(0, 2, 3, 1).numpy()))

    def mirrored(batch):
        return 0.5 * net(batch) + 0.5 * net(batch.flip(-1))

    padded = F.pad(x, (1, 1, 1, 1), "reflect")
    shifted = [padded[:, :, :SIZE, :SIZE], padded[:, :, 2:, 2:]]
    return 0.5 * mirrored(x) + 0.5 * torch.stack([mirrored(batch) for batch in shifted]).mean(0)


logits = [logits_of(view) for view in VIEWS.values()]
cases = []
for on, outputs in {"logits": logits, "probabilities": [softmax(x) for x in logits]}.items():
    for name in ("mean", "gmean", "max", "min", "sum", "tsharpen"):
        if on == "logits" and name in ("gmean", "tsharpen"):
            continue
        for weights in ([1] * len(logits), WEIGHTS):
            if weights is WEIGHTS and name in ("max", "min"):
                continue
            cases.append(
                {"on": on, "merge": name, "weights": weights, "merged": merge(name, outputs, weights).tolist()}
            )

golden = {
    "library": "numpy, torch",
    "version": f"{np.__version__}, {torch.__version__}",
    "script": "test/parity/tta/make_golden.py",
    "images": images.tolist(),
    "kernel": kernel.tolist(),
    "views": {name: view.tolist() for name, view in VIEWS.items()},
    "airbench": airbench().tolist(),
    "cases": cases,
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
