"""Losses and their gradients with respect to the logits, from PyTorch in double precision. Writes golden.json."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)

# The label that PyTorch ignores by default.
IGNORED = -100


def with_gradients(loss, *inputs):
    """The value of `loss(*inputs)` and the gradient of its sum with respect to each input."""
    leaves = [value.clone().requires_grad_() for value in inputs]
    value = loss(*leaves)
    gradients = torch.autograd.grad(value.sum(), leaves)
    return value.detach().tolist(), [gradient.tolist() for gradient in gradients]


def cross_entropy_cases():
    logits = torch.randn(5, 4) * 3
    extreme = torch.tensor([[1e4, -1e4, 0.0, 5.0], [-1e4, 1e4, 1e4, 0.0]])
    labels = torch.tensor([0, 3, 1, 2, 3])
    soft = torch.softmax(torch.randn(5, 4), dim=1)
    weight = torch.tensor([0.2, 1.0, 3.0, 0.5])
    subjects = [
        ("index labels", logits, labels, None),
        ("soft labels", logits, soft, None),
        ("extreme logits", extreme, torch.tensor([1, 0]), None),
        ("weighted index labels", logits, labels, weight),
        ("weighted soft labels", logits, soft, weight),
    ]
    # Two texts of three tokens, of which some do not count.
    tokens = torch.randn(2, 3, 4) * 3
    padded = torch.tensor([[0, IGNORED, 3], [IGNORED, 1, IGNORED]])
    subjects += [("padded tokens", tokens, padded, None), ("weighted padded tokens", tokens, padded, weight)]
    for name, values, targets, class_weight in subjects:
        for smoothing in (0.0, 0.1, 1.0):
            for reduction in ("mean", "sum", "none"):
                # Classes are PyTorch's second axis, and the last one of what is written.
                value, gradients = with_gradients(
                    lambda x: F.cross_entropy(
                        x.movedim(-1, 1), targets, weight=class_weight, reduction=reduction, label_smoothing=smoothing
                    ),
                    values,
                )
                yield {
                    "name": f"{name}, smoothing {smoothing}, {reduction}",
                    "logits": values.tolist(),
                    "labels": targets.tolist(),
                    "areSoft": targets.is_floating_point(),
                    "ignoreIndex": IGNORED if targets is padded else None,
                    "weight": None if class_weight is None else class_weight.tolist(),
                    "labelSmoothing": smoothing,
                    "reduction": reduction,
                    "value": value,
                    "gradient": gradients[0],
                }


def kl_divergence_cases():
    subjects = {
        "ordinary": (torch.randn(4, 5) * 2, torch.randn(4, 5) * 2),
        "extreme": (torch.tensor([[1e4, 0.0, -1e4]]), torch.tensor([[1e4, 1e3, -1e4]])),
    }
    for name, (target, inputs) in subjects.items():
        for reduction in ("batchMean", "mean", "sum"):
            value, gradients = with_gradients(
                lambda t, x: F.kl_div(
                    F.log_softmax(x, dim=1), F.log_softmax(t, dim=1), log_target=True, reduction=reduction.lower()
                ),
                target,
                inputs,
            )
            yield {
                "name": f"{name}, {reduction}",
                "targetLogits": target.tolist(),
                "inputLogits": inputs.tolist(),
                "reduction": reduction,
                "value": value,
                "targetGradient": gradients[0],
                "inputGradient": gradients[1],
            }


def consolidation_case():
    """Empirical Fisher of a linear classifier, one example at a time, and the penalty away from the anchor."""
    weight, bias = torch.randn(3, 4), torch.randn(4)
    inputs, labels = torch.randn(6, 3), torch.tensor([0, 1, 2, 3, 1, 0])
    fisher = [torch.zeros_like(weight), torch.zeros_like(bias)]
    for x, y in zip(inputs, labels):
        _, gradients = with_gradients(lambda w, b: F.cross_entropy((x @ w + b)[None], y[None]), weight, bias)
        for total, gradient in zip(fisher, gradients):
            total += torch.tensor(gradient) ** 2 / len(inputs)
    moved = [weight + 0.3 * torch.randn(3, 4), bias + 0.3 * torch.randn(4)]
    strength = 7.0
    value, gradients = with_gradients(
        lambda w, b: strength / 2 * ((fisher[0] * (w - weight) ** 2).sum() + (fisher[1] * (b - bias) ** 2).sum()),
        *moved,
    )
    return {
        "inputs": inputs.tolist(),
        "labels": labels.tolist(),
        "anchor": {"weight": weight.tolist(), "bias": bias.tolist()},
        "moved": {"weight": moved[0].tolist(), "bias": moved[1].tolist()},
        "fisher": {"weight": fisher[0].tolist(), "bias": fisher[1].tolist()},
        "lambda": strength,
        "value": value,
        "gradients": {"weight": gradients[0], "bias": gradients[1]},
    }


def tensorflow_js_cases():
    """Losses of which the guide says that TensorFlow.js has them."""
    losses = {
        "sigmoidCrossEntropy": F.binary_cross_entropy_with_logits,
        "meanSquaredError": F.mse_loss,
        "absoluteDifference": F.l1_loss,
        "huberLoss": lambda x, y: F.huber_loss(x, y, delta=0.5),
    }
    # Zero and very large ones among them: there the formulas' branches meet, and exponentials overflow.
    values = torch.cat([torch.randn(6) * 3, torch.tensor([0.0, 0.0, 1e4, -1e4])]).reshape(2, 5)
    targets = torch.tensor([[1.0, 0.0, 0.3, 1.0, 0.0], [1.0, 1.0, 0.2, 1.0, 0.0]])
    for name, loss in losses.items():
        value, gradients = with_gradients(lambda x: loss(x, targets), values)
        yield {
            "name": name,
            "values": values.tolist(),
            "targets": targets.tolist(),
            "value": value,
            "gradient": gradients[0],
        }


golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/losses/make_golden.py",
    "cases": {
        "crossEntropy": list(cross_entropy_cases()),
        "klDivergence": list(kl_divergence_cases()),
        "consolidation": consolidation_case(),
        "tensorFlowJs": list(tensorflow_js_cases()),
    },
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
