// Rows of scores that were reduced, as samples of a binary problem: a class against the rest, or against
// another class.

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
