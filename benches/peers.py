# pip install numpy scikit-learn torch torchmetrics keras jax    (only the first two are required)
"""The cases of `cargo bench --bench peers`, under the same names, with scikit-learn, TorchMetrics,
and Keras on jax.

    python3 benches/peers.py [EXPONENT]     # 2^24 samples, or 2^EXPONENT
    python3 benches/peers.py [EXPONENT] double    # the cases in double precision, scikit-learn only
    python3 benches/peers.py updates        # only the case of `cargo bench --bench updates`

Each call computes one value, weighted only; weighbridge computes both values of all metrics in one
pass. The slowest case takes about ten seconds per run, so each is run a few times and the median is
printed.
"""

import os
import platform
import statistics
import sys
import time

import numpy as np

EXPONENT = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else 24
SAMPLES = 1 << EXPONENT
RUNS = 5
IN_DOUBLE = "double" in sys.argv[1:]
DTYPE = np.float64 if IN_DOUBLE else np.float32


def cpu_name():
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def data():
    """As in `benches/support`: normal truths, nearby predictions, scores, labels, uniform weights."""
    random = np.random.default_rng(1)
    truth = random.standard_normal(SAMPLES, dtype=DTYPE)
    prediction = truth + DTYPE(0.3) * random.standard_normal(SAMPLES, dtype=DTYPE)
    score = random.random(SAMPLES, dtype=DTYPE)
    label = (random.random(SAMPLES, dtype=DTYPE) < score).astype(np.uint32)
    weight = random.random(SAMPLES, dtype=DTYPE)
    return prediction, truth, score, label, weight


def measure(library, case, run):
    """Prints the median rate of several runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    rate = SAMPLES / statistics.median(seconds) / 1e9
    case = f"f64 2^{EXPONENT}/{case}" if IN_DOUBLE else f"{case} 2^{EXPONENT}"
    print(f"{case:40} {library:32} {rate:9.4f} Gsamples/s", flush=True)


def scikit_learn(prediction, truth, score, label, weight):
    import sklearn
    from sklearn import metrics

    name = f"scikit-learn {sklearn.__version__}"

    def confusion():
        # One call for the counts; every other count metric would be a separate call.
        metrics.confusion_matrix(label, score > 0.5, sample_weight=weight)

    def huber(delta=1.0):
        distance = np.abs(prediction - truth)
        loss = np.where(distance <= delta, distance**2 / 2, delta * (distance - delta / 2))
        return np.average(loss, weights=weight)

    def ten():
        weighted = {"sample_weight": weight}
        metrics.mean_squared_error(truth, prediction, **weighted)
        metrics.root_mean_squared_error(truth, prediction, **weighted)
        metrics.mean_absolute_error(truth, prediction, **weighted)
        metrics.max_error(truth, prediction)
        metrics.mean_pinball_loss(truth, prediction, **weighted)
        metrics.r2_score(truth, prediction, **weighted)
        metrics.explained_variance_score(truth, prediction, **weighted)
        # scikit-learn has none of these three; they are written with NumPy, as a user would.
        np.average(prediction - truth, weights=weight)
        np.average(np.abs(prediction - truth), weights=weight) / np.average(
            np.abs(truth), weights=weight
        )
        huber()

    def roc_auc():
        metrics.roc_auc_score(label, score, sample_weight=weight)

    def average_precision():
        metrics.average_precision_score(label, score, sample_weight=weight)

    def log_loss():
        metrics.log_loss(label, score, sample_weight=weight)

    def mean_squared_error():
        metrics.mean_squared_error(truth, prediction, sample_weight=weight)

    measure(name, "mean_squared_error weighted", mean_squared_error)
    measure(name, "confusion", confusion)
    measure(name, "log_loss weighted", log_loss)
    measure(name, "ten regression metrics", ten)
    measure(name, "roc_auc weighted", roc_auc)
    measure(name, "average_precision weighted", average_precision)


def torchmetrics(prediction, truth, score, label, weight):
    try:
        import torch
        import torchmetrics as tm
        from torchmetrics import functional as f
    except ImportError as error:
        print(f"Without TorchMetrics: {error}")
        return
    name = f"TorchMetrics {tm.__version__}, no weights"
    p, t, s = (torch.from_numpy(column) for column in (prediction, truth, score))
    y = torch.from_numpy(label.astype(np.int64))

    def ten():
        # The subset of the ten that it provides.
        f.mean_squared_error(p, t)
        f.mean_squared_error(p, t, squared=False)
        f.mean_absolute_error(p, t)
        f.weighted_mean_absolute_percentage_error(p, t)
        f.r2_score(p, t)
        f.explained_variance(p, t)

    measure(name, "mean_squared_error", lambda: f.mean_squared_error(p, t))
    measure(name, "confusion", lambda: f.classification.binary_confusion_matrix(s, y))
    measure(name, "six regression metrics", ten)
    thresholds = {"thresholds": 200}
    measure(name, "roc_auc, 200 thresholds", lambda: f.classification.binary_auroc(s, y, **thresholds))


def keras(prediction, truth, score, label, weight):
    os.environ["KERAS_BACKEND"] = "jax"
    try:
        import keras
    except ImportError:
        return
    name = f"Keras {keras.__version__} on jax"
    metrics = {
        "mean_squared_error weighted": (keras.metrics.MeanSquaredError(), truth, prediction),
        "log_loss weighted": (keras.metrics.BinaryCrossentropy(), label, score),
    }

    def run(metric, truth, prediction):
        metric.reset_state()
        metric.update_state(truth[:, None], prediction[:, None], sample_weight=weight)
        float(metric.result())

    for case, (metric, truth, prediction) in metrics.items():
        measure(name, case, lambda: run(metric, truth, prediction))


def torchmetrics_rows():
    """The multiclass set on 2^20 rows of 10 logits."""
    try:
        import torch
        import torchmetrics as tm
        from torchmetrics import classification as c
        from torchmetrics.functional import text
    except ImportError:
        return
    rows, classes = 1 << 20, 10
    random = np.random.default_rng(2)
    logits = torch.from_numpy(random.random((rows, classes), dtype=np.float32) * 16 - 8)
    truth = torch.from_numpy(random.integers(0, classes, rows))
    name = f"TorchMetrics {tm.__version__}, no weights"
    # It has no log loss; its perplexity is the exponential of the log loss.
    cases = {
        "accuracy": lambda: c.MulticlassAccuracy(classes, average="micro")(logits, truth),
        "top 5": lambda: c.MulticlassAccuracy(classes, average="micro", top_k=5)(logits, truth),
        "macro F1": lambda: c.MulticlassF1Score(classes)(logits, truth),
        "log loss": lambda: text.perplexity(logits[None], truth[None]),
        "confusion": lambda: c.MulticlassConfusionMatrix(classes)(logits, truth),
    }
    total = 0.0
    for case, run in cases.items():
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        total += statistics.median(seconds)
    rate = rows * classes / total / 1e9
    print(f"{'rows of 10 2^20':40} {name:32} {rate:9.4f} Glogits/s", flush=True)


def torchmetrics_updates():
    """As `cargo bench --bench updates`: updates of 8,192 x 10 logits until all are done, on torch's
    device; 1,000 updates on a GPU, 20 on a CPU."""
    try:
        import torch
        import torchmetrics as tm
        from torchmetrics import classification as c
        from torchmetrics.text import Perplexity
    except ImportError:
        return
    cuda = torch.cuda.is_available()
    device = torch.device("cuda" if cuda else "cpu")
    updates, rows, classes = 1000 if cuda else 20, 8192, 10
    random = np.random.default_rng(3)
    logits = torch.from_numpy(random.random((rows, classes), dtype=np.float32) * 16 - 8).to(device)
    truth = torch.from_numpy(random.integers(0, classes, rows)).to(device)
    metrics = tm.MetricCollection(
        {
            "accuracy": c.MulticlassAccuracy(classes, average="micro"),
            "top 5": c.MulticlassAccuracy(classes, average="micro", top_k=5),
            "macro F1": c.MulticlassF1Score(classes),
            "confusion": c.MulticlassConfusionMatrix(classes),
        }
    ).to(device)
    loss = Perplexity().to(device)

    def run(turns):
        for _ in range(turns):
            metrics.update(logits, truth)
            loss.update(logits[None], truth[None])
        return {**metrics.compute(), "log loss": loss.compute().log()}

    run(3)
    metrics.reset()
    loss.reset()
    start = time.perf_counter()
    {name: value.cpu() for name, value in run(updates).items()}
    milliseconds = (time.perf_counter() - start) * 1e3
    name = f"TorchMetrics {tm.__version__} on {torch.cuda.get_device_name() if cuda else 'the CPU'}"
    print(f"{updates} updates of 8192 x 10 logits, no weights, {name}: {milliseconds:.1f} ms", flush=True)


if __name__ == "__main__":
    if "updates" in sys.argv[1:]:
        torchmetrics_updates()
        sys.exit()
    print(f"CPU: {cpu_name()}, {os.cpu_count()} threads")
    columns = data()
    scikit_learn(*columns)
    if IN_DOUBLE:
        sys.exit()
    torchmetrics(*columns)
    keras(*columns)
    torchmetrics_rows()
    torchmetrics_updates()
