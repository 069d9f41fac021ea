//! The symbols in formulas.

use crate::task::Task;

/// The symbols in the formulas of the metrics of a task, beside the weight w, which is 1 in
/// unweighted values.
pub fn symbols(task: Task) -> &'static str {
    match task {
        Task::Regression => {
            "p = prediction, t = truth, p̄ and t̄ = weighted means, Var and Cov = weighted \
             variance and covariance, k = output; δ, q, P = the parameters delta, quantile, power"
        }
        Task::Binary => {
            "s = score, y = label, p = probability of label 1, b = bin; TP, FP, FN, TN = sums \
             of weights of true and false positives and negatives; in curves, i = sample of label \
             1, j = sample of label 0, P and N = sums of their weights, x = threshold, g = group \
             of equal scores, a and b = weights of labels 1 and 0 in the group, A and B = those \
             of all higher scores; α, β = the parameters label_smoothing, beta"
        }
        Task::Multiclass => {
            "s_k, p_k, y_k = score, probability and one-hot truth of class k; TP, FP, FN, TN \
             = sums of weights of true and false positives and negatives of a class against \
             the rest; T and P = sums of weights of samples of a class and of samples \
             predicted as it; N = sum of all weights; i = true class, j = predicted class; \
             rank = number of classes ranked before the true one; in bins b, p = probability \
             of the predicted class, y = whether it is the true one; in curves, label 1 is a \
             class and label 0 the rest, with the symbols of the binary task; α, β = the \
             parameters label_smoothing, beta"
        }
        Task::Multilabel => {
            "s = score of a label, y = label, p = probability of label 1, L = number of \
             labels, b = bin; TP, FP, FN, TN = sums of weights of true and false positives \
             and negatives of a label; in curves, the symbols of the binary task; α, β = the \
             parameters label_smoothing, beta"
        }
        Task::Aggregation => "x = value, N = number of values",
    }
}
