"""Expected values of @loopwright/study from SciPy and NumPy.

Writes golden.json beside itself. Deterministic; takes no arguments.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

HERE = Path(__file__).parent


def summary(name, values):
    values = np.asarray(values, dtype=np.float64)
    mean, error = values.mean(), stats.sem(values)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=error)
    return {
        "name": name,
        "values": values.tolist(),
        "mean": mean,
        "std": values.std(ddof=1),
        "ci95": [low, high],
    }


rng = np.random.default_rng(0)
samples = {
    "two values": [0.5, 0.7],
    "three accuracies": [0.912, 0.918, 0.909],
    "four": [1.0, 2.0, 4.0, 8.0],
    "a small spread beside a large mean": (1e6 + rng.normal(size=7)).tolist(),
    "negative values": (-3 + rng.normal(size=10)).tolist(),
    "tiny values": (1e-9 * rng.normal(size=5)).tolist(),
    "many values": rng.normal(size=200).tolist(),
}
degrees = [1, 2, 3, 4, 5, 9, 10, 29, 30, 99, 1000, 100001]
golden = {
    "library": "scipy",
    "version": scipy.__version__,
    "numpy": np.__version__,
    "script": "test/parity/study/make_golden.py",
    "cases": {
        "summaries": [summary(name, values) for name, values in samples.items()],
        "quantiles": [
            {"probability": p, "degreesOfFreedom": df, "quantile": float(stats.t.ppf((1 + p) / 2, df))}
            for p in (0.5, 0.95, 0.999)
            for df in degrees
        ],
    },
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
