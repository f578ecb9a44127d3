"""Deterministic image operations of torchvision (transforms v2) and Pillow on small images. Writes golden.json.

Colours and affine maps are torchvision's on uint8 tensors, resizing is Pillow's. torchvision's wheel declares some of its
operators in a compiled library that need not load for transforms; they are declared here instead, and never called.
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch

operators = torch.library.Library("torchvision", "DEF")
for operator in ("nms", "qnms"):
    operators.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import PIL  # noqa: E402
import torchvision  # noqa: E402
from PIL import Image  # noqa: E402
from torchvision.transforms import v2  # noqa: E402
from torchvision.transforms.v2 import functional as F  # noqa: E402

HERE = Path(__file__).parent
HEIGHT, WIDTH = 14, 19
rng = np.random.default_rng(0)


def colourful():
    """Gradients with noise and two even patches, so that edges, ties and single values occur."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = np.stack([x * 255 / (WIDTH - 1), y * 255 / (HEIGHT - 1), (x + y) * 255 / (WIDTH + HEIGHT - 2)], axis=-1)
    noisy = np.clip(planes + rng.normal(scale=25, size=planes.shape), 0, 255).astype(np.uint8)
    noisy[2:6, 3:9] = (255, 255, 255)
    noisy[10:14, 12:20] = (40, 90, 90)
    return noisy


def square():
    return rng.integers(30, 200, size=(12, 12, 3), dtype=np.uint8)


IMAGES = {"colourful": colourful(), "square": square()}
IMAGES["grey"] = IMAGES["colourful"][:, :, :1].copy()
IMAGES["even"] = np.full((5, 6, 3), 77, dtype=np.uint8)


def pack(array):
    array = np.ascontiguousarray(array)
    height, width, channels = array.shape
    data = base64.b64encode(array.tobytes()).decode()
    return {"height": height, "width": width, "channels": channels, "data": data}


def tensor(name):
    return torch.from_numpy(IMAGES[name].transpose(2, 0, 1).copy())


def array(image):
    return image.numpy().transpose(1, 2, 0)


def resized(name, height, width, interpolation, box=None):
    pixels = IMAGES[name]
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    if box is not None:
        top, left, box_height, box_width = box
        image = image.crop((left, top, left + box_width, top + box_height))
    mode = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}[interpolation]
    result = np.asarray(image.resize((width, height), mode))
    return result.reshape(height, width, -1)


cases = []


def case(function, image, arguments, result):
    cases.append({"function": function, "image": image, "arguments": arguments, "result": pack(result)})


for name in ("colourful", "grey"):
    for interpolation in ("nearest", "bilinear", "bicubic"):
        for height, width in ((7, 9), (14, 11), (24, 32), (9, 32)):
            case("resizeImage", name, [{"height": height, "width": width}, interpolation], resized(name, height, width, interpolation))
for box in ((3, 4, 9, 11), (0, 0, 14, 5), (12, 17, 2, 2)):
    top, left, height, width = box
    place = {"top": top, "left": left, "height": height, "width": width}
    case("resizeImage", "colourful", [{"height": 12, "width": 12}, "bilinear", place], resized("colourful", 12, 12, "bilinear", box))

ADJUSTMENTS = {
    "adjustBrightness": (F.adjust_brightness, (0.0, 0.35, 1.0, 1.7)),
    "adjustContrast": (F.adjust_contrast, (0.0, 0.35, 1.0, 1.7)),
    "adjustSaturation": (F.adjust_saturation, (0.0, 0.35, 1.0, 1.7)),
    "adjustSharpness": (F.adjust_sharpness, (0.0, 0.35, 1.0, 1.7)),
    "adjustHue": (F.adjust_hue, (-0.5, -0.13, 0.0, 0.08, 0.4)),
    "posterize": (F.posterize, (0, 1, 3, 8)),
    "solarize": (F.solarize, (0, 100.0, 128, 255)),
    "toGrayscale": (F.rgb_to_grayscale, (1, 3)),
}
for function, (reference, values) in ADJUSTMENTS.items():
    for value in values:
        for name in ("colourful", "grey"):
            case(function, name, [value], array(reference(tensor(name), value)))
for function, reference in {"autoContrast": F.autocontrast, "equalize": F.equalize, "invert": F.invert, "flipHorizontally": F.horizontal_flip, "flipVertically": F.vertical_flip}.items():
    for name in ("colourful", "square", "grey", "even"):
        case(function, name, [], array(reference(tensor(name))))

MOTIONS = [
    {"angle": 20.0},
    {"translate": [3, -2]},
    {"scale": 1.37},
    {"scale": 0.7, "angle": -75.0},
    {"shear": [15.0, 0.0], "center": [0, 0]},
    {"shear": [0.0, -25.0]},
    {"angle": 33.0, "translate": [-4, 1], "scale": 1.1, "shear": [8.0, -5.0], "center": [6, 2]},
]
for motion in MOTIONS:
    whole = {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0], **motion}
    for name in ("colourful", "square"):
        for sampling in ({}, {"interpolation": "bilinear"}, {"interpolation": "nearest", "fill": [10, 200, 30]}):
            case("affineImage", name, [motion, sampling], array(F.affine(tensor(name), **whole, **sampling)))
for angle in (0, 31.5, 90, 180, -120):
    for sampling in ({}, {"interpolation": "bilinear"}):
        case("rotateImage", "square", [angle, sampling], array(F.rotate(tensor("square"), angle, **sampling)))

for mode in ("constant", "edge", "reflect"):
    padded = F.pad(tensor("square"), [4, 3, 2, 5], padding_mode=mode, fill=9 if mode == "constant" else 0)
    place = {"top": -3, "left": -4, "height": 20, "width": 18}
    case("cropImage", "square", [place, {"mode": mode, **({"fill": 9} if mode == "constant" else {})}], array(padded))

SPACES = {
    "autoAugment": (v2.AutoAugment._AUGMENTATION_SPACE, 10),
    "randAugment": (v2.RandAugment._AUGMENTATION_SPACE, 31),
    "trivialAugmentWide": (v2.TrivialAugmentWide._AUGMENTATION_SPACE, 31),
}
magnitudes = {}
for name, (space, bins) in SPACES.items():
    magnitudes[name] = {"bins": bins, "operations": {}}
    for operation, (table, signed) in space.items():
        values = table(bins, 20, 30)
        values = None if values is None else [float(value) for value in values]
        magnitudes[name]["operations"][operation] = {"values": values, "signed": signed}

policies = {
    name: v2.AutoAugment(policy)._policies
    for name, policy in {"imagenet": v2.AutoAugmentPolicy.IMAGENET, "cifar10": v2.AutoAugmentPolicy.CIFAR10, "svhn": v2.AutoAugmentPolicy.SVHN}.items()
}

operations = []
augment = v2.RandAugment()
for operation, magnitude in [
    ("Identity", 0.0), ("ShearX", 0.25), ("ShearX", -0.99), ("ShearY", -0.3), ("ShearY", 0.5),
    ("TranslateX", 5.9), ("TranslateX", -9.06), ("TranslateY", 3.2), ("TranslateY", -1.7), ("Rotate", 27.0),
    ("Rotate", -101.0), ("Brightness", 0.6), ("Brightness", -0.9), ("Color", 0.5), ("Color", -0.7), ("Contrast", 0.9),
    ("Contrast", -0.4), ("Sharpness", 0.9), ("Sharpness", -0.9), ("Posterize", 4.0), ("Solarize", 0.4),
    ("AutoContrast", 0.0), ("Equalize", 0.0), ("Invert", 0.0),
]:  # fmt: skip
    for sampling in ({}, {"interpolation": "bilinear"}):
        if sampling and operation not in ("ShearX", "ShearY", "TranslateX", "Rotate"):
            continue
        mode = v2.InterpolationMode(sampling.get("interpolation", "nearest"))
        result = augment._apply_image_or_video_transform(tensor("square"), operation, magnitude, mode, {torch.Tensor: None})
        operations.append({"operation": operation, "magnitude": magnitude, "sampling": sampling, "image": "square", "result": pack(array(result))})


class FixedMixing:
    """Gives MixUp and CutMix the share and, through the patched generator, the centre that a case states."""

    def __init__(self, share):
        self.share = share

    def sample(self, _):
        return torch.tensor(self.share)


images = torch.from_numpy(rng.normal(size=(3, 2, 5, 6)).astype(np.float32))
labels = torch.tensor([0, 2, 1])
mixing = []
for share in (0.25, 0.9):
    mix = v2.MixUp(num_classes=4)
    mix._dist = FixedMixing(share)
    mixed, soft = mix(images, labels)
    mixing.append({"mix": "mixUp", "share": share, "images": mixed.permute(0, 2, 3, 1).tolist(), "labels": soft.tolist()})
    for column, row in ((1, 4), (3, 2)):
        centre = iter((torch.tensor([column]), torch.tensor([row])))
        original, torch.randint = torch.randint, lambda *_, **__: next(centre)
        cut = v2.CutMix(num_classes=4)
        cut._dist = FixedMixing(share)
        mixed, soft = cut(images, labels)
        torch.randint = original
        mixing.append({"mix": "cutMix", "share": share, "centre": [column, row], "images": mixed.permute(0, 2, 3, 1).tolist(), "labels": soft.tolist()})

golden = {
    "library": "torchvision",
    "version": torchvision.__version__.split("+")[0],
    "also": {"torch": torch.__version__, "pillow": PIL.__version__, "numpy": np.__version__},
    "script": "test/parity/transforms/make_golden.py",
    "images": {name: pack(pixels) for name, pixels in IMAGES.items()},
    "cases": cases,
    "magnitudes": magnitudes,
    "policies": policies,
    "operations": operations,
    "mixing": {"images": images.permute(0, 2, 3, 1).tolist(), "labels": labels.tolist(), "cases": mixing},
}
(HERE / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
