"""Expected values of @loopwright/lr-finder.

Range tests are run in PyTorch, with the averages and stopping rules that fastai (fastai/callback/schedule.py, LRFinder) and
Lightning (pytorch/tuner/lr_finder.py) document, and suggestions are computed from their formulas: fastai's valley and minimum,
and the gradient by numpy.gradient over the logarithm of the rates.

Writes golden.json beside itself. Deterministic; takes no arguments.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

FEATURES, CLASSES, BATCH, BATCHES = 4, 3, 8, 5


def data(rng):
    inputs = rng.normal(size=(BATCHES, BATCH, FEATURES))
    labels = (inputs @ rng.normal(size=(FEATURES, CLASSES))).argmax(-1)
    return inputs, labels


def range_test(name, optimizer, mode, start, end, steps, beta, divergence):
    rng = np.random.default_rng(1)
    inputs, labels = data(rng)
    weight = torch.tensor(0.1 * rng.normal(size=(CLASSES, FEATURES)), requires_grad=True)
    initial = weight.detach().numpy().T.tolist()
    stepper = optimizer([weight])
    average, best, history, ending = 0.0, math.inf, [], "completed"
    for step in range(steps):
        position = step / (steps - 1)
        lr = start * (end / start) ** position if mode == "exponential" else start + (end - start) * position
        stepper.param_groups[0]["lr"] = lr
        logits = torch.tensor(inputs[step % BATCHES]) @ weight.T
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels[step % BATCHES]))
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        average = beta * average + (1 - beta) * loss.item()
        smoothed = average / (1 - beta ** (step + 1))
        history.append({"step": step, "lr": lr, "loss": loss.item(), "smoothed": smoothed})
        best = min(best, smoothed)
        if smoothed > divergence * best:
            ending = "diverged"
            break
    return {
        "name": name,
        "options": {
            "mode": mode,
            "startLr": start,
            "endLr": end,
            "steps": steps,
            "smoothing": beta,
            "divergence": divergence,
        },
        "inputs": inputs.tolist(),
        "labels": labels.tolist(),
        "weight": initial,
        "history": history,
        "ending": ending,
    }


def valley(losses):
    """fastai: of the longest descending subsequence, ending at e with n points, floor(n/3) + floor(n/6) after e - n."""
    counts = np.ones(len(losses), dtype=int)
    for end in range(1, len(losses)):
        higher = counts[:end][losses[:end] > losses[end]]
        if len(higher):
            counts[end] = higher.max() + 1
    last, count = int(counts.argmax()), int(counts.max())
    third = count / 3
    return max(0, last - count + int(third) + int(third / 2))


def suggestions(name, lrs, losses, skip_start, skip_end):
    inside = slice(skip_start, len(lrs) - skip_end)
    x, y = np.asarray(lrs)[inside], np.asarray(losses)[inside]
    steepest = int(np.gradient(y, np.log(x)).argmin())
    lowest = int(y.argmin())
    rows = {
        "valley": (valley(y), x[valley(y)]),
        "steepest": (steepest, x[steepest]),
        "minimum": (lowest, x[lowest] / 10),
    }
    return {
        "name": name,
        "lrs": list(lrs),
        "losses": list(losses),
        "skipStart": skip_start,
        "skipEnd": skip_end,
        "suggestions": {
            method: {"step": index + skip_start, "lr": float(lr)} for method, (index, lr) in rows.items()
        },
    }


def curve(rng, lrs, noise):
    """A plateau, a descent, a rise, and noise that the average has smoothed."""
    x = np.log10(lrs)
    clean = 2.3 - 1.8 / (1 + np.exp(-2.5 * (x + 2.2))) + np.exp(3 * (x - 0.2))
    shaken = np.convolve(rng.normal(size=len(x) + 4), np.ones(5) / 5, mode="valid")
    return (clean + noise * shaken).tolist()


rng = np.random.default_rng(2)
hundred = np.geomspace(1e-7, 10, 100).tolist()
curves = [
    suggestions(f"noise {noise}, number {number}", hundred, curve(rng, hundred, noise), 10, 5)
    for noise, count in ((0.0, 1), (0.05, 4), (0.3, 4))
    for number in range(count)
] + [
    suggestions("linear rates", (linear := np.linspace(1e-3, 1, 60).tolist()), curve(rng, linear, 0.02), 6, 5),
    suggestions("nothing skipped", (few := np.geomspace(1e-5, 3, 25).tolist()), curve(rng, few, 0.1), 0, 0),
]

golden = {
    "library": "torch",
    "version": torch.__version__,
    "numpy": np.__version__,
    "script": "test/parity/lr-finder/make_golden.py",
    "cases": {
        "rangeTests": [
            range_test("SGD", lambda p: torch.optim.SGD(p, lr=1, momentum=0.9), "exponential", 1e-4, 10, 30, 0.9, 4),
            range_test("SGD, linear", lambda p: torch.optim.SGD(p, lr=1, momentum=0.9), "linear", 0.01, 1, 20, 0.5, 4),
            range_test("SGD, diverging", lambda p: torch.optim.SGD(p, lr=1, momentum=0.9), "exponential", 0.1, 1e4, 40, 0.5, 3),
        ],
        "curves": curves,
    },
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
