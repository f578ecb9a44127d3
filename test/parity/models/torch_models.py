"""The originals of examples/models in torch.nn, written by hand: torchvision and fastai are not needed."""

import torch
from torch import nn
from torch.nn.functional import mish, relu
from torch.nn.utils import spectral_norm


class BasicBlock(nn.Module):
    """As in torchvision's resnet.py, with its names."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.downsample = None
        if stride != 1 or channels != filters:
            projection = nn.Conv2d(channels, filters, 1, stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(filters))

    def forward(self, x):
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        return relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """torchvision.models.resnet18(num_classes=classes)."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(BasicBlock(64, 64, 1), BasicBlock(64, 64, 1))
        self.layer2 = nn.Sequential(BasicBlock(64, 128, 2), BasicBlock(128, 128, 1))
        self.layer3 = nn.Sequential(BasicBlock(128, 256, 2), BasicBlock(256, 256, 1))
        self.layer4 = nn.Sequential(BasicBlock(256, 512, 2), BasicBlock(512, 512, 1))
        self.fc = nn.Linear(512, classes)

    def forward(self, x):
        x = self.maxpool(relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class SimpleSelfAttention(nn.Module):
    """fastai's layer of that name without `sym`: a spectrally normalized convolution and one gate."""

    def __init__(self, channels):
        super().__init__()
        self.conv = spectral_norm(nn.Conv1d(channels, channels, 1, bias=False))
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        flat = x.flatten(2)
        attention = torch.bmm(torch.bmm(flat, flat.transpose(1, 2)), self.conv(flat))
        return (self.gamma * attention + flat).view_as(x)


class ConvNorm(nn.Module):
    def __init__(self, channels, filters, size, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, size, stride, padding=size // 2, bias=False)
        self.bn = nn.BatchNorm2d(filters)

    def forward(self, x):
        return self.bn(self.conv(x))


class XResBlock(nn.Module):
    """fastai's ResBlock with expansion 1: the shortcut is pooled, then projected."""

    def __init__(self, channels, filters, stride, attend, activation):
        super().__init__()
        self.conv1 = ConvNorm(channels, filters, 3, stride)
        self.conv2 = ConvNorm(filters, filters, 3)
        self.attention = SimpleSelfAttention(filters) if attend else nn.Identity()
        self.pool = nn.Identity() if stride == 1 else nn.AvgPool2d(2, ceil_mode=True)
        self.shortcut = nn.Identity() if channels == filters else ConvNorm(channels, filters, 1)
        self.activation = activation

    def forward(self, x):
        y = self.attention(self.conv2(self.activation(self.conv1(x))))
        return self.activation(y + self.shortcut(self.pool(x)))


class XResNet18(nn.Module):
    """The XResNet of davidcpage/Imagenette-experiments, utils.py, which is fastai's with the stem 32, 64, 64."""

    def __init__(self, classes, self_attention=True, activation=mish):
        super().__init__()
        self.stem = nn.Sequential(ConvNorm(3, 32, 3, 2), ConvNorm(32, 64, 3), ConvNorm(64, 64, 3))
        self.activation = activation
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        widths = [64, 64, 128, 256, 512]
        for stage in range(1, 5):
            channels, filters = widths[stage - 1 : stage + 1]
            blocks = [
                XResBlock(channels, filters, 1 if stage == 1 else 2, False, activation),
                XResBlock(filters, filters, 1, self_attention and stage == 1, activation),
            ]
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
        self.fc = nn.Linear(512, classes)

    def forward(self, x):
        for layer in self.stem:
            x = self.activation(layer(x))
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.maxpool(x)))))
        return self.fc(x.mean((2, 3)))


class SmallNet(nn.Module):
    """996,376 weights for CIFAR-100. Without its dropout, which no other generator repeats."""

    def __init__(self):
        super().__init__()
        widths = [3, 32, 64, 128]
        for index in range(1, 4):
            self.add_module(f"conv{index}", nn.Conv2d(widths[index - 1], widths[index], 3, padding=1))
            self.add_module(f"bn{index}", nn.BatchNorm2d(widths[index]))
        self.fc1 = nn.Linear(128 * 4 * 4, 420)
        self.fc2 = nn.Linear(420, 100)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        for conv, bn in [(self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)]:
            x = self.pool(relu(bn(conv(x))))
        return self.fc2(relu(self.fc1(x.flatten(1))))


class SimplifiedVGG(nn.Module):
    """torchvision's VGG features of [64, 64, M, 128, 128, M, 256, 256, M] and three linear layers, without dropout."""

    def __init__(self, classes):
        super().__init__()
        layers, channels = [], 3
        for filters in (64, 128, 256):
            for width in (channels, filters):
                layers += [nn.Conv2d(width, filters, 3, padding=1), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
            channels = filters
        self.cnn_features = nn.Sequential(*layers)
        self.fc = nn.Sequential(
            nn.Linear(256 * 4 * 4, 1024), nn.ReLU(), nn.Identity(),
            nn.Linear(1024, 1024), nn.ReLU(), nn.Identity(),
            nn.Linear(1024, classes),
        )  # fmt: skip

    def forward(self, x):
        return self.fc(self.cnn_features(x).flatten(1))
