"""Writes golden.json: what scikit-learn, torchmetrics and PyTorch give for the metrics of @loopwright/metrics.

Run it without arguments. Logits have three decimals, so that they are the same numbers in float32 everywhere.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
import sklearn.metrics as sk
import torch
import torchmetrics
import torchmetrics.functional.classification as tm

THRESHOLDS = 200
BINS = 15
TIED = ("ties", "all equal")  # torch orders equal logits in no particular way
AVERAGES = ["macro", "weighted", "micro", None]


def scored(rng, size, classes, labels=None, sharpness=1.5):
    """Random logits that lean towards the label."""
    labels = rng.integers(0, classes, size) if labels is None else labels
    logits = rng.normal(size=(size, classes))
    logits[np.arange(size), labels] += sharpness
    return np.round(logits, 3), labels


def data_sets():
    rng = np.random.default_rng(2024)
    yield "random", scored(rng, 61, 5)
    yield "binary", scored(rng, 50, 2)
    yield "labels without two of the classes", scored(rng, 40, 6, rng.choice([0, 2, 3, 5], 40))
    logits, labels = scored(rng, 40, 6, rng.choice([0, 3], 40))
    logits[:, [1, 4]] -= 20
    yield "classes in neither labels nor predictions", (logits, labels)
    yield "ties", (rng.integers(0, 3, (48, 4)).astype(float), rng.integers(0, 4, 48))
    yield "all equal", (np.zeros((12, 3)), np.arange(12) % 3)
    yield "all right", scored(rng, 20, 3, sharpness=12)
    yield "all wrong", scored(rng, 20, 3, sharpness=-12)
    yield "one sample", scored(rng, 1, 3)


def top_k(logits, labels, k):
    """Equal logits in the order of the classes, which neither library promises."""
    order = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    return float((order == labels[:, None]).any(axis=1).mean())


def class_scores(score, labels, predicted, classes):
    result = {}
    for average in AVERAGES:
        # For the averages scikit-learn looks at the classes that occur, for the list at all.
        every = list(range(classes)) if average is None else None
        value = score(labels, predicted, average=average, labels=every, zero_division=0)
        result["none" if average is None else average] = value.tolist() if average is None else float(value)
    if classes == 2:
        result["binary"] = float(score(labels, predicted, average="binary", zero_division=0))
    return result


def auroc(logits, labels, classes):
    """Binned as ours by torchmetrics, and exact by scikit-learn, of the classes that have both outcomes."""
    probabilities = torch.softmax(torch.tensor(logits), dim=1)
    binned, exact = [], []
    for index in range(classes):
        truth = (labels == index).astype(int)
        if truth.min() == truth.max():
            binned.append(None)
            exact.append(None)
            continue
        scores = probabilities[:, index]
        binned.append(float(tm.binary_auroc(scores.float(), torch.tensor(truth), thresholds=THRESHOLDS)))
        # Rounded, because equal logits in another order give probabilities that differ in the last bit.
        exact.append(float(sk.roc_auc_score(truth, scores.numpy().round(9))))
    return {"binned": binned, "exact": exact}


def calibration(logits, labels, classes):
    args = torch.tensor(logits, dtype=torch.float32), torch.tensor(labels)
    return {
        norm: float(tm.multiclass_calibration_error(*args, num_classes=classes, n_bins=BINS, norm=norm))
        for norm in ["l1", "l2", "max"]
    }


def smoothed(logits, labels, beta):
    """The published definition: the mean of softmax(beta * logits) at the label."""
    soft = torch.softmax(torch.tensor(logits) * beta, dim=-1)
    return float(soft[torch.arange(len(labels)), torch.tensor(labels)].mean())


def case(name, logits, labels):
    classes = logits.shape[1]
    predicted = logits.argmax(axis=1)
    return {
        "name": name,
        "classes": classes,
        "logits": logits.tolist(),
        "labels": labels.tolist(),
        "topK": {str(k): top_k(logits, labels, k) for k in range(1, classes + 1)},
        "smoothed": {str(beta): smoothed(logits, labels, beta) for beta in [1, 3, 10]},
        "confusion": sk.confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "precision": class_scores(sk.precision_score, labels, predicted, classes),
        "recall": class_scores(sk.recall_score, labels, predicted, classes),
        "f1": class_scores(sk.f1_score, labels, predicted, classes),
        "jaccard": class_scores(sk.jaccard_score, labels, predicted, classes),
        "auroc": auroc(logits, labels, classes),
        "calibration": None if name in TIED else calibration(logits, labels, classes),
    }


def check_against_torchmetrics(made):
    """Two libraries must agree before we are held to what they say (ties aside: torch does not order them)."""
    logits, labels = torch.tensor(made["logits"]), torch.tensor(made["labels"])
    for k in range(1, made["classes"] + 1):
        theirs = tm.multiclass_accuracy(logits, labels, made["classes"], average="micro", top_k=k)
        if made["name"] not in TIED:
            assert abs(float(theirs) - made["topK"][str(k)]) < 1e-6, (made["name"], k)
    for average in ["macro", "weighted", "micro"]:
        theirs = tm.multiclass_f1_score(logits.argmax(1), labels, made["classes"], average=average)
        assert abs(float(theirs) - made["f1"][average]) < 1e-6, (made["name"], average)
        theirs = tm.multiclass_jaccard_index(logits.argmax(1), labels, made["classes"], average=average)
        assert abs(float(theirs) - made["jaccard"][average]) < 1e-6, (made["name"], average)


def images_to_ignore_in():
    """Logits of images, [batch, height, width, classes], and labels some of which are not to count."""
    rng = np.random.default_rng(255)
    for name, ignored, classes in [
        ("a label that is no class", 255, 4),
        ("a negative label", -100, 4),
        ("a label that is a class", 0, 4),
        ("one of two classes", 1, 2),
        ("a label that does not occur", 9, 3),
    ]:
        logits, labels = scored(rng, 2 * 4 * 5, classes)
        if name != "a label that does not occur":
            labels[rng.permutation(40)[:9]] = ignored
        yield name, ignored, logits.reshape(2, 4, 5, classes), labels.reshape(2, 4, 5)


def ignoring_case(name, ignored, images, truth):
    """By torchmetrics, which has the classes on the second axis."""
    classes = images.shape[-1]
    logits = torch.tensor(images, dtype=torch.float32).movedim(-1, 1)
    labels = torch.tensor(truth)
    options = {"num_classes": classes, "ignore_index": ignored}

    def by_average(score):
        values = {average: score(logits, labels, average=average, **options) for average in AVERAGES}
        return {average or "none": value.tolist() for average, value in values.items()}

    counted = (truth != ignored).reshape(-1)
    rows = images.reshape(-1, classes)[counted], truth.reshape(-1)[counted]
    return {
        "name": name,
        "classes": classes,
        "ignoreIndex": ignored,
        "logits": images.tolist(),
        "labels": truth.tolist(),
        "topK": {
            str(k): float(tm.multiclass_accuracy(logits, labels, average="micro", top_k=k, **options)) for k in [1, 2]
        },
        "smoothed": smoothed(*rows, 3),
        "confusion": tm.multiclass_confusion_matrix(logits, labels, **options).tolist(),
        "precision": by_average(tm.multiclass_precision),
        "recall": by_average(tm.multiclass_recall),
        "f1": by_average(tm.multiclass_f1_score),
        "jaccard": by_average(tm.multiclass_jaccard_index),
        "auroc": auroc(*rows, classes)["binned"],
        "calibration": float(tm.multiclass_calibration_error(logits, labels, n_bins=BINS, **options)),
    }


def mean_case():
    rng = np.random.default_rng(7)
    values = np.round(rng.normal(2, 1, 20), 3)
    weights = np.array([64] * 19 + [13])
    return {
        "values": values.tolist(),
        "weights": weights.tolist(),
        "mean": float(np.average(values, weights=weights)),
        "meanOfBatchMeans": float(values.mean()),
    }


def main():
    warnings.simplefilter("ignore")
    cases = [case(name, logits, np.asarray(labels)) for name, (logits, labels) in data_sets()]
    for made in cases:
        check_against_torchmetrics(made)
    golden = {
        "library": "scikit-learn, torchmetrics, torch",
        "version": f"{sklearn.__version__}, {torchmetrics.__version__}, {torch.__version__}",
        "script": "test/parity/metrics/make_golden.py",
        "thresholds": THRESHOLDS,
        "bins": BINS,
        "mean": mean_case(),
        "cases": cases,
        "ignoring": [ignoring_case(*given) for given in images_to_ignore_in()],
    }
    Path(__file__).with_name("golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
