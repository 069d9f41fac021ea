// Reduced rows of scores as samples of a binary problem: a class against the rest, or against
// another class.

@group(0) @binding(0) var<storage, read> rows: array<RowSummary>;
@group(0) @binding(1) var<storage, read> scores: array<u32>;

// The class of label 1, and the class of label 0 (NO_CLASS for the rest).
var<private> positive: u32;
var<private> negative: u32;
var<private> loaded: u32;

// Selects the binary problem.
fn choose(problem: u32) {
    positive = problem;
    negative = NO_CLASS;
    if ONE_VS_ONE {
        let other = problem % (CLASSES - 1u);
        positive = problem / (CLASSES - 1u);
        negative = other + select(0u, 1u, other >= positive);
    }
}

fn is_excluded(label: u32) -> bool {
    return negative != NO_CLASS && label != positive && label != negative;
}

// Selects the next four samples.
fn load(quad: u32) {
    loaded = 4u * quad;
}

// Adds one of them to the statistics.
fn process(k: u32, weight: u32) {
    if !is_masked(weight) {
        let row = rows[loaded + k];
        if row.truth == NO_CLASS {
            count_invalid_label(counted_weight(weight));
        } else if is_excluded(row.truth) {
            count_masked();
        } else {
            let w = counted_weight(weight);
            let score = problem_score(row, scores[(loaded + k) * CLASSES + positive], positive);
            let notes = select(0u, PREDICTION_SUBNORMAL, subnormal(score))
                | select(0u, PREDICTION_NONFINITE, nonfinite(score));
            let truth = select(0u, ONE, row.truth == positive);
            accumulate(Sample(finite_or_zero(score), truth, w, notes));
        }
    }
}
