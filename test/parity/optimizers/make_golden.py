"""Writes golden.json: trajectories of PyTorch's optimizers, and of Lookahead and Ranger built on them.

Parameters have TensorFlow's layouts (HWIO kernels); gradient centralization is computed in PyTorch's own (OIHW, out
channels first), so that the two layouts check each other. Ranger's semantics are those of its version 20.4.11.
"""

import json
import math
import pathlib

import numpy as np
import torch

SHAPES = {
    "dense/kernel": (3, 4),
    "dense/bias": (4,),
    "conv/kernel": (2, 2, 3, 2),
    "mobile/depthwise_kernel": (2, 2, 3, 2),
    "scale": (),
}
STEPS = 12
RECORDED = (1, 2, 5, 6, 7, 12)
LR_CHANGE = {"after": 6, "factor": 0.1}


def values(shape, phase):
    size = math.prod(shape)
    return np.sin(phase + 1.7 * np.arange(size)).astype(np.float32).reshape(shape)


def initial():
    return {name: values(shape, 0.3 * i) for i, (name, shape) in enumerate(SHAPES.items())}


def gradients():
    """One dictionary a step: sizes from 1e-3 to 1e1, zero elements, whole zero gradients, a missing one."""
    steps = []
    for step in range(1, STEPS + 1):
        grads = {}
        for i, (name, shape) in enumerate(SHAPES.items()):
            grad = values(shape, 2.1 * step + i) * np.float32(10.0 ** ((step + i) % 5 - 3))
            if grad.ndim > 0:
                grad.reshape(-1)[step % grad.size] = 0
            grads[name] = grad
        if step == 3:
            del grads["dense/bias"]
        if step == 4:
            grads["conv/kernel"][:] = 0
        if step <= 2:
            grads["scale"] = np.zeros((), np.float32)
        steps.append(grads)
    return steps


TORCH_NAMES = {
    "learningRate": "lr",
    "weightDecay": "weight_decay",
    "epsilon": "eps",
    "decay": "alpha",
    "decoupledWeightDecay": "decoupled_weight_decay",
}


def torch_options(options):
    result = {TORCH_NAMES.get(key, key): value for key, value in options.items() if key not in ("beta1", "beta2")}
    if "beta1" in options or "beta2" in options:
        result["betas"] = (options.get("beta1", 0.9), options.get("beta2", 0.999))
    return result


class TorchOptimizer:
    """A torch.optim class over named parameters, which gives every one that has no gradient a miss."""

    def __init__(self, cls, params, options, groups):
        grouped = groups or [{"name": "default", "params": list(params)}]
        torch_groups = [
            {
                "params": [params[name] for name in group["params"]],
                **torch_options({k: v for k, v in group.items() if k not in ("name", "params")}),
            }
            for group in grouped
        ]
        self.params = params
        self.optimizer = cls(torch_groups, **torch_options(options), foreach=False)

    def scale_lr(self, factor):
        for group in self.optimizer.param_groups:
            group["lr"] = group["lr"] * factor

    def step(self, grads):
        for name, param in self.params.items():
            param.grad = torch.tensor(grads[name]) if name in grads else None
        self.optimizer.step()


class Lookahead:
    """Zhang et al., algorithm 1, slow weights copied before a parameter's first step."""

    def __init__(self, inner, k, alpha):
        self.inner, self.k, self.alpha = inner, k, alpha
        self.params = inner.params
        self.slow, self.count = {}, {}
        self.scale_lr = inner.scale_lr

    def step(self, grads):
        for name in grads:
            if name not in self.slow:
                self.slow[name] = self.params[name].detach().clone()
                self.count[name] = 0
        self.inner.step(grads)
        with torch.no_grad():
            for name in grads:
                self.count[name] += 1
                if self.count[name] % self.k == 0:
                    fast, slow = self.params[name], self.slow[name]
                    slow.add_(fast - slow, alpha=self.alpha)
                    fast.copy_(slow)


def to_torch_layout(name, grad):
    """HWIO to OIHW; a depthwise kernel to [in * multiplier, 1, height, width]; a matrix to [out, in]."""
    tensor = torch.tensor(grad)
    if name.endswith("depthwise_kernel"):
        return tensor.permute(2, 3, 0, 1).reshape(-1, 1, *grad.shape[:2])
    if tensor.dim() == 4:
        return tensor.permute(3, 2, 0, 1)
    return tensor.t() if tensor.dim() == 2 else tensor


def from_torch_layout(name, tensor, shape):
    if name.endswith("depthwise_kernel"):
        return tensor.reshape(shape[2], shape[3], *shape[:2]).permute(2, 3, 0, 1).numpy()
    if tensor.dim() == 4:
        return tensor.permute(2, 3, 1, 0).numpy()
    return tensor.t().numpy() if tensor.dim() == 2 else tensor.numpy()


def centralize(name, grad):
    tensor = to_torch_layout(name, grad)
    if tensor.dim() > 1:
        tensor = tensor - tensor.mean(dim=tuple(range(1, tensor.dim())), keepdim=True)
    return from_torch_layout(name, tensor, grad.shape)


class Ranger(Lookahead):
    def __init__(self, params, options, groups):
        inner = {key: value for key, value in options.items() if key not in ("k", "alpha", "gradientCentralization")}
        defaults = {"beta1": 0.95, "beta2": 0.999, "epsilon": 1e-5, "decoupledWeightDecay": True}
        optimizer = TorchOptimizer(torch.optim.RAdam, params, {**defaults, **inner}, groups)
        super().__init__(optimizer, options.get("k", 6), options.get("alpha", 0.5))
        self.centralizes = options.get("gradientCentralization", True)

    def step(self, grads):
        if self.centralizes:
            grads = {name: centralize(name, grad) for name, grad in grads.items()}
        super().step(grads)


def make(case, params):
    options, groups = case["options"], case.get("groups")
    if case["optimizer"] == "Ranger":
        return Ranger(params, options, groups)
    if case["optimizer"] == "Lookahead":
        inner = {key: value for key, value in options.items() if key not in ("optimizer", "k", "alpha")}
        cls = getattr(torch.optim, options.get("optimizer", "SGD"))
        return Lookahead(TorchOptimizer(cls, params, inner, groups), options.get("k", 6), options.get("alpha", 0.5))
    return TorchOptimizer(getattr(torch.optim, case["optimizer"]), params, options, groups)


KERNELS = [name for name, shape in SHAPES.items() if len(shape) > 1]
OTHERS = [name for name, shape in SHAPES.items() if len(shape) <= 1]


def groups(**others):
    return [{"name": "kernels", "params": KERNELS}, {"name": "others", "params": OTHERS, **others}]


CASES = [
    {"optimizer": "SGD", "options": {}},
    {"optimizer": "SGD", "options": {"learningRate": 0.05, "weightDecay": 0.1}},
    {"optimizer": "SGD", "options": {"learningRate": 0.05, "momentum": 0.9}},
    {"optimizer": "SGD", "options": {"learningRate": 0.05, "momentum": 0.9, "dampening": 0.4, "weightDecay": 0.01}},
    {"optimizer": "SGD", "options": {"learningRate": 0.05, "momentum": 0.8, "nesterov": True, "weightDecay": 0.01}},
    {"optimizer": "SGD", "options": {"learningRate": 0.05, "momentum": 0.9, "maximize": True, "weightDecay": 0.01}},
    {
        "optimizer": "SGD",
        "options": {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.05},
        "groups": groups(weightDecay=0.0, learningRate=0.2, momentum=0.5),
    },
    {"optimizer": "Adam", "options": {}},
    {"optimizer": "Adam", "options": {"learningRate": 0.03, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}},
    {"optimizer": "Adam", "options": {"learningRate": 0.03, "weightDecay": 0.1, "amsgrad": True}},
    {"optimizer": "Adam", "options": {"learningRate": 0.03, "weightDecay": 0.1, "maximize": True}},
    {
        "optimizer": "Adam",
        "options": {"learningRate": 0.03, "weightDecay": 0.05},
        "groups": groups(weightDecay=0.0, learningRate=0.1),
    },
    {"optimizer": "AdamW", "options": {}},
    {"optimizer": "AdamW", "options": {"learningRate": 0.03, "weightDecay": 0.3, "amsgrad": True}},
    {"optimizer": "AdamW", "options": {"learningRate": 0.03, "weightDecay": 0.3, "beta1": 0.0, "beta2": 0.9}},
    {
        "optimizer": "AdamW",
        "options": {"learningRate": 0.03, "weightDecay": 0.5},
        "groups": groups(weightDecay=0.0),
    },
    {"optimizer": "RAdam", "options": {}},
    {"optimizer": "RAdam", "options": {"learningRate": 0.03, "weightDecay": 0.1}},
    {"optimizer": "RAdam", "options": {"learningRate": 0.03, "weightDecay": 0.1, "decoupledWeightDecay": True}},
    {"optimizer": "RAdam", "options": {"learningRate": 0.03, "beta1": 0.8, "beta2": 0.7, "epsilon": 1e-4}},
    {"optimizer": "RMSprop", "options": {}},
    {"optimizer": "RMSprop", "options": {"learningRate": 0.003, "decay": 0.9, "momentum": 0.8, "weightDecay": 0.1}},
    {"optimizer": "RMSprop", "options": {"learningRate": 0.003, "decay": 0.9, "centered": True, "epsilon": 1e-4}},
    {"optimizer": "RMSprop", "options": {"learningRate": 0.003, "centered": True, "momentum": 0.5, "epsilon": 1e-3}},
    {"optimizer": "Lookahead", "options": {"learningRate": 0.05, "momentum": 0.9}},
    {"optimizer": "Lookahead", "options": {"optimizer": "AdamW", "learningRate": 0.03, "k": 5, "alpha": 0.8}},
    {"optimizer": "Ranger", "options": {}},
    {"optimizer": "Ranger", "options": {"learningRate": 0.03, "weightDecay": 0.2, "k": 4, "alpha": 0.3}},
    {"optimizer": "Ranger", "options": {"learningRate": 0.03, "gradientCentralization": False, "beta1": 0.9}},
    {
        "optimizer": "Ranger",
        "options": {"learningRate": 0.03, "weightDecay": 0.2},
        "groups": groups(weightDecay=0.0, learningRate=0.1),
    },
]


def short(array):
    """The shortest decimals that read back as the same float32."""
    flat = np.asarray(array, np.float32).reshape(-1)
    assert np.isfinite(flat).all()
    return [float(str(value)) for value in flat]


def named(arrays):
    return {name: short(array) for name, array in arrays.items()}


def trajectory(case):
    params = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in initial().items()}
    optimizer = make(case, params)
    recorded = {}
    for step, grads in enumerate(gradients(), start=1):
        optimizer.step(grads)
        if step in RECORDED:
            recorded[step] = named({name: param.detach().numpy() for name, param in params.items()})
        if step == LR_CHANGE["after"]:
            optimizer.scale_lr(LR_CHANGE["factor"])
    return {**case, "trajectory": recorded}


MUON_SHAPES = {"square/kernel": (4, 4), "in/kernel": (2, 5), "out/kernel": (6, 3), "conv/kernel": (2, 2, 3, 4)}
MUON_CASES = [
    {},
    {"learningRate": 0.02, "momentum": 0.9, "nesterov": False, "weightDecay": 0.01},
    {"learningRate": 0.01, "momentum": 0.6, "matchRmsAdamW": True},
    {"learningRate": 0.05, "nsSteps": 3, "epsilon": 3.0, "weightDecay": 0.0},
]


def muon_data():
    """Kernels and gradients of full rank: what has none is made of rounding by the iteration."""
    rng = np.random.default_rng(8)
    draw = lambda: {name: rng.normal(size=shape).astype(np.float32) for name, shape in MUON_SHAPES.items()}
    return draw(), [draw() for _ in range(STEPS)]


def muon_trajectory(options):
    """torch.optim.Muon, which takes matrices of outputs by inputs, with its bfloat16 taken for float32."""
    torch.Tensor.bfloat16 = torch.Tensor.clone
    start, steps = muon_data()
    to_torch = lambda kernel: torch.tensor(kernel.reshape(-1, kernel.shape[-1]).T.copy())
    params = {name: torch.nn.Parameter(to_torch(kernel)) for name, kernel in start.items()}
    names = {"nsSteps": "ns_steps", "learningRate": "lr", "weightDecay": "weight_decay", "epsilon": "eps"}
    given = {names.get(key, key): value for key, value in options.items() if key != "matchRmsAdamW"}
    adjust = "match_rms_adamw" if options.get("matchRmsAdamW") else "original"
    optimizer = torch.optim.Muon(params.values(), **given, adjust_lr_fn=adjust)
    recorded = {}
    for step, grads in enumerate(steps, start=1):
        for name, param in params.items():
            param.grad = None if (step == 3 and name == "in/kernel") else to_torch(grads[name])
        optimizer.step()
        if step in RECORDED:
            recorded[step] = named({name: param.detach().T.numpy() for name, param in params.items()})
    return {"options": options, "trajectory": recorded}


def muon():
    start, steps = muon_data()
    del steps[2]["in/kernel"]
    return {
        "shapes": MUON_SHAPES,
        "initial": named(start),
        "gradients": [named(grads) for grads in steps],
        "cases": [muon_trajectory(options) for options in MUON_CASES],
    }


def clipped(step, max_norm=None, clip_value=None):
    params = []
    for grad in gradients()[step - 1].values():
        param = torch.nn.Parameter(torch.zeros(grad.shape))
        param.grad = torch.tensor(grad)
        params.append(param)
    names = list(gradients()[step - 1])
    result = {"step": step, "maxNorm": max_norm, "clipValue": clip_value}
    if max_norm is not None:
        result["norm"] = short(torch.nn.utils.clip_grad_norm_(params, max_norm).numpy())[0]
    else:
        torch.nn.utils.clip_grad_value_(params, clip_value)
    return {**result, "grads": named({name: param.grad.numpy() for name, param in zip(names, params)})}


def main():
    golden = {
        "library": "torch",
        "version": torch.__version__,
        "script": "test/parity/optimizers/make_golden.py",
        "shapes": SHAPES,
        "initial": named(initial()),
        "gradients": [named(grads) for grads in gradients()],
        "lrChange": LR_CHANGE,
        "cases": [trajectory(case) for case in CASES],
        "muon": muon(),
        "clipping": [clipped(1, max_norm=0.5), clipped(1, max_norm=1e4), clipped(5, clip_value=0.25)],
    }
    path = pathlib.Path(__file__).with_name("golden.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
