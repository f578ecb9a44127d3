"""Logits and gradients of the example models, and of two of their layers, from PyTorch, from generated weights and images.

Of a model's gradients the norm and the product with a generated vector are kept. Takes no arguments.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy, max_pool2d, mish, relu

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from generated_values import classified_images, load_generated, parameter_count, uniform  # noqa: E402
from torch_models import ResNet18, SimpleSelfAttention, SimplifiedVGG, SmallNet, XResNet18  # noqa: E402

BATCH = 4

torch.set_num_threads(1)

MODELS = {
    "resnet18": (lambda: ResNet18(10), 10, 32),
    "xresnet18": (lambda: XResNet18(10, self_attention=False, activation=relu), 10, 32),
    # 36 pixels become 9 and 5: odd sides, on which padding and pooling differ between libraries.
    "xresnet18 with Mish and self-attention": (lambda: XResNet18(10, self_attention=True, activation=mish), 10, 36),
    "smallNet": (SmallNet, 100, 32),
    "simplifiedVgg": (lambda: SimplifiedVGG(10), 10, 32),
}


def summary(name, gradient):
    probe = uniform(f"probe of {name}", tuple(gradient.shape), 1.0).double()
    return [gradient.double().norm().item(), (gradient.double() * probe).sum().item()]


def case(name, make, classes, side):
    images, targets = classified_images(name, BATCH, classes, side)
    with torch.no_grad():
        evaluation = load_generated(make()).eval()(images)
    model = load_generated(make()).train()
    training = model(images)
    cross_entropy(training, targets).backward()
    vectors = {key: value for key, value in model.state_dict().items() if key.endswith(("weight_u", "weight_v"))}
    return {
        "name": name,
        "classes": classes,
        "side": side,
        "parameters": parameter_count(model),
        "evaluation": evaluation.tolist(),
        "training": training.tolist(),
        "gradients": {key: summary(key, value.grad) for key, value in model.named_parameters()},
        "vectors": {key: value.tolist() for key, value in vectors.items()},
    }


def attention_case():
    """Two steps, as the second starts from the vectors that the first has left; then evaluation."""
    image = uniform("attention image", (2, 6, 4, 3), 1.0)
    direction = uniform("attention direction", (2, 6, 4, 3), 1.0)
    layer = load_generated(nn.ModuleDict({"attention": SimpleSelfAttention(6)})).attention
    steps = []
    for _ in range(2):
        layer.zero_grad()
        probed = image.clone().requires_grad_()
        output = layer.train()(probed)
        (output * direction).sum().backward()
        steps.append({
            "output": channels_last(output),
            "imageGradient": channels_last(probed.grad),
            "kernelGradient": layer.conv.weight_orig.grad.permute(2, 1, 0).flatten().tolist(),
            "gammaGradient": layer.gamma.grad.tolist(),
            "left": layer.conv.weight_u.tolist(),
            "right": layer.conv.weight_v.tolist(),
        })
    return {"steps": steps, "evaluation": channels_last(layer.eval()(image))}


def pooling_case(side):
    """All below zero, so that padding with zeros would show."""
    image = uniform("pooled image", (1, 2, side, side), 1.0, center=-2.0).requires_grad_()
    output = max_pool2d(image, 3, stride=2, padding=1)
    (output**2).sum().backward()
    return {"side": side, "output": channels_last(output), "gradient": channels_last(image.grad)}


def channels_last(tensor):
    return tensor.detach().permute(0, 2, 3, 1).flatten().tolist()


golden = {
    "library": "torch",
    "version": torch.__version__,
    "script": "test/parity/models/make_golden.py",
    "batchSize": BATCH,
    "attention": attention_case(),
    "pooling": [pooling_case(side) for side in (6, 7)],
    "cases": [case(name, *rest) for name, rest in MODELS.items()],
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
