// Rows of scores with soft truths, a probability for each class: the scan and the sums of
// row_reduce.wgsl.

struct Extremes {
    scores: ScoreExtremes,
    // The largest element of the truth, with its label.
    largest: u32,
    label: u32,
    // The lowest score, as an ordered key, of the classes with a positive probability in the truth.
    lowest: u32,
    // Whether an element is not a probability, or a score of these classes is clipped.
    is_none: bool,
    clips: bool,
}

struct Sums {
    scores: ScoreSums,
    // The sum of the elements of the truth, in units.
    truths: vec2<u32>,
    // The sum of the elements times the losses, in units.
    losses: vec4<u32>,
}

struct KnownSoft {
    scores: Known,
    is_none: bool,
    clips: bool,
    largest_loss: u32,
}

fn no_extremes() -> Extremes {
    return Extremes(no_score_extremes(), 0u, 0u, 0xffffffffu, false, false);
}

fn scan(extremes: Extremes, place: u32, label: u32) -> Extremes {
    let t = flushed(truths[place]);
    let score = finite_or_zero(predictions[place]);
    var next = extremes;
    next.scores = look_at_score(extremes.scores, place, label);
    next.is_none = extremes.is_none || t > ONE;
    if t > extremes.largest && t <= ONE {
        next.largest = t;
        next.label = label;
    }
    if t != 0u {
        next.lowest = min(extremes.lowest, ordered(score));
        let below = ordered(score) < ordered(MIN_LOSS_PROBABILITY);
        next.clips = extremes.clips || (OF_PROBABILITIES && NEEDS_LOSS && below);
    }
    return next;
}

fn merge_scans(a: Extremes, b: Extremes) -> Extremes {
    let first = a.largest > b.largest || (a.largest == b.largest && a.label < b.label);
    return Extremes(
        both_score_extremes(a.scores, b.scores),
        max(a.largest, b.largest),
        select(b.label, a.label, first),
        min(a.lowest, b.lowest),
        a.is_none || b.is_none,
        a.clips || b.clips,
    );
}

fn both_sums(a: Sums, b: Sums) -> Sums {
    return Sums(
        both_score_sums(a.scores, b.scores),
        plus_units(a.truths, b.truths),
        sum_of_units(a.losses, b.losses),
    );
}

fn prepare(extremes: Extremes, index: u32, there: bool) -> KnownSoft {
    let truth = select(NO_CLASS, extremes.label, there);
    let scores = prepare_scores(extremes.scores, index * CLASSES, truth);
    let lowest = unordered(min(extremes.lowest, ordered(scores.top)));
    var largest_loss = difference(scores.top, lowest);
    if OF_PROBABILITIES {
        largest_loss = magnitude(ln(MIN_LOSS_PROBABILITY));
    }
    return KnownSoft(scores, extremes.is_none, extremes.clips, largest_loss);
}

fn add_element(sums: Sums, known: KnownSoft, place: u32, label: u32) -> Sums {
    let t = flushed(truths[place]);
    var next = sums;
    next.scores = add_score(sums.scores, known.scores, place, label);
    let counts = t != 0u && t <= ONE;
    if counts {
        next.truths = with_term(sums.truths, t, quantum(ONE));
    }
    if counts && NEEDS_LOSS {
        let score = finite_or_zero(predictions[place]);
        var loss = difference(known.scores.top, score);
        if OF_PROBABILITIES {
            loss = select(magnitude(ln(max(score, MIN_LOSS_PROBABILITY))), 0u, score > ONE);
        }
        if field(loss) >= MIN_RESULT_EXPONENT {
            let largest = field(ONE) + field(known.largest_loss);
            next.losses = sum_of_units(sums.losses, placed_product(t, loss, largest));
        }
    }
    return next;
}

fn finish_row(known: KnownSoft, sums: Sums) -> RowSummary {
    var row = finish_score_row(known.scores, sums.scores);
    row.flags |= ROW_SOFT | select(0u, ROW_CLIPPED, known.clips);
    if known.is_none || !nearly_one(sums.truths) {
        row.truth = NO_CLASS;
    }
    if NEEDS_LOSS {
        let loss = soft_loss(sums.losses, known.largest_loss);
        row.truth_score = select(loss, INFINITY, known.largest_loss == INFINITY);
        row.sum_of_squares = sum_of(sums.truths, quantum(ONE));
    }
    return row;
}
