// Rows of scores: the scan and the sums that do not depend on how truths are encoded.

// The largest score, as an ordered key, with its label, the largest of the others, the lowest, and
// the flags of all scores.
struct ScoreExtremes {
    top: u32,
    arg_max: u32,
    runner_up: u32,
    lowest: u32,
    notes: u32,
}

// Sums over the classes of a row; sums of 64 bits count units.
struct ScoreSums {
    rank: u32,
    sum: vec2<u32>,
    squares: vec2<u32>,
    mean: vec2<u32>,
}

fn unordered(key: u32) -> u32 {
    return select(~key, key ^ SIGN, key >> 31u == 1u);
}

fn no_score_extremes() -> ScoreExtremes {
    return ScoreExtremes(0u, 0u, 0u, 0xffffffffu, 0u);
}

fn look_at_score(extremes: ScoreExtremes, place: u32, label: u32) -> ScoreExtremes {
    let word = predictions[place];
    let score = finite_or_zero(word);
    let key = ordered(score);
    var next = extremes;
    next.runner_up = max(extremes.runner_up, min(key, extremes.top));
    next.arg_max = select(extremes.arg_max, label, key > extremes.top);
    next.top = max(extremes.top, key);
    next.lowest = min(extremes.lowest, key);
    next.notes |= select(0u, ROW_NONFINITE, nonfinite(word));
    next.notes |= select(0u, ROW_SUBNORMAL, subnormal(word));
    next.notes |= select(0u, ROW_OUTSIDE, score > HIGHEST_SCORE);
    return next;
}

fn both_score_extremes(a: ScoreExtremes, b: ScoreExtremes) -> ScoreExtremes {
    let first = a.top > b.top || (a.top == b.top && a.arg_max < b.arg_max);
    return ScoreExtremes(
        max(a.top, b.top),
        select(b.arg_max, a.arg_max, first),
        max(min(a.top, b.top), select(b.runner_up, a.runner_up, first)),
        min(a.lowest, b.lowest),
        a.notes | b.notes,
    );
}

fn both_score_sums(a: ScoreSums, b: ScoreSums) -> ScoreSums {
    return ScoreSums(
        a.rank + b.rank,
        plus_units(a.sum, b.sum),
        plus_units(a.squares, b.squares),
        plus_units(a.mean, b.mean),
    );
}

fn with_term(sum: vec2<u32>, term: u32, quantum: u32) -> vec2<u32> {
    return plus_units(sum, units(quantised(term, quantum), quantum));
}

// The properties of a row that its sums need.
struct Known {
    notes: u32,
    arg_max: u32,
    truth: u32,
    of_truth: u32,
    runner_up: u32,
    top: u32,
    // The largest terms of the sums of squares and of the means.
    largest_square: u32,
    largest_mean: u32,
}

// Prepares the sums of the row that starts at `first`.
fn prepare_scores(extremes: ScoreExtremes, first: u32, truth: u32) -> Known {
    var of_truth = 0u;
    if truth != NO_CLASS {
        of_truth = finite_or_zero(predictions[first + truth]);
    }
    let top = unordered(extremes.top);
    let runner_up = unordered(extremes.runner_up);
    var largest_mean = difference(top, unordered(extremes.lowest));
    if OF_PROBABILITIES {
        largest_mean = magnitude(ln(MIN_PROBABILITY));
    }
    return Known(
        extremes.notes, extremes.arg_max, truth, of_truth, runner_up, top, square(runner_up),
        largest_mean,
    );
}

fn add_score(sums: ScoreSums, known: Known, place: u32, label: u32) -> ScoreSums {
    let score = finite_or_zero(predictions[place]);
    var next = sums;
    if NEEDS_RANK {
        let before = score == known.of_truth && label < known.truth;
        let above = ordered(score) > ordered(known.of_truth);
        next.rank += select(0u, 1u, above || before);
    }
    if OF_LOGITS {
        let exponential = exp_nonpositive(minus(score, known.runner_up));
        let kept = select(exponential, 0u, label == known.arg_max);
        next.sum = with_term(sums.sum, kept, quantum(ONE));
        if NEEDS_SQUARES {
            next.squares = with_term(sums.squares, times(kept, kept), quantum(ONE));
        }
        if NEEDS_MEAN {
            let gap = difference(known.top, score);
            let kept = select(gap, 0u, field(gap) < MIN_RESULT_EXPONENT);
            next.mean = with_term(sums.mean, kept, quantum(known.largest_mean));
        }
    }
    if OF_PROBABILITIES {
        let p = select(score, 0u, score > ONE);
        next.sum = with_term(sums.sum, p, quantum(ONE));
        if NEEDS_SQUARES {
            let squared = square(score);
            let small = field(squared) < MIN_RESULT_EXPONENT;
            let left_out = score > ONE || label == known.arg_max || small;
            let kept = select(squared, 0u, left_out);
            next.squares = with_term(sums.squares, kept, quantum(known.largest_square));
        }
        if NEEDS_MEAN {
            let loss = magnitude(ln(max(score, MIN_PROBABILITY)));
            let kept = select(loss, 0u, score > ONE);
            next.mean = with_term(sums.mean, kept, quantum(known.largest_mean));
        }
    }
    return next;
}

fn finish_score_row(known: Known, sums: ScoreSums) -> RowSummary {
    var row = RowSummary(
        known.arg_max, known.truth, sums.rank, known.notes,
        known.top, known.runner_up, known.of_truth, 0u, 0u, 0u,
    );
    if OF_LOGITS {
        row.sum = sum_of(sums.sum, quantum(ONE));
        row.sum_of_squares = sum_of(sums.squares, quantum(ONE));
    }
    if OF_PROBABILITIES {
        row.flags |= select(ROW_UNNORMALIZED, 0u, normalized(sums.sum));
        let largest = known.largest_square;
        let squares = sum_of(sums.squares, quantum(largest));
        row.sum_of_squares = select(squares, largest, field(largest) < MIN_RESULT_EXPONENT);
    }
    if NEEDS_MEAN {
        let largest = known.largest_mean;
        let mean = mean_of(sums.mean, quantum(largest), CLASSES);
        let special = field(largest) < MIN_RESULT_EXPONENT || largest == INFINITY;
        row.mean = select(mean, largest, special);
    }
    return row;
}
