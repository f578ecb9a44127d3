"""What Pillow reads from small JPEG files of every usual kind. Writes golden.json beside itself.

Pillow writes most of them; those that it cannot write are made by cjpeg of libjpeg-turbo (Debian: libjpeg-turbo-progs). Of
the pixels, the SHA-256 digest of their RGB bytes is kept.
"""

import base64
import hashlib
import io
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, features

SIZES = [(1, 1), (2, 3), (7, 5), (8, 8), (9, 17), (16, 16), (31, 33), (40, 50)]  # height, width
SAMPLINGS = {"4:4:4": "1x1", "4:2:2": "2x1", "4:2:0": "2x2", "4:4:0": "1x2", "grey": None}


def picture(height, width):
    """Smooth colours, noise and hard edges, which overshoot when they are quantized."""
    rng = np.random.default_rng(height * 1000 + width)
    y, x = np.mgrid[0:height, 0:width]
    planes = np.stack([x * 7 % 256, y * 11 % 256, (x * 5 + y * 3) % 256], axis=-1) * 0.6
    planes = planes + rng.normal(scale=40, size=planes.shape)
    planes[(x // 6 + y // 5) % 3 == 0] = (255, 0, 40)
    planes[(x // 6 + y // 5) % 3 == 1] += (0, 90, 60)
    return Image.fromarray(np.clip(planes, 0, 255).astype(np.uint8))


def by_pillow(image, **options):
    file = io.BytesIO()
    image.save(file, "jpeg", **options)
    return file.getvalue()


def by_cjpeg(image, *options, scans=None):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "picture.ppm")
        image.save(source)
        if scans is not None:
            script = Path(folder, "scans.txt")
            script.write_text(scans)
            options = (*options, "-scans", str(script))
        return subprocess.run(["cjpeg", *options, str(source)], check=True, capture_output=True).stdout


def usual():
    for height, width in SIZES:
        for sampling, factors in SAMPLINGS.items():
            for progressive in [False, True]:
                name = f"{height}x{width} {sampling}{' progressive' if progressive else ''}"
                image = picture(height, width)
                if sampling == "4:4:0":
                    options = ["-quality", "80", "-sample", factors] + ["-progressive"] * progressive
                    yield name, by_cjpeg(image, *options)
                else:
                    image, options = (
                        (image.convert("L"), {}) if factors is None else (image, dict(subsampling=sampling))
                    )
                    yield name, by_pillow(image, quality=80, progressive=progressive, **options)


def unusual():
    image = picture(40, 50)
    for progressive in [False, True]:
        kind = "progressive" if progressive else "sequential"
        for quality in [1, 30, 100]:
            yield f"{kind}, quality {quality}", by_pillow(image, quality=quality, progressive=progressive)
        for unit in ["blocks", "rows"]:
            options = {f"restart_marker_{unit}": 1, "quality": 70, "progressive": progressive}
            yield f"{kind}, a restart each {unit[:-1]}", by_pillow(image, **options)
        yield f"{kind}, red, green and blue", by_pillow(image, keep_rgb=True, progressive=progressive)
        yield f"{kind}, optimized", by_pillow(image, optimize=True, quality=90, progressive=progressive)
    yield "many restarts", by_pillow(picture(40, 160), restart_marker_blocks=1)
    yield "one scan a component", by_cjpeg(image, "-sample", "2x2", scans="0; 1; 2;")
    yield "two components in a scan", by_cjpeg(image, "-sample", "2x2", scans="2; 0 1;")
    yield "components in another order", by_cjpeg(image, "-sample", "2x1", scans="0; 2; 1;")
    spectral = "0,1,2: 0-0, 0, 0; 0: 1-20, 0, 0; 0: 21-63, 0, 0; 2: 1-63, 0, 0; 1: 1-63, 0, 0;"
    yield "progressive by frequencies", by_cjpeg(image, "-sample", "2x2", scans=spectral)
    bits = "0,1,2: 0-0, 0, 3; 0,1,2: 0-0, 3, 2; 0,1,2: 0-0, 2, 1; 0,1,2: 0-0, 1, 0;"
    for component in range(3):
        bits += f"{component}: 1-63, 0, 3;" + "".join(f"{component}: 1-63, {i}, {i - 1};" for i in [3, 2, 1])
    yield "progressive by bits", by_cjpeg(image, "-sample", "2x2", scans=bits)
    yield "16-bit quantization", by_cjpeg(image, "-quality", "1")
    yield "factors with a common divisor", by_cjpeg(image, "-sample", "2x2,1x2,1x2")


def golden(name, file):
    image = Image.open(io.BytesIO(file))
    height, width = image.height, image.width
    digest = hashlib.sha256(image.convert("RGB").tobytes()).hexdigest()
    return {
        "name": name,
        "file": base64.b64encode(file).decode(),
        "height": height,
        "width": width,
        "digest": digest,
    }


here = Path(__file__).parent
document = {
    "library": f"Pillow with libjpeg-turbo {features.version('libjpeg_turbo')}",
    "version": PIL.__version__,
    "script": "test/parity/jpeg/make_golden.py",
    "cases": [golden(name, file) for name, file in [*usual(), *unusual()]],
}
(here / "golden.json").write_text(json.dumps(document, indent=1) + "\n")
