"""Hinton's distillation loss and its gradient with respect to the student, from PyTorch in double precision."""

import json
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
# PyTorch warns that 'mean' is not the divergence as it is defined, which is the point of having it here.
warnings.filterwarnings("ignore", message="reduction: 'mean' divides")


def loss(student, teacher, labels, temperature, alpha, label_smoothing, kl_reduction):
    divergence = F.kl_div(
        F.log_softmax(student / temperature, dim=1),
        F.log_softmax(teacher / temperature, dim=1),
        log_target=True,
        reduction=kl_reduction.lower(),
    )
    cross_entropy = F.cross_entropy(student, labels, label_smoothing=label_smoothing)
    return alpha * cross_entropy + (1 - alpha) * temperature**2 * divergence


student, teacher = torch.randn(6, 10) * 2, torch.randn(6, 10) * 4
hard = torch.randint(0, 10, (6,))
subjects = {
    "index labels": (student, teacher, hard),
    "soft labels": (student, teacher, torch.softmax(torch.randn(6, 10), dim=1)),
    "extreme logits": (student * 4000, teacher * 2000, hard),
}
settings = [
    {"temperature": temperature, "alpha": alpha, "labelSmoothing": 0.0, "klReduction": "batchMean"}
    for temperature in (0.5, 1.0, 2.0, 8.0)
    for alpha in (0.0, 0.3, 1.0)
]
settings.append({"temperature": 2.0, "alpha": 0.5, "labelSmoothing": 0.0, "klReduction": "mean"})
settings.append({"temperature": 4.0, "alpha": 0.9, "labelSmoothing": 0.1, "klReduction": "batchMean"})

cases = []
for subject, (logits, taught, labels) in subjects.items():
    for options in settings:
        leaf = logits.clone().requires_grad_()
        value = loss(leaf, taught, labels, *options.values())
        (gradient,) = torch.autograd.grad(value, leaf)
        cases.append({"subject": subject, "options": options, "value": value.item(), "gradient": gradient.tolist()})

golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/distillation/make_golden.py",
    "subjects": {
        name: {"student": s.tolist(), "teacher": t.tolist(), "labels": y.tolist()}
        for name, (s, t, y) in subjects.items()
    },
    "cases": cases,
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
