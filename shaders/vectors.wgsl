// The kernel that reduces rows of predictions and of truths: a team of threads for each pair of
// rows, as in rows.wgsl.

struct Parameters {
    // Samples in the bound buffers.
    samples: u32,
}

@group(0) @binding(0) var<storage, read> predictions: array<u32>;
@group(0) @binding(1) var<storage, read> truths: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<Row>;
@group(0) @binding(3) var<uniform> parameters: Parameters;
// Only for the zero in it.
@group(0) @binding(4) var<storage, read> state: array<u32>;

// The largest exponent field of predictions and of truths, and what is unusual about any.
struct Largest {
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

var<workgroup> team_largest: array<Largest, GROUP>;
var<workgroup> team_sums: array<Sums, GROUP>;

fn regular(word: u32) -> u32 {
    return select(flushed(word), 0u, nonfinite(word));
}

fn look(largest: Largest, prediction: u32, truth: u32) -> Largest {
    let p = regular(prediction);
    let t = regular(truth);
    var next = largest;
    next.prediction = max(largest.prediction, field(p));
    next.truth = max(largest.truth, field(t));
    next.notes |= select(0u, ROW_NONFINITE, nonfinite(prediction));
    next.notes |= select(0u, ROW_TRUTH_NONFINITE, nonfinite(truth));
    next.notes |= select(0u, ROW_SUBNORMAL, subnormal(prediction));
    next.notes |= select(0u, ROW_TRUTH_SUBNORMAL, subnormal(truth));
    if NEEDS_DIVERGENCE {
        let inside = is_probability(p) && is_probability(t);
        next.notes |= select(ROW_OUTSIDE, 0u, inside);
        next.notes |= select(0u, ROW_CLIPPED, p < LEAST_PROBABILITY && t != 0u);
    }
    return next;
}

fn both_largest(a: Largest, b: Largest) -> Largest {
    let prediction = max(a.prediction, b.prediction);
    return Largest(prediction, max(a.truth, b.truth), a.notes | b.notes);
}

fn plus_units(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    let low = a.x + b.x;
    return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
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

fn add_element(sums: Sums, largest: Largest, p: u32, t: u32) -> Sums {
    var next = sums;
    if NEEDS_PRODUCTS {
        let fields = vec2<u32>(largest.prediction, largest.truth);
        next.products = sum_of_units(sums.products, placed_product(p, t, fields.x + fields.y));
        next.predictions = sum_of_units(sums.predictions, placed_product(p, p, 2u * fields.x));
        next.truths = sum_of_units(sums.truths, placed_product(t, t, 2u * fields.y));
    }
    if NEEDS_DIVERGENCE && is_probability(p) && is_probability(t) {
        let term = divergence_term(max(p, LEAST_PROBABILITY), t);
        let one = quantum(ONE);
        next.divergence = sum_of_units(sums.divergence, term);
        next.of_predictions = plus_units(sums.of_predictions, units(quantised(p, one), one));
        next.of_truths = plus_units(sums.of_truths, units(quantised(t, one), one));
    }
    return next;
}

fn finished(largest: Largest, sums: Sums) -> Row {
    // One class, which is predicted: what the sums look at besides.
    var row = Row(0u, 0u, 0u, largest.notes, 0u, 0u, 0u, 0u, 0u, 0u);
    if NEEDS_PRODUCTS {
        row.sum = total(sums.products, PRODUCT_UNIT);
        row.squares = total(sums.predictions, PRODUCT_UNIT);
        row.of_truth = total(sums.truths, PRODUCT_UNIT);
    }
    if NEEDS_DIVERGENCE {
        row.mean = total(sums.divergence, DIVERGENCE_UNIT);
        let normal = normalized(sums.of_predictions) && normalized(sums.of_truths);
        row.notes |= select(ROW_UNNORMALIZED, 0u, normal);
    }
    return row;
}

@compute @workgroup_size(GROUP)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    zero = state[2u * ENTRY_ZERO];
    let member = lane % TEAM;
    let leader = lane - member;
    let samples = parameters.samples;
    // Every thread goes through as many rounds, so that all meet at the barriers.
    for (var tile = group.x; tile * TEAMS < samples; tile += groups.x) {
        let index = tile * TEAMS + lane / TEAM;
        let first = index * CLASSES;
        let end = select(0u, CLASSES, index < samples);
        var largest = Largest(0u, 0u, 0u);
        for (var k = member; k < end; k += TEAM) {
            largest = look(largest, predictions[first + k], truths[first + k]);
        }
        team_largest[lane] = largest;
        for (var step = TEAM / 2u; step > 0u; step /= 2u) {
            workgroupBarrier();
            if member < step {
                team_largest[lane] = both_largest(team_largest[lane], team_largest[lane + step]);
            }
        }
        workgroupBarrier();
        largest = team_largest[leader];
        var sums = Sums(
            vec4<u32>(0u), vec4<u32>(0u), vec4<u32>(0u), vec4<u32>(0u), vec2<u32>(0u), vec2<u32>(0u),
        );
        for (var k = member; k < end; k += TEAM) {
            let p = regular(predictions[first + k]);
            sums = add_element(sums, largest, p, regular(truths[first + k]));
        }
        team_sums[lane] = sums;
        for (var step = TEAM / 2u; step > 0u; step /= 2u) {
            workgroupBarrier();
            if member < step {
                team_sums[lane] = both_sums(team_sums[lane], team_sums[lane + step]);
            }
        }
        workgroupBarrier();
        if member == 0u && index < samples {
            rows[index] = finished(largest, team_sums[lane]);
        }
    }
}
