"""Metrics of weighbridge in arithmetic of 80 digits, on f64 inputs: a check of scikit-learn's own
rounding errors. Formulas are those of `docs/metrics.md`, written down independently."""

import numpy as np
from mpmath import exp, log, mp, mpf, sqrt

mp.dps = 80
EPS = mpf(2) ** -52
# What the scores of a classifier are.
PROBABILITIES, MARGINS, LOGITS = "probabilities", "margins", "logits"
# Relative differences above this one are recorded.
TOLERANCE = 1e-13


def mean(values, weight):
    return sum(w * v for w, v in zip(weight, values)) / sum(weight)


def variance(values, weight):
    center = mean(values, weight)
    return mean([(value - center) ** 2 for value in values], weight)


def tweedie(p, t, power):
    if power == 0:
        return (p - t) ** 2
    if power == 1:
        return 2 * ((t * log(t / p) if t else 0) - t + p)
    if power == 2:
        return 2 * (log(p / t) + t / p - 1)
    a, c = 1 - power, 2 - power
    return 2 * (max(t, 0) ** c / (a * c) - t * p**a / a + p**c / c)


def regression(name, given, prediction, truth, weight):
    pairs = list(zip(prediction, truth))
    errors = [p - t for p, t in pairs]
    quantile = mpf(given.get("quantile", 0))
    power = mpf(given.get("power", {"poisson_deviance": 1, "gamma_deviance": 2}.get(name, 0)))
    squares = [e * e for e in errors]
    logs = [(log(1 + p) - log(1 + t)) ** 2 for p, t in pairs]
    match name:
        case "mean_squared_error":
            return mean(squares, weight)
        case "root_mean_squared_error":
            return sqrt(mean(squares, weight))
        case "mean_absolute_error":
            return mean([abs(e) for e in errors], weight)
        case "max_error":
            return max(abs(e) for e, w in zip(errors, weight) if w > 0)
        case "mean_absolute_percentage_error":
            return mean([abs(p - t) / abs(t) for p, t in pairs], weight)
        case "mean_squared_log_error":
            return mean(logs, weight)
        case "root_mean_squared_log_error":
            return sqrt(mean(logs, weight))
        case "pinball_loss":
            return mean([max(-e * quantile, e * (1 - quantile)) for e in errors], weight)
        case "poisson_deviance" | "gamma_deviance" | "tweedie_deviance":
            return mean([tweedie(p, t, power) for p, t in pairs], weight)
        case "r2_score":
            return 1 - mean(squares, weight) / variance(truth, weight)
        case "explained_variance":
            return 1 - variance(errors, weight) / variance(truth, weight)


def counts(matrix, k):
    """True positives, false positives, false negatives of a class."""
    true, predicted = sum(matrix[k]), sum(row[k] for row in matrix)
    return matrix[k][k], predicted - matrix[k][k], true - matrix[k][k]


def ratio(name, beta, tp, fp, fn):
    match name:
        case "precision":
            return tp / (tp + fp)
        case "recall":
            return tp / (tp + fn)
        case "f1_score" | "fbeta_score":
            return (1 + beta**2) * tp / ((1 + beta**2) * tp + beta**2 * fn + fp)
        case "jaccard_index":
            return tp / (tp + fp + fn)


def averaged(values, support, average):
    if average == "none":
        return values
    return mean(values, support if average == "weighted" else [1] * len(values))


def of_matrix(name, given, matrix, binary):
    classes = range(len(matrix))
    total = sum(map(sum, matrix))
    true = [sum(row) for row in matrix]
    predicted = [sum(row[k] for row in matrix) for k in classes]
    correct = sum(matrix[k][k] for k in classes)
    match name:
        case "confusion_matrix":
            return matrix
        case "accuracy":
            return correct / total
        case "hamming_loss":
            return (total - correct) / total
        case "balanced_accuracy":
            return mean([matrix[k][k] / true[k] for k in classes], [1] * len(matrix))
        case "specificity":
            return matrix[0][0] / true[0]
        case "negative_predictive_value":
            return matrix[0][0] / predicted[0]
        case "matthews_correlation":
            covariance = total * correct - sum(t * p for t, p in zip(true, predicted))
            spread = [total**2 - sum(n * n for n in ns) for ns in (true, predicted)]
            return covariance / sqrt(spread[0] * spread[1])
        case "cohen_kappa":
            power = {"linear": 1, "quadratic": 2}.get(given.get("weights"), 0)
            cost = [[abs(i - j) ** power if i != j else 0 for j in classes] for i in classes]
            cells = [(i, j) for i in classes for j in classes]
            found = sum(cost[i][j] * matrix[i][j] for i, j in cells)
            return 1 - found / (sum(cost[i][j] * true[i] * predicted[j] for i, j in cells) / total)
    beta = mpf(given.get("beta", 1))
    by_class = [counts(matrix, k) for k in classes]
    if binary:
        return ratio(name, beta, *by_class[1])
    if given["average"] == "micro":
        return ratio(name, beta, *map(sum, zip(*by_class)))
    return averaged([ratio(name, beta, *c) for c in by_class], true, given["average"])


def groups(score, positive, weight):
    """Weights of positives and negatives of equal scores, from the highest score down."""
    sums = {}
    for s, y, w in zip(score, positive, weight):
        a, b = sums.get(s, (0, 0))
        sums[s] = (a + w, b) if y else (a, b + w)
    return [sums[s] for s in sorted(sums, reverse=True)]


def roc_auc(score, positive, weight, max_fpr=None):
    steps = groups(score, positive, weight)
    p, n = (sum(sides) for sides in zip(*steps))
    limit = n if max_fpr is None else mpf(max_fpr) * n
    area = height = width = mpf(0)
    for a, b in steps:
        part = min(b, limit - width)
        rise = a * part / b if b else a
        area += part * (height + rise / 2)
        height, width = height + rise, width + part
        if width == limit and part < b:
            break
    area /= p * n
    if max_fpr is None:
        return area
    low, high = (limit / n) ** 2 / 2, limit / n
    return (1 + (area - low) / (high - low)) / 2


def average_precision(score, positive, weight):
    positives = negatives = area = mpf(0)
    for a, b in groups(score, positive, weight):
        positives, negatives = positives + a, negatives + b
        if a:
            area += a * positives / (positives + negatives)
    return area / positives


def curve(name, given, rows, truth, weight):
    function = {"roc_auc": roc_auc, "average_precision": average_precision}[name]
    classes = range(len(rows[0]))
    if given.get("multi_class") == "ovo":

        def one(i, j):
            pair = [k for k, t in enumerate(truth) if t in (i, j)]
            columns = [rows[k][i] for k in pair], [truth[k] == i for k in pair]
            return function(*columns, [weight[k] for k in pair])

        pairs = [one(i, j) for i in classes for j in classes if i != j]
        return mean(pairs, [1] * len(pairs))
    values = [function([r[k] for r in rows], [t == k for t in truth], weight) for k in classes]
    support = [sum(w for t, w in zip(truth, weight) if t == k) for k in classes]
    return averaged(values, support, given["average"])


def probabilities(rows, kind):
    """Rows of probabilities of all classes. Their lengths are the numbers of classes."""
    rows = [[mpf(x) for x in row] for row in rows]
    if kind != LOGITS:
        return [[1 - row[0], row[0]] if len(row) == 1 else row for row in rows]
    rows = [[exp(x) for x in ([0, row[0]] if len(row) == 1 else row)] for row in rows]
    return [[x / sum(row) for x in row] for row in rows]


def classification(name, given, binary, kind, rows, truth, weight):
    if name in ("roc_auc", "average_precision"):
        if not binary:
            rows = probabilities(rows, kind) if kind == LOGITS else rows
            return curve(name, given, rows, truth, weight)
        score = [row[0] for row in rows]
        if name == "roc_auc":
            return roc_auc(score, truth, weight, given.get("max_fpr"))
        return average_precision(score, truth, weight)
    if name == "top_k_accuracy":
        ranks = [sum(x > row[t] for x in row) for row, t in zip(rows, truth)]
        return mean([rank < int(given["k"]) for rank in ranks], weight)
    if name == "hinge_loss":
        if binary:
            return mean([max(0, 1 + (1 - 2 * t) * mpf(r[0])) for r, t in zip(rows, truth)], weight)
        others = [max(x for k, x in enumerate(row) if k != t) for row, t in zip(rows, truth)]
        margins = [mpf(row[t]) - mpf(o) for row, t, o in zip(rows, truth, others)]
        return mean([max(0, 1 - m) for m in margins], weight)
    if name in ("log_loss", "brier_score"):
        ps = probabilities(rows, kind)
        if name == "log_loss":
            losses = [-log(max(p[t], EPS)) for p, t in zip(ps, truth)]
            value = mean(losses, weight)
            return value * sum(weight) if given.get("reduction") == "sum" else value
        squares = [sum((x - (k == t)) ** 2 for k, x in enumerate(p)) for p, t in zip(ps, truth)]
        return mean(squares, weight) / (2 if binary else 1)
    size = 2 if binary else len(rows[0])
    matrix = [[mpf(0)] * size for _ in range(size)]
    threshold = 0.5 if kind == PROBABILITIES else 0
    for row, t, w in zip(rows, truth, weight):
        predicted = int(row[0] > threshold) if binary else int(np.argmax(row))
        matrix[t][predicted] += w
    return of_matrix(name, given, matrix, binary)


def exact_value(spec, task, kind, prediction, truth, weight):
    name, *parameters = spec.split(":")
    given = dict(parameter.split("=") for parameter in parameters)
    weight = [mpf(w) for w in (np.ones(len(truth)) if weight is None else weight).tolist()]
    if task == "regression":
        columns = [[mpf(x) for x in column.tolist()] for column in (prediction, truth)]
        value = regression(name, given, *columns, weight)
    else:
        rows = prediction.reshape(len(truth), -1).tolist()
        binary = task == "binary"
        value = classification(name, given, binary, kind, rows, truth.tolist(), weight)
    return rounded(value)


def rounded(value):
    return [rounded(each) for each in value] if isinstance(value, list) else float(value)


def deviation(found, exact):
    """The largest relative difference of a value, or of its elements, from the exact one."""
    found, exact = np.ravel(found), np.ravel(exact)
    assert found.shape == exact.shape
    return float(np.max(np.abs(found - exact) / np.where(exact == 0, 1, np.abs(exact))))
