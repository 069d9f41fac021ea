//! The symbols in formulas.

use crate::task::Task;

/// The symbols in the formulas of the metrics of a task. w is the weight, and 1 in unweighted
/// values.
pub fn symbols(task: Task) -> &'static str {
    match task {
        Task::Regression => {
            "p is the prediction and t the truth, p̄ and t̄ their weighted means, Var and Cov weighted \
             moments about them; k is one of several outputs"
        }
        Task::Binary => {
            "s is the score, y the label and p the probability of label 1; TP, FP, FN and TN are the \
             sums of the weights of true and false positives and negatives; b is a bin"
        }
        Task::Multiclass => {
            "T, P and H are the sums of the weights of samples of a class, of samples predicted as this \
             class, and of samples that are both, and N that of all samples; s_k, p_k and y_k are the score, the \
             probability and the one-hot truth of class k; rank counts the classes before the true \
             one; in bins p is the probability of the top class, and y whether it is the true one; i \
             is the true class and j the predicted one; in curves a class is compared \
             with the rest, as label 1 with label 0 in the binary task"
        }
        Task::Multilabel => {
            "s is the score of a label, y whether it is 1 and p the probability of that; TP, FP, FN \
             and TN are the sums of the weights of true and false positives and negatives of one of L \
             labels; b is a bin"
        }
        Task::Aggregation => "x is a value, and N how many there are",
    }
}
