"""Expected values of @loopwright/study from SciPy and NumPy.

Writes golden.json beside itself. Deterministic; takes no arguments.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import optimize, stats

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


def comparison(name, a, b, paired):
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    test = stats.ttest_rel(a, b) if paired else stats.ttest_ind(a, b, equal_var=False)
    low, high = test.confidence_interval(0.95)
    return {
        "name": name,
        "a": a.tolist(),
        "b": b.tolist(),
        "paired": paired,
        "t": float(test.statistic),
        "p": float(test.pvalue),
        "degreesOfFreedom": float(test.df),
        "ci95": [float(low), float(high)],
    }


def spreads(name, a, b):
    """Pitman's and Morgan's test by its definition; the ends of the interval are the ratios that it rejects at 5%."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)

    def probability(ratio):
        scaled = a / a.std(ddof=1) * (b.std(ddof=1) * observed / ratio)
        return stats.pearsonr(scaled + b, scaled - b).pvalue - 0.05

    observed = a.std(ddof=1) / b.std(ddof=1)
    return {
        "name": name,
        "a": a.tolist(),
        "b": b.tolist(),
        "ratio": float(observed),
        "p": float(stats.pearsonr(a + b, a - b).pvalue),
        "ci95": [
            float(optimize.brentq(probability, observed / 1e3, observed, xtol=1e-15, rtol=1e-14)),
            float(optimize.brentq(probability, observed, observed * 1e3, xtol=1e-15, rtol=1e-14)),
        ],
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
pairs = {
    "two and two": ([0.5, 0.7], [0.4, 0.3]),
    "accuracies": ([0.912, 0.918, 0.909, 0.915], [0.921, 0.93, 0.919, 0.926]),
    "far apart": (rng.normal(size=30), 5 + rng.normal(size=30)),
    "close together": (rng.normal(size=12), rng.normal(size=12)),
    "a common part": ((common := 10 * rng.normal(size=8)), common + 0.5 + 0.2 * rng.normal(size=8)),
}
uneven = {
    "different numbers": (rng.normal(size=3), 1 + rng.normal(size=9)),
    "different spreads": (0.01 * rng.normal(size=5), 0.5 + 3 * rng.normal(size=4)),
    "one spread almost nothing": (1e-7 * rng.normal(size=20), 1 + rng.normal(size=2)),
    "many": (rng.normal(size=400), 0.1 + rng.normal(size=300)),
}
shared = np.random.default_rng(1)
related = {
    "three pairs": ([1.0, 2.0, 4.0], [3.0, 2.5, 2.75]),
    "independent": (shared.normal(size=10), 2 * shared.normal(size=10)),
    "closely related": ((base := shared.normal(size=10)), 1.4 * base + 0.1 * shared.normal(size=10)),
    "contrary": ((base := shared.normal(size=8)), 3 - 0.5 * base + 0.2 * shared.normal(size=8)),
    "many": (shared.normal(size=300), 1.1 * shared.normal(size=300)),
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
        "tails": [
            {"t": t, "degreesOfFreedom": df, "probability": float(2 * stats.t.sf(abs(t), df))}
            for t in (0.0, 0.01, -0.7, 1.0, 2.5, 6.0, 40.0)
            for df in (1.0, 1.3, 2.0, 3.75, 10.0, 47.2, 1000.0)
        ],
        "comparisons": [
            comparison(name, a, b, paired) for name, (a, b) in pairs.items() for paired in (True, False)
        ]
        + [comparison(name, a, b, False) for name, (a, b) in uneven.items()],
        "spreads": [spreads(name, a, b) for name, (a, b) in related.items()],
    },
}
(HERE / "golden.json").write_text(json.dumps(golden) + "\n")
