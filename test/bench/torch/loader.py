"""PyTorch's DataLoader on image files and on CIFAR-10, with what torchvision's transforms do, in Pillow and torch.

torchvision itself is not needed: its transforms of Pillow's images are the calls below. Workers live on from epoch to
epoch.
"""

from measure import measure  # first, for it starts the clock

import argparse
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.utils.data import DataLoader, Dataset

parser = argparse.ArgumentParser()
parser.add_argument("--work", choices=["imagenette", "cifar"], required=True)
parser.add_argument("--data", required=True)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--workers", type=int, default=0)
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CIFAR10 = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)


def random_resized_crop(image, size, scale=(0.08, 1), ratio=(3 / 4, 4 / 3)):
    """torchvision's RandomResizedCrop."""
    width, height = image.size
    log_ratio = torch.log(torch.tensor(ratio))
    for _ in range(10):
        area = width * height * torch.empty(1).uniform_(*scale).item()
        aspect = torch.exp(torch.empty(1).uniform_(*log_ratio)).item()
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            top = torch.randint(0, height - h + 1, size=(1,)).item()
            left = torch.randint(0, width - w + 1, size=(1,)).item()
            break
    else:
        w, h = min(width, round(height * ratio[1])), min(height, round(width / ratio[0]))
        top, left = (height - h) // 2, (width - w) // 2
    return image.crop((left, top, left + w, top + h)).resize((size, size), Image.BILINEAR)


def random_crop(image, padding):
    """torchvision's RandomCrop of the image's own size."""
    width, height = image.size
    padded = ImageOps.expand(image, padding)
    top, left = (torch.randint(0, 2 * padding + 1, size=(1,)).item() for _ in range(2))
    return padded.crop((left, top, left + width, top + height))


def random_flip(image):
    return image.transpose(Image.FLIP_LEFT_RIGHT) if torch.rand(1) < 0.5 else image


def to_normalized_tensor(image, mean, std):
    """torchvision's ToTensor and Normalize."""
    pixels = torch.from_numpy(np.array(image, np.uint8, copy=True))
    tensor = pixels.permute((2, 0, 1)).contiguous().to(torch.float32).div(255)
    return tensor.sub_(torch.tensor(mean).view(-1, 1, 1)).div_(torch.tensor(std).view(-1, 1, 1))


class Imagenette(Dataset):
    def __init__(self, folder):
        classes = sorted(path.name for path in Path(folder, "train").iterdir())
        self.samples = [
            (str(path), label) for label, name in enumerate(classes) for path in sorted(Path(folder, "train", name).iterdir())
        ]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        with open(path, "rb") as file:
            image = Image.open(file).convert("RGB")
        return to_normalized_tensor(random_flip(random_resized_crop(image, 128)), *IMAGENET), label


class Cifar(Dataset):
    def __init__(self, folder):
        inner = Path(folder, "cifar-10-batches-bin")
        parts = [np.fromfile((inner if inner.exists() else Path(folder)) / f"data_batch_{i}.bin", np.uint8) for i in range(1, 6)]
        records = np.concatenate(parts).reshape(-1, 3073)
        self.labels = records[:, 0].tolist()
        self.images = np.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = Image.fromarray(self.images[index])
        return to_normalized_tensor(random_flip(random_crop(image, 4)), *CIFAR10), self.labels[index]


def forever(loader):
    while True:
        yield from loader


if __name__ == "__main__":
    dataset = (Imagenette if arguments.work == "imagenette" else Cifar)(arguments.data)
    workers = dict(num_workers=arguments.workers, persistent_workers=arguments.workers > 0)
    batches = forever(DataLoader(dataset, batch_size=arguments.batch, shuffle=True, **workers))

    def step():
        next(batches)

    measure(step, arguments.seconds)
