"""Loads weights that our ResNet-18 saved into PyTorch's, strictly: each must be there, and be the generated one.

    npx tsx --conditions=loopwright-source test/parity/resnet18/write_ours.ts ours.safetensors
    python test/parity/resnet18/check_ours.py ours.safetensors
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).parent.parent / "models"))

from generated_values import load_generated  # noqa: E402
from torch_models import ResNet18  # noqa: E402

path = sys.argv[1]
expected = load_generated(ResNet18(10)).state_dict()
model = ResNet18(10)
print(model.load_state_dict(load_file(path), strict=True))
for name, value in model.state_dict().items():
    assert torch.equal(value, expected[name]), name
print(f"torch {torch.__version__} loads {len(expected)} entries of {path}")
