"""AveragedModel.update_parameters on ResNet-18, with the functions that torch.optim.swa_utils has for it."""

from measure import measure  # first, for it starts the clock

import argparse

from subjects import make_model, trainable_weights
from torch.optim import swa_utils

FUNCTIONS = {
    ("swa", "default"): lambda: {},
    ("swa", "multi"): lambda: {"multi_avg_fn": swa_utils.get_swa_multi_avg_fn()},
    ("ema", "default"): lambda: {"avg_fn": swa_utils.get_ema_avg_fn(0.999)},
    ("ema", "multi"): lambda: {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.999)},
}

parser = argparse.ArgumentParser()
parser.add_argument("--average", choices=["swa", "ema"], default="swa")
parser.add_argument("--function", choices=["default", "multi"], default="default")
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

model = make_model("resnet18")
averaged = swa_utils.AveragedModel(model, **FUNCTIONS[arguments.average, arguments.function]())
measure(lambda: averaged.update_parameters(model), arguments.seconds, trainable_weights(model))
