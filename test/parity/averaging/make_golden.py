"""Expected values of @loopwright/averaging from PyTorch's swa_utils and from NumPy on pooled data.

Writes golden.json beside itself. Deterministic; takes no arguments.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

HERE = Path(__file__).parent
UPDATES = 6
EPSILON = 1e-3


def values(tensor):
    """A tensor as a flat list of numbers beside its shape."""
    array = np.asarray(tensor.detach() if isinstance(tensor, torch.Tensor) else tensor)
    return {"shape": list(array.shape), "data": array.reshape(-1).tolist()}


def state(module):
    return {name: values(value) for name, value in module.state_dict().items() if name != "n_averaged"}


def warm_up_ema(decay):
    """The decay of TensorFlow's ExponentialMovingAverage with num_updates."""

    def average(averaged, current, n):
        d = min(decay, (1 + float(n)) / (10 + float(n)))
        return averaged * d + current * (1 - d)

    return average


def averaging_cases():
    rules = {
        "swa": ("swa", {}),
        "ema": ({"ema": 0.9}, {"multi_avg_fn": get_ema_multi_avg_fn(0.9)}),
        "ema with warm-up": ({"ema": 0.3, "warmUp": True}, {"avg_fn": warm_up_ema(0.3)}),
    }
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    snapshots = []
    for _ in range(UPDATES):
        with torch.no_grad():
            for value in [*model.parameters(), *model.buffers()]:
                value.add_(torch.randn_like(value.float()).to(value.dtype) if value.is_floating_point() else 1)
        snapshots.append({name: value.clone() for name, value in model.state_dict().items()})
    cases = []
    for name, (average, options) in rules.items():
        for use_buffers in (False, True):
            averaged = AveragedModel(model, use_buffers=use_buffers, **options)
            expected = []
            for snapshot in snapshots:
                model.load_state_dict(snapshot)
                averaged.update_parameters(model)
                # PyTorch averages the integer counter too when use_buffers is set; that value is not compared.
                expected.append({
                    key: value for key, value in state(averaged.module).items() if key != "1.num_batches_tracked"
                })
            cases.append({
                "name": name, "average": average, "includeBuffers": use_buffers, "expected": expected,
            })
    models = [{name: values(value) for name, value in snapshot.items()} for snapshot in snapshots]
    return {"models": models, "cases": cases}


def batch_norm_torch():
    """Equal batches, where PyTorch's unweighted mean of batch means is the true one."""
    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Linear(3, 4, bias=False), nn.BatchNorm1d(4, eps=EPSILON), nn.ReLU(),
        nn.Linear(4, 2, bias=False), nn.BatchNorm1d(2, eps=EPSILON),
    )
    with torch.no_grad():
        for value in model.parameters():
            value.add_(0.3 * torch.randn_like(value))
    batches = [2 * torch.randn(8, 3) + 1 for _ in range(4)]
    weights = {name: values(value) for name, value in model.named_parameters()}
    update_bn(batches, model)
    return {
        "epsilon": EPSILON,
        "weights": weights,
        "batches": [values(batch) for batch in batches],
        "means": [values(model[1].running_mean), values(model[4].running_mean)],
    }


def batch_norm_numpy():
    """An unequal last batch; the moments of all samples at once, in float64."""
    rng = np.random.default_rng(2)
    sizes = [6, 6, 6, 2]
    # Far from 0 beside its spread, and drifting: an average weighted per batch or a difference of squares shows.
    batches = [(rng.normal(size=(n, 3, 2, 4)) + 50 + 5 * i).astype(np.float32) for i, n in enumerate(sizes)]
    pooled = np.concatenate(batches).astype(np.float64)
    kernel = rng.normal(size=(4, 3)).astype(np.float32)
    normalized = [
        (b - b.mean((0, 1, 2), dtype=np.float64)) / np.sqrt(b.var((0, 1, 2), dtype=np.float64) + EPSILON)
        for b in batches
    ]
    second = np.concatenate([np.maximum(n, 0) @ kernel.astype(np.float64) for n in normalized])
    return {
        "epsilon": EPSILON,
        "kernel": values(kernel),
        "batches": [values(batch) for batch in batches],
        "means": [values(x.mean((0, 1, 2))) for x in (pooled, second)],
        "variances": [values(x.var((0, 1, 2))) for x in (pooled, second)],
    }


golden = {
    "library": "torch",
    "version": torch.__version__,
    "numpy": np.__version__,
    "script": "test/parity/averaging/make_golden.py",
    "cases": {
        "averaging": averaging_cases(),
        "batchNormTorch": batch_norm_torch(),
        "batchNormNumpy": batch_norm_numpy(),
    },
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
