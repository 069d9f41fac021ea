# pip install scikit-learn==1.9.0 numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1
"""Makes the cases of `tests/oracle/models.rs`: predictions of models, and scikit-learn's metrics.

    OMP_NUM_THREADS=1 python3 generate.py

Each case is two files. NAME.csv has the columns, with as many digits as an f64 needs. NAME.json has
the names of the columns, and for each metric under its name in weighbridge the values that
scikit-learn computes in f64, without and with weights. scikit-learn cannot weight some metrics.
Where a value of scikit-learn differs from the same formula in exact arithmetic (`exact.py`) by more
than 1e-13, relative, the exact values are recorded, too.

Seeds are fixed, but a model fitted on another machine may differ in the last digits. So all files
are made together, and kept.
"""

import csv
import json
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
from exact import LOGITS, MARGINS, PROBABILITIES, TOLERANCE, deviation, exact_value
from scipy.special import expit, softmax
from sklearn import __version__, datasets, metrics
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, label_binarize
from sklearn.svm import LinearSVC

warnings.simplefilter("ignore", ConvergenceWarning)
FOLDER = Path(__file__).parent
# By metric: how far scikit-learn is from exact arithmetic in each case.
DEVIATIONS = defaultdict(list)

BINARY_COUNTS = """accuracy balanced_accuracy hamming_loss precision negative_predictive_value
    recall specificity f1_score fbeta_score:beta=2 fbeta_score:beta=0.5 jaccard_index matthews_correlation
    cohen_kappa confusion_matrix""".split()
BINARY_CURVES = ["roc_auc", "roc_auc:max_fpr=0.1", "average_precision"]
PROBABILITY_LOSSES = ["log_loss", "log_loss:reduction=sum", "brier_score"]
MULTICLASS_COUNTS = """accuracy balanced_accuracy hamming_loss matthews_correlation cohen_kappa
    cohen_kappa:weights=linear cohen_kappa:weights=quadratic confusion_matrix""".split() + [
    f"{name}:average={average}"
    for name in ["precision", "recall", "f1_score", "fbeta_score:beta=2", "jaccard_index"]
    for average in ["macro", "micro", "weighted", "none"]
]
MULTICLASS_CURVES = [
    f"{name}:average={average}"
    for name in ["roc_auc", "average_precision"]
    for average in ["macro", "weighted", "none"]
] + ["roc_auc:multi_class=ovo"]
REGRESSION = """mean_squared_error root_mean_squared_error mean_absolute_error max_error
    mean_absolute_percentage_error mean_squared_log_error root_mean_squared_log_error
    pinball_loss:quantile=0.5 pinball_loss:quantile=0.9 poisson_deviance gamma_deviance
    tweedie_deviance:power=-1 tweedie_deviance:power=0 tweedie_deviance:power=1.5
    tweedie_deviance:power=3 r2_score explained_variance""".split()


def specs_of(task, kind, width):
    if task == "regression":
        return REGRESSION
    if task == "binary":
        specs = BINARY_COUNTS + BINARY_CURVES
    else:
        specs = MULTICLASS_COUNTS + ([] if kind == MARGINS else MULTICLASS_CURVES)
        specs += [f"top_k_accuracy:k={k}" for k in range(2, min(width, 4))]
    return specs + (["hinge_loss"] if kind == MARGINS else PROBABILITY_LOSSES)


def scikit_learn(spec, task, threshold, score, truth, weight):
    """A metric of weighbridge as scikit-learn computes it; none if scikit-learn cannot weight it.
    `score` has the probabilities, margins, or predicted numbers."""
    name, *parameters = spec.split(":")
    given = dict(parameter.split("=") for parameter in parameters)
    weights = {"sample_weight": weight}
    if task == "regression":
        if name == "max_error":
            counted = slice(None) if weight is None else weight > 0
            return metrics.max_error(truth[counted], score[counted])
        function, arguments = {
            "explained_variance": (metrics.explained_variance_score, {}),
            "pinball_loss": (metrics.mean_pinball_loss, {"alpha": "quantile"}),
            "poisson_deviance": (metrics.mean_poisson_deviance, {}),
            "gamma_deviance": (metrics.mean_gamma_deviance, {}),
            "tweedie_deviance": (metrics.mean_tweedie_deviance, {"power": "power"}),
        }.get(name) or (getattr(metrics, name), {})
        arguments = {theirs: float(given[ours]) for theirs, ours in arguments.items()}
        return function(truth, score, **arguments, **weights)

    binary = task == "binary"
    classes = [0, 1] if binary else range(score.shape[1])
    predicted = (score > threshold).astype(int) if binary else score.argmax(axis=1)
    both = truth, predicted
    average = given.get("average", "binary" if binary else "macro")
    average = None if average == "none" else average
    averaged = {"average": average, "zero_division": 0, **weights}
    match name:
        case "accuracy":
            return metrics.accuracy_score(*both, **weights)
        case "balanced_accuracy":
            return metrics.balanced_accuracy_score(*both, **weights)
        case "hamming_loss":
            return metrics.hamming_loss(*both, **weights)
        case "precision":
            return metrics.precision_score(*both, **averaged)
        case "negative_predictive_value":
            return metrics.precision_score(*both, pos_label=0, **averaged)
        case "recall":
            return metrics.recall_score(*both, **averaged)
        case "specificity":
            return metrics.recall_score(*both, pos_label=0, **averaged)
        case "f1_score":
            return metrics.f1_score(*both, **averaged)
        case "fbeta_score":
            return metrics.fbeta_score(*both, beta=float(given["beta"]), **averaged)
        case "jaccard_index":
            return metrics.jaccard_score(*both, **averaged)
        case "matthews_correlation":
            return metrics.matthews_corrcoef(*both, **weights)
        case "cohen_kappa":
            return metrics.cohen_kappa_score(*both, weights=given.get("weights"), **weights)
        case "confusion_matrix":
            return metrics.confusion_matrix(*both, labels=classes, **weights)
        case "top_k_accuracy":
            return metrics.top_k_accuracy_score(
                truth, score, k=int(given["k"]), labels=classes, **weights
            )
        case "log_loss":
            normalize = given.get("reduction") != "sum"
            return metrics.log_loss(truth, score, labels=classes, normalize=normalize, **weights)
        case "brier_score":
            return metrics.brier_score_loss(truth, score, labels=classes, **weights)
        case "hinge_loss":
            return metrics.hinge_loss(truth, score, labels=classes, **weights)
        case "roc_auc" if binary:
            max_fpr = float(given["max_fpr"]) if "max_fpr" in given else None
            return metrics.roc_auc_score(truth, score, max_fpr=max_fpr, **weights)
        case "roc_auc" if "multi_class" in given:
            pairs = {"multi_class": "ovo", "average": average}
            return metrics.roc_auc_score(truth, score, **pairs) if weight is None else None
        case "roc_auc":
            return metrics.roc_auc_score(
                truth, score, multi_class="ovr", average=average, **weights
            )
        case "average_precision" if binary:
            return metrics.average_precision_score(truth, score, **weights)
        case "average_precision":
            labels = label_binarize(truth, classes=classes)
            return metrics.average_precision_score(labels, score, average=average, **weights)


def ties_matter(spec, score, truth):
    """Whether ties decide who is among the top k: scikit-learn ranks the higher class first."""
    name, _, parameter = spec.partition(":k=")
    if name != "top_k_accuracy":
        return False
    own = np.take_along_axis(score, truth[:, None], axis=1)
    higher, ties = (score > own).sum(axis=1), (score == own).sum(axis=1) - 1
    return np.any((higher < int(parameter)) & (higher + ties >= int(parameter)))


def weights_of(count):
    """Skewed weights, some of them 0."""
    weight = np.random.default_rng(count).gamma(0.7, 2.5, count)
    weight[::19] = 0
    return weight


def write(name, task, prediction, truth, kind=PROBABILITIES):
    """Writes the files of a case. `kind` says what the scores of a classifier are."""
    wide = prediction.ndim == 2
    weight = weights_of(len(truth))
    columns = [f"p{k}" for k in range(prediction.shape[1])] if wide else ["prediction"]
    with open(FOLDER / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, "truth", "weight"])
        rows = prediction if wide else prediction[:, None]
        for row, *rest in zip(rows.tolist(), truth.tolist(), weight.tolist()):
            writer.writerow([repr(value) for value in [*row, *rest]])

    score = prediction
    if kind == LOGITS:
        score = softmax(prediction, axis=1) if wide else expit(prediction)
        assert wide or len(np.unique(score)) == len(np.unique(prediction)), "the logits saturate"
    threshold = 0 if kind == MARGINS else 0.5
    expected, exact = {}, {}
    for spec in specs_of(task, kind, prediction.shape[-1]):
        if ties_matter(spec, score, truth):
            print(f"{name}: no {spec}, since it depends on ties")
            continue
        sides = {"unweighted": None, "weighted": weight}
        found = {}
        for side, w in sides.items():
            value = scikit_learn(spec, task, threshold, score, truth, w)
            if value is not None:
                found[side] = np.asarray(value).tolist()
        ideal = {
            side: exact_value(spec, task, kind, prediction, truth, sides[side]) for side in found
        }
        expected[spec] = found
        worst = max(deviation(found[side], ideal[side]) for side in found)
        DEVIATIONS[spec.split(":")[0]].append((worst, name))
        if worst > TOLERANCE:
            exact[spec] = ideal
    case = {
        "source": f"scikit-learn {__version__}",
        "task": task,
        "prediction": columns,
        "truth": ["truth"],
        "weight": "weight",
        "from_logits": kind == LOGITS,
        "threshold": threshold,
        "expected": expected,
        "exact": exact,
    }
    text = json.dumps(case)
    for key in ["task", "expected", "exact"]:
        text = text.replace(f', "{key}": ', f',\n"{key}": ', 1)
    for spec in [*expected]:
        text = text.replace(f'"{spec}": {{', f'\n"{spec}": {{')
    (FOLDER / f"{name}.json").write_text(text + "\n")


def scaled(model):
    return make_pipeline(StandardScaler(), model)


def held_out(model, inputs, truth, method="predict_proba"):
    return cross_val_predict(model, inputs, truth, cv=5, method=method)


def classifiers():
    network = MLPClassifier([16], max_iter=300, random_state=0)
    return {
        "naive_bayes": GaussianNB(),
        "logistic": scaled(LogisticRegression(max_iter=1000)),
        # Hardly regularised: probabilities crowd at 0 and 1.
        "logistic_weak": scaled(LogisticRegression(C=1e6, max_iter=1000)),
        "forest": RandomForestClassifier(100, random_state=0),
        "boosting": GradientBoostingClassifier(n_estimators=50, random_state=0),
        "network": scaled(network),
    }


def cancer():
    inputs, truth = datasets.load_breast_cancer(return_X_y=True)
    for name, model in classifiers().items():
        write(f"cancer_{name}", "binary", held_out(model, inputs, truth)[:, 1], truth)
    # Trained on every other sample and applied to the others: f32 makes 89 probabilities of 214.
    bayes = GaussianNB().fit(inputs[::2], truth[::2])
    write("cancer_crowded", "binary", bayes.predict_proba(inputs[1::2])[:, 1], truth[1::2])
    margins = held_out(scaled(LinearSVC(random_state=0)), inputs, truth, "decision_function")
    write("cancer_margins", "binary", margins, truth, MARGINS)
    model = scaled(LogisticRegression(C=0.1))
    logits = held_out(model, inputs, truth, "decision_function")
    write("cancer_logits", "binary", logits, truth, LOGITS)


def wine():
    inputs, truth = datasets.load_wine(return_X_y=True)
    for name, model in classifiers().items():
        write(f"wine_{name}", "multiclass", held_out(model, inputs, truth), truth)
    margins = held_out(scaled(LinearSVC(random_state=0)), inputs, truth, "decision_function")
    write("wine_margins", "multiclass", margins, truth, MARGINS)
    model = scaled(LogisticRegression(C=0.1))
    logits = held_out(model, inputs, truth, "decision_function")
    write("wine_logits", "multiclass", logits, truth, LOGITS)


def digits():
    """Trained on three quarters, applied to the last quarter."""
    inputs, truth = datasets.load_digits(return_X_y=True)
    train, test = slice(0, 1350), slice(1350, None)
    models = classifiers()
    models["boosting"] = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    for name in ["naive_bayes", "logistic_weak", "forest", "boosting", "network"]:
        model = models[name].fit(inputs[train], truth[train])
        write(f"digits_{name}", "multiclass", model.predict_proba(inputs[test]), truth[test])


def diabetes():
    inputs, truth = datasets.load_diabetes(return_X_y=True)
    models = {
        "linear": LinearRegression(),
        "forest": RandomForestRegressor(100, random_state=0),
        "boosting": GradientBoostingRegressor(n_estimators=50, random_state=0),
        "network": scaled(MLPRegressor(hidden_layer_sizes=[16], max_iter=2000, random_state=0)),
    }
    for name, model in models.items():
        prediction = held_out(model, inputs, truth, "predict")
        write(f"diabetes_{name}", "regression", prediction, truth)


def arrivals():
    """Arrivals within some two hours, as Unix times: an f32 cannot tell times of 64 s apart."""
    random = np.random.default_rng(0)
    departure = 3600 * random.random(400)
    distance = random.gamma(3, 4, 400)
    arrival = departure + 120 * distance + 20 * random.standard_normal(400)
    truth = np.round(1.7e9 + arrival, 3)
    inputs = np.column_stack([departure, distance])
    write("arrivals", "regression", held_out(LinearRegression(), inputs, truth, "predict"), truth)


for make in [cancer, wine, digits, diabetes, arrivals]:
    make()
print("scikit-learn differs from exact arithmetic by at most")
for metric, found in DEVIATIONS.items():
    print("{:40} {:.1e} in {}".format(metric, *max(found)))
