"""Activations, batch normalization, pooling and their gradients from PyTorch in double precision. Writes golden.json."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def rounded(values):
    """Nested lists with ten significant digits, more than float32 holds."""
    if isinstance(values, list):
        return [rounded(value) for value in values]
    return float(f"{values:.10g}")


def numbers(tensor):
    return rounded(tensor.detach().tolist())


def float32(tensor):
    """Inputs that float32 represents exactly, so that both sides begin alike."""
    return tensor.float().double()


ACTIVATIONS = {
    "relu": F.relu,
    "relu6": F.relu6,
    "elu": F.elu,
    "selu": F.selu,
    "leakyRelu": lambda x: F.leaky_relu(x, 0.2),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": F.softplus,
    "swish": F.silu,
    "mish": F.mish,
    "gelu": F.gelu,
    "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
    "clipByValue": lambda x: torch.clamp(x, -1, 1.5),
}


def activation_cases():
    # Neither at zero nor at a bound, where conventions differ.
    values = float32(torch.cat([torch.linspace(-9.3, 9.1, 19), torch.tensor([-30.0, 30.0, -1e-3, 1e-3, 5.5])]))
    for name, activation in ACTIVATIONS.items():
        x = values.clone().requires_grad_()
        weights = torch.linspace(0.5, 2, len(values))
        y = activation(x)
        (gradient,) = torch.autograd.grad((y * weights).sum(), x, create_graph=True)
        second = torch.zeros_like(x)
        if gradient.requires_grad:
            (second,) = torch.autograd.grad(gradient.sum(), x)
        yield {
            "name": name,
            "x": numbers(values),
            "weights": numbers(weights),
            "y": numbers(y),
            "gradient": numbers(gradient),
            "second": numbers(second),
        }


def batch_norm_cases():
    shapes = {"images": (3, 2, 4, 5), "rows": (6, 3), "sequences": (2, 3, 4), "many rows": (64, 2)}
    for name, shape in shapes.items():
        for momentum in (0.1, 1.0):
            channels = shape[-1]
            x = float32(torch.randn(shape) * 2 + 3)
            scale = float32(torch.rand(channels) + 0.5)
            offset = float32(torch.randn(channels))
            mean = float32(torch.randn(channels))
            variance = float32(torch.rand(channels) + 0.5)
            dy = float32(torch.randn(shape))
            leaves = [value.clone().requires_grad_() for value in (x, scale, offset)]
            running = [mean.clone(), variance.clone()]
            moved = leaves[0].movedim(-1, 1)
            y = F.batch_norm(moved, *running, leaves[1], leaves[2], True, momentum, 1e-3).movedim(1, -1)
            gradients = torch.autograd.grad((y * dy).sum(), leaves)
            inference_leaves = [value.clone().requires_grad_() for value in (x, scale, offset)]
            inference = F.batch_norm(
                inference_leaves[0].movedim(-1, 1), mean, variance, *inference_leaves[1:], False, 0.0, 1e-3
            ).movedim(1, -1)
            inference_gradients = torch.autograd.grad((inference * dy).sum(), inference_leaves)
            axes = tuple(range(len(shape) - 1))
            biased = x.var(dim=axes, unbiased=False)
            yield {
                "name": f"{name}, momentum {momentum}",
                "x": numbers(x),
                "scale": numbers(scale),
                "offset": numbers(offset),
                "runningMean": numbers(mean),
                "runningVariance": numbers(variance),
                "dy": numbers(dy),
                "momentum": momentum,
                "y": numbers(y),
                "gradients": [numbers(gradient) for gradient in gradients],
                "newMean": numbers(running[0]),
                "newVariance": numbers(running[1]),
                "newBiasedVariance": numbers((1 - momentum) * variance + momentum * biased),
                "inference": numbers(inference),
                "inferenceGradients": [numbers(gradient) for gradient in inference_gradients],
            }


def pooling_cases():
    for kernel, stride, padding in ((3, 2, 1), (2, 2, 0), (3, 1, 1)):
        x = float32(torch.randn(2, 5, 6, 3))
        leaf = x.clone().requires_grad_()
        y = F.max_pool2d(leaf.movedim(-1, 1), kernel, stride, padding).movedim(1, -1)
        dy = float32(torch.randn(y.shape))
        (gradient,) = torch.autograd.grad((y * dy).sum(), leaf)
        yield {
            "name": f"max, kernel {kernel}, stride {stride}, padding {padding}",
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "x": numbers(x),
            "dy": numbers(dy),
            "y": numbers(y),
            "gradient": numbers(gradient),
        }


golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/accelerate/make_golden.py",
    "cases": {
        "activations": list(activation_cases()),
        "batchNorm": list(batch_norm_cases()),
        "maxPooling": list(pooling_cases()),
    },
}
(HERE / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
