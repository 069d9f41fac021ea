// Rows of predictions and rows of truths: the scan and the sums of row_reduce.wgsl.

// The largest exponent field of predictions and of truths, and the flags of all elements.
struct Extremes {
    prediction: u32,
    truth: u32,
    notes: u32,
}

// Sums over the elements of a pair of rows; the last two count units of 2^-43.
struct Sums {
    products: vec4<u32>,
    predictions: vec4<u32>,
    truths: vec4<u32>,
    divergence: vec4<u32>,
    of_predictions: vec2<u32>,
    of_truths: vec2<u32>,
}

fn no_extremes() -> Extremes {
    return Extremes(0u, 0u, 0u);
}

fn scan(extremes: Extremes, place: u32, element: u32) -> Extremes {
    let prediction = predictions[place];
    let truth = truths[place];
    let p = finite_or_zero(prediction);
    let t = finite_or_zero(truth);
    var next = extremes;
    next.prediction = max(extremes.prediction, field(p));
    next.truth = max(extremes.truth, field(t));
    next.notes |= select(0u, ROW_NONFINITE, nonfinite(prediction));
    next.notes |= select(0u, ROW_TRUTH_NONFINITE, nonfinite(truth));
    next.notes |= select(0u, ROW_SUBNORMAL, subnormal(prediction));
    next.notes |= select(0u, ROW_TRUTH_SUBNORMAL, subnormal(truth));
    if NEEDS_DIVERGENCE {
        let inside = is_probability(p) && is_probability(t);
        next.notes |= select(ROW_OUTSIDE, 0u, inside);
        next.notes |= select(0u, ROW_CLIPPED, p < MIN_PROBABILITY && t != 0u);
    }
    return next;
}

fn merge_scans(a: Extremes, b: Extremes) -> Extremes {
    let prediction = max(a.prediction, b.prediction);
    return Extremes(prediction, max(a.truth, b.truth), a.notes | b.notes);
}

fn both_sums(a: Sums, b: Sums) -> Sums {
    return Sums(
        sum_of_units(a.products, b.products),
        sum_of_units(a.predictions, b.predictions),
        sum_of_units(a.truths, b.truths),
        sum_of_units(a.divergence, b.divergence),
        plus_units(a.of_predictions, b.of_predictions),
        plus_units(a.of_truths, b.of_truths),
    );
}

fn prepare(extremes: Extremes, index: u32, there: bool) -> Extremes {
    return extremes;
}

fn add_element(sums: Sums, known: Extremes, place: u32, element: u32) -> Sums {
    let p = finite_or_zero(predictions[place]);
    let t = finite_or_zero(truths[place]);
    var next = sums;
    if NEEDS_PRODUCTS {
        let fields = vec2<u32>(known.prediction, known.truth);
        next.products = sum_of_units(sums.products, placed_product(p, t, fields.x + fields.y));
        next.predictions = sum_of_units(sums.predictions, placed_product(p, p, 2u * fields.x));
        next.truths = sum_of_units(sums.truths, placed_product(t, t, 2u * fields.y));
    }
    if NEEDS_DIVERGENCE && is_probability(p) && is_probability(t) {
        let term = divergence_term(max(p, MIN_PROBABILITY), t);
        let one = quantum(ONE);
        next.divergence = sum_of_units(sums.divergence, term);
        next.of_predictions = plus_units(sums.of_predictions, units(quantised(p, one), one));
        next.of_truths = plus_units(sums.of_truths, units(quantised(t, one), one));
    }
    return next;
}

fn finish_row(known: Extremes, sums: Sums) -> RowSummary {
    // A single class, which is predicted: the sums read nothing else.
    var row = RowSummary(0u, 0u, 0u, known.notes, 0u, 0u, 0u, 0u, 0u, 0u);
    if NEEDS_PRODUCTS {
        row.sum = total(sums.products, PRODUCT_UNIT);
        row.sum_of_squares = total(sums.predictions, PRODUCT_UNIT);
        row.truth_score = total(sums.truths, PRODUCT_UNIT);
    }
    if NEEDS_DIVERGENCE {
        row.mean = total(sums.divergence, DIVERGENCE_UNIT);
        let normal = normalized(sums.of_predictions) && normalized(sums.of_truths);
        row.flags |= select(ROW_UNNORMALIZED, 0u, normal);
    }
    return row;
}
