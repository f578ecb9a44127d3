"""Writes golden.json: the learning rates and momenta that PyTorch's schedulers set, step by step.

FlatCosLR is not PyTorch's; its rates come from the formula of fastai's fit_flat_cos, composed here the way fastai does it.
"""

import json
import math
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler
from torch.optim.swa_utils import SWALR

warnings.filterwarnings("ignore")

FUNCTIONS = {
    "decay": lambda k: 0.95**k,
    "inverse": lambda k: 1 / (1 + 0.1 * k),
    "slow": lambda k: 0.98,
    "wave": lambda k: 1 + 0.05 * math.sin(k + 1),
    "halving": lambda x: 0.5 ** (x - 1),
    "shrinking": lambda x: 0.99**x,
}


class FlatCosLR(lr_scheduler.LambdaLR):
    """The factor of fastai's `combined_cos(pct, lr, lr, lr / div_final)` at the part of training that is done."""

    def __init__(self, optimizer, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.75, div_final=1e5):
        steps = total_steps or epochs * steps_per_epoch

        def factor(step):
            position = min(1.0, step / steps)
            if position < pct_start:
                return 1.0
            inner = 1.0 if position == 1.0 else (position - pct_start) / (1 - pct_start)
            return 1.0 + (1 + math.cos(math.pi * (1 - inner))) * (1 / div_final - 1.0) / 2

        super().__init__(optimizer, factor)


def snake(name):
    special = {"tMax": "T_max", "t0": "T_0", "tMult": "T_mult"}
    return special.get(name) or "".join("_" + c.lower() if c.isupper() else c for c in name)


def functions(value):
    if isinstance(value, list):
        return [functions(item) for item in value]
    return FUNCTIONS[value]


def build(spec, optimizer):
    kind, options = spec["type"], spec.get("options", {})
    if "schedulers" in options:
        parts = [build(part, optimizer) for part in options["schedulers"]]
        if kind == "ChainedScheduler":
            return lr_scheduler.ChainedScheduler(parts)
        return lr_scheduler.SequentialLR(optimizer, parts, options["milestones"])
    arguments = {
        snake(key): functions(value) if key in ("lrLambda", "scaleFn") else value for key, value in options.items()
    }
    constructor = {"SWALR": SWALR, "FlatCosLR": FlatCosLR}.get(kind) or getattr(lr_scheduler, kind)
    return constructor(optimizer, **arguments)


def make_optimizer(kind, rates):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates]
    if kind == "adam":
        return torch.optim.Adam(groups, lr=rates[0], betas=(0.9, 0.999))
    return torch.optim.SGD(groups, lr=rates[0], momentum=0.9)


def momenta(optimizer):
    return [group["betas"][0] if "betas" in group else group["momentum"] for group in optimizer.param_groups]


def rounded(values):
    return [float(f"{value:.12g}") for value in values]


def trajectory(case):
    optimizer = make_optimizer(case["optimizer"], case["rates"])
    scheduler = build(case["scheduler"], optimizer)
    rows, cycled = [], []
    for step in range(case["steps"] + 1):
        if step > 0:
            optimizer.step()
            scheduler.step(*([case["metrics"][step - 1]] if "metrics" in case else []))
        rates = [group["lr"] for group in optimizer.param_groups]
        assert rates == scheduler.get_last_lr()
        rows.append(rounded(rates))
        cycled.append(rounded(momenta(optimizer)))
    result = {**case, "lr": rows}
    if any(row != cycled[0] for row in cycled):
        result["momentum"] = cycled
    return result


def case(type_, options=None, rates=(0.1,), steps=40, optimizer="sgd", metrics=None):
    result = {
        "scheduler": {"type": type_, "options": options or {}},
        "optimizer": optimizer,
        "rates": list(rates),
        "steps": steps,
    }
    if metrics is not None:
        result.update(metrics=[float(f"{m:.8g}") for m in metrics], steps=len(metrics))
    return result


def part(type_, **options):
    return {"type": type_, "options": options}


TWO = (0.1, 0.02)


def simple_cases():
    yield case("LambdaLR", {"lrLambda": "decay"})
    yield case("LambdaLR", {"lrLambda": ["decay", "inverse"]}, TWO)
    yield case("MultiplicativeLR", {"lrLambda": "slow"})
    yield case("MultiplicativeLR", {"lrLambda": ["slow", "wave"]}, TWO)
    yield case("StepLR", {"stepSize": 7})
    yield case("StepLR", {"stepSize": 1, "gamma": 0.9}, TWO)
    yield case("StepLR", {"stepSize": 5, "gamma": 1.5})
    yield case("MultiStepLR", {"milestones": [5, 12, 30]})
    yield case("MultiStepLR", {"milestones": [20, 3, 3, 9], "gamma": 0.5}, TWO)
    yield case("MultiStepLR", {"milestones": [0, 4], "gamma": 0.5})
    yield case("ConstantLR", {}, steps=10)
    yield case("ConstantLR", {"factor": 0.1, "totalIters": 12}, TWO, 30)
    yield case("ConstantLR", {"factor": 1.0, "totalIters": 1}, steps=5)
    yield case("LinearLR", {}, steps=10)
    yield case("LinearLR", {"startFactor": 0.01, "totalIters": 25}, TWO)
    yield case("LinearLR", {"startFactor": 1.0, "endFactor": 0.0, "totalIters": 20}, steps=30)
    yield case("LinearLR", {"startFactor": 0.5, "endFactor": 0.25, "totalIters": 1}, steps=5)
    yield case("ExponentialLR", {"gamma": 0.9})
    yield case("ExponentialLR", {"gamma": 1.01}, TWO, 60)
    yield case("PolynomialLR", {}, steps=10)
    yield case("PolynomialLR", {"totalIters": 30, "power": 2.0}, TWO)
    yield case("PolynomialLR", {"totalIters": 30, "power": 0.5})
    yield case("CosineAnnealingLR", {"tMax": 20}, steps=100)
    yield case("CosineAnnealingLR", {"tMax": 7, "etaMin": 0.003}, TWO, 60)
    yield case("CosineAnnealingLR", {"tMax": 1, "etaMin": 0.01}, steps=8)
    yield case("CosineAnnealingLR", {"tMax": 100, "etaMin": 0.2}, steps=110)
    yield case("CosineAnnealingWarmRestarts", {"t0": 10})
    yield case("CosineAnnealingWarmRestarts", {"t0": 5, "tMult": 2, "etaMin": 0.001}, TWO, 100)
    yield case("CosineAnnealingWarmRestarts", {"t0": 1, "tMult": 3, "etaMin": 0.01}, steps=60)
    yield case("SWALR", {"swaLr": 0.05}, steps=20)
    yield case("SWALR", {"swaLr": [0.05, 0.04], "annealEpochs": 15, "annealStrategy": "linear"}, TWO, 30)
    yield case("SWALR", {"swaLr": 0.2, "annealEpochs": 0}, TWO, 5)
    yield case("SWALR", {"swaLr": 0.01, "annealEpochs": 1, "annealStrategy": "linear"}, steps=5)
    yield case("FlatCosLR", {"totalSteps": 40}, steps=40)
    yield case("FlatCosLR", {"epochs": 3, "stepsPerEpoch": 20, "pctStart": 0.5}, TWO, 60)
    yield case("FlatCosLR", {"totalSteps": 30, "pctStart": 0.0, "divFinal": 100.0}, steps=30)


def cyclic_cases():
    common = {"baseLr": 0.01, "maxLr": 0.1, "stepSizeUp": 5}
    yield case("CyclicLR", common)
    yield case("CyclicLR", {**common, "stepSizeDown": 8, "mode": "triangular2"}, TWO, 60)
    yield case("CyclicLR", {**common, "mode": "exp_range", "gamma": 0.97}, optimizer="adam")
    yield case("CyclicLR", {**common, "cycleMomentum": False}, steps=30)
    yield case("CyclicLR", {**common, "scaleFn": "halving"}, steps=50)
    yield case("CyclicLR", {**common, "scaleFn": "shrinking", "scaleMode": "iterations"}, TWO, 50)
    each = {"baseLr": [0.01, 0.001], "maxLr": [0.1, 0.02], "baseMomentum": [0.7, 0.8], "maxMomentum": [0.9, 0.99]}
    yield case("CyclicLR", {**each, "stepSizeUp": 3, "stepSizeDown": 10}, TWO, 60)
    yield case("CyclicLR", {**each, "stepSizeUp": 7, "mode": "triangular2"}, TWO, 60, "adam")


def one_cycle_cases():
    for options in (
        {"totalSteps": 50},
        {"epochs": 4, "stepsPerEpoch": 15, "pctStart": 0.1},
        {"totalSteps": 50, "annealStrategy": "linear"},
        {"totalSteps": 60, "threePhase": True, "pctStart": 0.4},
        {"totalSteps": 60, "threePhase": True, "annealStrategy": "linear"},
        {"totalSteps": 33, "divFactor": 10.0, "finalDivFactor": 100.0, "cycleMomentum": False},
        {"totalSteps": 30, "pctStart": 0.0},
        {"totalSteps": 20, "pctStart": 0.15, "baseMomentum": 0.7, "maxMomentum": 0.99},
    ):
        steps = options.get("totalSteps") or options["epochs"] * options["stepsPerEpoch"]
        yield case("OneCycleLR", {"maxLr": 0.3, **options}, steps=steps)
    each = {"maxLr": [0.3, 0.05], "baseMomentum": [0.8, 0.85], "maxMomentum": [0.9, 0.95]}
    yield case("OneCycleLR", {**each, "totalSteps": 40}, TWO, 40)
    yield case("OneCycleLR", {**each, "totalSteps": 40, "threePhase": True, "pctStart": 0.3}, TWO, 40, "adam")


def plateau_cases():
    falling = [1 / (1 + 0.3 * k) if k < 12 else 0.22 + 0.001 * math.sin(k) for k in range(60)]
    negative = [-1 - min(k, 15) / 10 + 0.00005 * (k % 3) for k in range(50)]
    rising = [0.5 + 0.02 * min(k, 10) + 0.001 * math.cos(3 * k) for k in range(50)]
    flat = [2.0] * 40
    yield case("ReduceLROnPlateau", {}, metrics=falling)
    yield case("ReduceLROnPlateau", {"patience": 3, "cooldown": 4, "factor": 0.5}, TWO, metrics=falling)
    yield case("ReduceLROnPlateau", {"patience": 2}, metrics=negative)
    yield case("ReduceLROnPlateau", {"patience": 2, "thresholdMode": "abs", "threshold": 0.01}, metrics=negative)
    yield case("ReduceLROnPlateau", {"mode": "max", "patience": 2}, metrics=[-m for m in negative])
    yield case("ReduceLROnPlateau", {"mode": "max", "patience": 1}, metrics=negative)
    yield case("ReduceLROnPlateau", {"mode": "max", "patience": 4, "cooldown": 2}, TWO, metrics=rising)
    yield case(
        "ReduceLROnPlateau", {"mode": "max", "thresholdMode": "abs", "threshold": 0.05, "patience": 3}, metrics=rising
    )
    yield case("ReduceLROnPlateau", {"patience": 0, "minLr": 0.001}, metrics=flat)
    yield case("ReduceLROnPlateau", {"patience": 1, "minLr": [0.02, 0.0001], "factor": 0.3}, TWO, metrics=flat)
    yield case("ReduceLROnPlateau", {"patience": 0, "eps": 0.005, "factor": 0.5}, metrics=flat)
    yield case("ReduceLROnPlateau", {"patience": 1, "threshold": 0.0}, metrics=falling)


def parts():
    """One option set of every scheduler that can be part of another."""
    return {
        "LambdaLR": part("LambdaLR", lrLambda="inverse"),
        "MultiplicativeLR": part("MultiplicativeLR", lrLambda="wave"),
        "StepLR": part("StepLR", stepSize=4, gamma=0.5),
        "MultiStepLR": part("MultiStepLR", milestones=[2, 6], gamma=0.3),
        "ConstantLR": part("ConstantLR", factor=0.2, totalIters=4),
        "LinearLR": part("LinearLR", startFactor=0.25, totalIters=6),
        "ExponentialLR": part("ExponentialLR", gamma=0.9),
        "PolynomialLR": part("PolynomialLR", totalIters=9, power=1.5),
        "CosineAnnealingLR": part("CosineAnnealingLR", tMax=5, etaMin=0.004),
        "CosineAnnealingWarmRestarts": part("CosineAnnealingWarmRestarts", t0=4, tMult=2, etaMin=0.002),
        "CyclicLR": part("CyclicLR", baseLr=0.01, maxLr=0.2, stepSizeUp=3),
        "OneCycleLR": part("OneCycleLR", maxLr=0.3, totalSteps=40),
        "SWALR": part("SWALR", swaLr=0.05, annealEpochs=6),
    }


def composite_cases():
    for first, second in pairs(parts()):
        schedulers = [first, second]
        yield case("SequentialLR", {"schedulers": schedulers, "milestones": [5]}, steps=13)
        yield case("ChainedScheduler", {"schedulers": schedulers}, steps=13)
    p = parts()
    warm_up = [p["LinearLR"], p["CosineAnnealingWarmRestarts"], p["ExponentialLR"]]
    yield case("SequentialLR", {"schedulers": warm_up, "milestones": [6, 25]}, TWO, 60)
    late = [p["ConstantLR"], p["CosineAnnealingLR"], p["StepLR"]]
    yield case("SequentialLR", {"schedulers": late, "milestones": [10, 45]}, TWO, 60)
    yield case("SequentialLR", {"schedulers": late, "milestones": [0, 20]}, steps=30)
    yield case("SequentialLR", {"schedulers": [p["PolynomialLR"]], "milestones": []}, steps=12)
    cosine = part("CosineAnnealingLR", tMax=12, etaMin=0.01)
    yield case("ChainedScheduler", {"schedulers": [p["ConstantLR"], p["ExponentialLR"], cosine]}, TWO, 60)
    yield case("ChainedScheduler", {"schedulers": [cosine, p["StepLR"]]}, TWO, 60)
    sequence = part("SequentialLR", schedulers=[p["LinearLR"], cosine], milestones=[6])
    yield case("ChainedScheduler", {"schedulers": [sequence, p["ExponentialLR"]]}, TWO, 40)


def pairs(all_parts):
    """Every ordered pair, without those that share the fields in which PyTorch's two cyclic schedulers keep options."""
    cyclic = {"OneCycleLR", "CyclicLR"}
    for a, first in all_parts.items():
        for b, second in all_parts.items():
            if not (a in cyclic and b in cyclic):
                yield first, second


def main():
    cases = [
        trajectory(case)
        for group in (simple_cases, cyclic_cases, one_cycle_cases, plateau_cases, composite_cases)
        for case in group()
    ]
    golden = {
        "library": "torch",
        "version": torch.__version__,
        "script": "test/parity/schedulers/make_golden.py",
        "cases": cases,
    }
    text = json.dumps(golden, separators=(",", ":")).replace('{"scheduler"', '\n{"scheduler"')
    Path(__file__).with_name("golden.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
