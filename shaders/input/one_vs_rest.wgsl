// Twin of src/statistic/one_vs_rest.rs: rows of scores that were reduced, as samples of a class that is held
// against the rest, or against another class.

@group(0) @binding(0) var<storage, read> rows: array<RowSummary>;
@group(0) @binding(1) var<storage, read> scores: array<u32>;

// The class, and the one that it is held against: NO_CLASS for the rest.
var<private> own_class: u32;
var<private> other_class: u32;
var<private> loaded: u32;

// Says which contest follows.
fn choose(contest: u32) {
    own_class = contest;
    other_class = NO_CLASS;
    if IN_PAIRS {
        let place = contest % (CLASSES - 1u);
        own_class = contest / (CLASSES - 1u);
        other_class = place + select(0u, 1u, place >= own_class);
    }
}

fn leaves_out(label: u32) -> bool {
    return other_class != NO_CLASS && label != own_class && label != other_class;
}

fn bounded(x: u32) -> u32 {
    return select(x, (x & SIGN) | MAX_FINITE, field(x) == FIELD_MAX);
}

fn log_odds(row: RowSummary, score: u32, label: u32) -> u32 {
    let gap = flush_result(bounded(difference(row.max, row.runner_up)));
    let ahead = minus(gap, flush_result(ln(row.sum)));
    let own = exp_nonpositive(flush_result(minus(score, row.runner_up)));
    let others = flush_result(minus(row.sum, own));
    let beside = flush_result(times(runner_up_over_max(row), others));
    let below = flush_result(bounded(minus(score, row.max)));
    let behind = minus(below, flush_result(ln1p(beside)));
    return flush_result(select(behind, ahead, label == row.arg_max));
}

fn contest_score(row: RowSummary, word: u32, label: u32) -> u32 {
    var of_row = word;
    if OF_LOGITS {
        of_row = log_odds(row, flushed(word), label);
    }
    return select(of_row, OUTSIDE, (row.flags & ROW_NONFINITE) != 0u);
}

// Says which four samples follow.
fn load(quad: u32) {
    loaded = 4u * quad;
}

// Adds one of them.
fn process(k: u32, weight: u32) {
    if is_masked(weight) {
        return;
    }
    let row = rows[loaded + k];
    if row.truth != NO_CLASS && leaves_out(row.truth) {
        count_masked();
        return;
    }
    let w = counted_weight(weight);
    if row.truth == NO_CLASS {
        count_invalid_label(w);
        return;
    }
    let score = contest_score(row, scores[(loaded + k) * CLASSES + own_class], own_class);
    var notes = select(0u, PREDICTION_SUBNORMAL, subnormal(score));
    notes |= select(0u, PREDICTION_NONFINITE, nonfinite(score));
    let prediction = select(flushed(score), 0u, nonfinite(score));
    accumulate(Sample(prediction, select(0u, ONE, row.truth == own_class), w, notes));
}
