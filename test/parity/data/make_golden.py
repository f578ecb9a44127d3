"""What PyTorch, torchvision, Pillow and scikit-learn make of small inputs. Writes golden.json beside itself.

Image files are made by Pillow and stand in the file as they are, with the pixels that Pillow reads from them. Pickles are
written as Python 2 wrote the CIFAR archives: protocol 2, with strings of bytes.
"""

import base64
import io
import json
import pickle
import tempfile
from pathlib import Path

import numpy as np
import PIL
import sklearn
import torch
from PIL import Image
from sklearn.model_selection import StratifiedShuffleSplit
from torch.utils.data import BatchSampler, DistributedSampler, SequentialSampler

operators = torch.library.Library("torchvision", "DEF")  # declared, never called: the compiled library need not load
for operator in ("nms", "qnms"):
    operators.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision  # noqa: E402
from torchvision.datasets import ImageFolder  # noqa: E402

rng = np.random.default_rng(0)
text = lambda data: base64.b64encode(data).decode()  # noqa: E731


def picture():
    y, x = np.mgrid[0:19, 0:27]
    planes = np.stack([x * 9, y * 13, (x + y) * 5], axis=-1) + rng.normal(scale=20, size=(19, 27, 3))
    return Image.fromarray(np.clip(planes, 0, 255).astype(np.uint8))


def rotated_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


FILES = {
    "baseline.jpg": (lambda image: image, dict(quality=85)),
    "progressive.jpg": (lambda image: image, dict(quality=75, progressive=True)),
    "full-colour.jpg": (lambda image: image, dict(quality=95, subsampling=0)),
    "grey.jpg": (lambda image: image.convert("L"), dict(quality=90)),
    "turned-by-exif.jpg": (lambda image: image, dict(quality=90, exif=rotated_exif())),
    "colour.png": (lambda image: image, {}),
    "transparent.png": (lambda image: image.convert("RGBA").point(lambda value: value // 2 + 40), {}),
    "palette.png": (lambda image: image.quantize(16), {}),
    "grey.png": (lambda image: image.convert("L"), {}),
    "lossless.webp": (lambda image: image, dict(lossless=True)),
    "lossy.webp": (lambda image: image, dict(quality=80)),
    "inks.jpg": (lambda image: Image.merge("CMYK", (*image.split(), image.convert("L"))), dict(quality=90)),
}


def decoded(name, change, options):
    file = io.BytesIO()
    change(picture()).save(file, Path(name).suffix[1:].replace("jpg", "jpeg"), **options)
    image = Image.open(file).convert("RGB")
    return {
        "name": name,
        "file": text(file.getvalue()),
        "height": image.height,
        "width": image.width,
        "pixels": text(image.tobytes()),
    }


TREE = [
    "b/2.png", "b/10.png", "b/sub/1.jpg", "b/sub/a/0.jpg", "b/a-file.JPEG", "b/Z.png", "b/notes.txt",
    "A/x y.webp", "A/é.png", "a/1.jpeg", "a/sub.jpg/inner.png", "ä/ß.png", "a b/1.PNG", "a-b/1.jpg",
]  # fmt: skip


def listing():
    with tempfile.TemporaryDirectory() as root:
        for name in TREE:
            path = Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        folder = ImageFolder(root)
        samples = [[str(Path(path).relative_to(root)), label] for path, label in folder.samples]
        return {"files": TREE, "classes": folder.classes, "samples": samples}


class Python2Pickler(pickle._Pickler):
    """Writes bytes, and text too, as Python 2 wrote its strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, value):
        data = value if isinstance(value, bytes) else value.encode("latin1")
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(value)

    dispatch[bytes] = dispatch[str] = save_string

    def save_global(self, value, name=None):
        module, name = {
            "_reconstruct": ("numpy.core.multiarray", "_reconstruct"),
            "ndarray": ("numpy", "ndarray"),
        }.get(value.__name__, ("numpy", "dtype"))
        self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(value)

    dispatch[type(np.ndarray.__reduce__)] = dispatch[type(np.frombuffer)] = dispatch[type] = save_global

    def reducer_override(self, value):
        if isinstance(value, np.ndarray):
            call, _, state = value.__reduce__()
            return call, (np.ndarray, (0,), b"b"), state
        if isinstance(value, np.dtype):
            return np.dtype, ("u1", 0, 1), (3, "|", None, None, None, -1, -1, 0)
        return NotImplemented


def pickled(name, labels):
    data = rng.integers(0, 256, size=(len(labels["fine"]), 3072), dtype=np.uint8)
    names = [f"image_{i}.png" for i in range(len(data))]
    content = {"batch_label": "training batch 1 of 5", "data": data, "filenames": names}
    if "coarse" in labels:
        content |= {"fine_labels": labels["fine"], "coarse_labels": labels["coarse"]}
    else:
        content["labels"] = labels["fine"]
    file = io.BytesIO()
    Python2Pickler(file, 2).dump(content)
    read = pickle.loads(file.getvalue(), encoding="latin1")
    assert (read["data"] == data).all() and read["filenames"] == names
    images = data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)  # as torchvision does
    return {"name": name, "file": text(file.getvalue()), "images": text(images.tobytes()), "labels": labels}


def distributed(length, replicas, drop_last):
    sampler = lambda rank: DistributedSampler(range(length), replicas, rank, shuffle=False, drop_last=drop_last)  # noqa: E731
    return {
        "length": length,
        "numReplicas": replicas,
        "dropLast": drop_last,
        "shares": [list(sampler(rank)) for rank in range(replicas)],
    }


def batches(length, size, drop_last):
    sampler = BatchSampler(SequentialSampler(range(length)), size, drop_last)
    return {"length": length, "batchSize": size, "dropLast": drop_last, "batches": list(sampler)}


def stratified(counts, lengths):
    labels = np.repeat(np.arange(len(counts)), counts)
    splitter = StratifiedShuffleSplit(1, train_size=lengths[0], test_size=lengths[1], random_state=0)
    parts = next(splitter.split(labels, labels))
    sizes = [np.bincount(labels[part], minlength=len(counts)).tolist() for part in parts]
    return {"counts": counts, "lengths": lengths, "parts": sizes}


golden = {
    "library": "torch, torchvision, Pillow, scikit-learn",
    "version": f"{torch.__version__}, {torchvision.__version__}, {PIL.__version__}, {sklearn.__version__}",
    "script": "make_golden.py",
    "cases": {
        "decoded": [decoded(name, *how) for name, how in FILES.items()],
        "listing": listing(),
        "pickled": [
            pickled("test_batch", {"fine": [3, 9, 0]}),
            pickled("test", {"fine": [99, 0, 300 // 7], "coarse": [19, 0, 4]}),
        ],
        "distributed": [distributed(*case) for case in [(10, 3, False), (10, 3, True), (3, 8, False), (12, 4, True)]],
        "batches": [batches(*case) for case in [(10, 4, False), (10, 4, True), (3, 4, False)]],
        # Largest remainders without ties, which scikit-learn breaks at random.
        "stratified": [stratified(*case) for case in [([20, 10, 5], [14, 21]), ([50, 31, 7, 12], [33, 67])]],
    },
}
Path(__file__).with_name("golden.json").write_text(json.dumps(golden) + "\n")
