// The kernel of a pass over the samples, adding each to the statistics of this pass.

struct Parameters {
    // Samples in the bound buffers.
    samples: u32,
    // 0 if every weight is 1.
    has_weight: u32,
    // 0 if no sample is masked.
    has_mask: u32,
    // The state's first entry of this output.
    base: u32,
    // Parameters of the statistics, as bits.
    given: array<vec4<u32>, PARAMETER_VECTORS>,
}

@group(0) @binding(2) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

// The state's first entry of what is being added to.
var<private> base: u32;
// Which of the samples is being added.
var<private> current: u32;

// A sample in regular form: finite, flushed numbers, and a valid weight or 0.
struct Sample {
    prediction: u32,
    truth: u32,
    weight: u32,
    // What is unusual about the inputs.
    notes: u32,
}

fn valid_weight(bits: u32) -> bool {
    return magnitude(bits) == 0u || (bits >> 31u == 0u && field(bits) < FIELD_LIMIT);
}

// Whether a sample is masked: deleted, whatever it holds. Counts those that are.
fn is_masked(weight: u32) -> bool {
    if parameters.has_mask == 0u || weight != MASKED {
        return false;
    }
    count_masked();
    return true;
}

// A weight, or 0 for one that is not valid; counts both kinds.
fn counted_weight(bits: u32) -> u32 {
    let valid = valid_weight(bits);
    let weight = select(0u, magnitude(bits), valid);
    count_weight(weight, valid);
    return weight;
}

fn count_fault(entry: u32, weight: u32) {
    add_to_state(entry, 1u, 0u);
    if weight != 0u {
        add_to_state(entry + 1u, 1u, 0u);
    }
}

// The bits of a value that counts; OUTSIDE, with the fault counted, for a sample that is left out.
fn kept(bits: u32, reads: u32, faults: u32, sample: Sample) -> u32 {
    let notes = sample.notes & reads;
    let tiny = field(bits) < MIN_RESULT_EXPONENT && magnitude(bits) != 0u;
    let large = field(bits) == FIELD_MAX;
    if notes == 0u && !tiny && !large {
        return bits;
    }
    if (notes & ANY_NONFINITE) != 0u {
        count_fault(faults + FAULT_NONFINITE, sample.weight);
        return OUTSIDE;
    }
    if large {
        count_fault(faults + select(FAULT_OVERFLOW, FAULT_OUTSIDE, bits == OUTSIDE), sample.weight);
        return OUTSIDE;
    }
    if tiny || (notes & ANY_SUBNORMAL) != 0u {
        add_to_state(faults + FAULT_UNDERFLOW, 1u, 0u);
    }
    if (notes & NOTE_UNNORMALIZED) != 0u {
        add_to_state(faults + FAULT_UNNORMALIZED, 1u, 0u);
    }
    return select(bits, 0u, tiny);
}

// The same with 0 for a sample that is left out.
fn settle(bits: u32, reads: u32, faults: u32, sample: Sample) -> u32 {
    let flush_result = kept(bits, reads, faults, sample);
    return select(flush_result, 0u, flush_result == OUTSIDE);
}

// Adds a settled value to its sum, and its product with the weight to the weighted sum.
fn add_value(bits: u32, row: u32, weighted_row: u32, weight: u32) {
    if magnitude(bits) == 0u {
        return;
    }
    let negative = bits >> 31u == 1u;
    add_single(row, field(bits) + VALUE_BIAS, mantissa(bits), negative);
    if weight != 0u {
        let position = field(bits) + exponent(weight) - PRODUCT_BIAS;
        add(weighted_row, position, multiply(mantissa(bits), mantissa(weight)), negative);
    }
}

// Adds the exact product of two numbers, and its exact product with the weight.
fn add_moment(x: u32, y: u32, reads: u32, faults: u32, row: u32, weighted_row: u32, sample: Sample) {
    let notes = sample.notes & reads;
    if (notes & ANY_NONFINITE) != 0u {
        count_fault(faults + FAULT_NONFINITE, sample.weight);
        return;
    }
    if field(x) >= FIELD_LIMIT || field(y) >= FIELD_LIMIT {
        count_fault(faults + FAULT_OVERFLOW, sample.weight);
        return;
    }
    let tiny_x = field(x) < FIELD_MOMENT && magnitude(x) != 0u;
    let tiny_y = field(y) < FIELD_MOMENT && magnitude(y) != 0u;
    if notes != 0u || tiny_x || tiny_y {
        add_to_state(faults + FAULT_UNDERFLOW, 1u, 0u);
    }
    if tiny_x || tiny_y || magnitude(x) == 0u || magnitude(y) == 0u {
        return;
    }
    let negative = (x ^ y) >> 31u == 1u;
    let product = multiply(mantissa(x), mantissa(y));
    add(row, field(x) + field(y) - MOMENT_BIAS, product, negative);
    if sample.weight != 0u {
        let w = mantissa(sample.weight);
        let position = field(x) + field(y) + exponent(sample.weight) - WEIGHTED_MOMENT_BIAS;
        add(weighted_row, position, multiply(product.low, w), negative);
        add(weighted_row, position + LIMB_BITS, multiply(product.high, w), negative);
    }
}

// Whether a sample has no finite score; counts that, or that its score is taken as zero.
fn has_no_score(faults: u32, sample: Sample) -> bool {
    let notes = sample.notes & READS_PREDICTION;
    if (notes & ANY_NONFINITE) != 0u {
        count_fault(faults + FAULT_NONFINITE, sample.weight);
        return true;
    }
    if notes != 0u {
        add_to_state(faults + FAULT_UNDERFLOW, 1u, 0u);
    }
    return false;
}

// Counts a sample, and adds its weight, in the cell of its label and prediction.
fn add_confusion(threshold: u32, faults: u32, count_row: u32, weight_row: u32, sample: Sample) {
    if has_no_score(faults, sample) {
        return;
    }
    let positive = select(0u, 1u, ordered(sample.prediction) > ordered(flushed(threshold)));
    let cell = select(0u, 2u, sample.truth == ONE) + positive;
    limbs[(count_row + cell) * GROUP + lane] += 1;
    if sample.weight != 0u {
        let row = weight_row + cell * WEIGHT_LIMBS;
        add_single(row, exponent(sample.weight) + VALUE_BIAS, mantissa(sample.weight), false);
    }
}

// The larger of (unweighted, weighted) maxima and a settled value that is not negative.
fn greatest(so_far: vec2<u32>, bits: u32, weight: u32) -> vec2<u32> {
    return max(so_far, vec2<u32>(bits, select(bits, 0u, weight == 0u)));
}

// The outermost keys so far, of the largest value (unweighted, weighted) and of the least, and those
// of a value that is OUTSIDE if it is left out. The key of the least is a complement, so that the
// larger of two keys stands further out, and 0 is none.
fn outermost(so_far: vec4<u32>, bits: u32, weight: u32) -> vec4<u32> {
    if bits == OUTSIDE {
        return so_far;
    }
    let key = ordered(flushed(bits));
    let weighs = weight != 0u;
    return max(so_far, vec4<u32>(key, select(0u, key, weighs), ~key, select(0u, ~key, weighs)));
}

// Raises a maximum and its weighted twin in the state.
fn raise(entry: u32, bits: vec2<u32>) {
    let word = 2u * (base + entry);
    if bits.x > atomicLoad(&state[word]) {
        atomicMax(&state[word], bits.x);
    }
    if bits.y > atomicLoad(&state[word + 2u]) {
        atomicMax(&state[word + 2u], bits.y);
    }
}

// Adds a weight and its square.
fn add_weight(weight: u32, row: u32, square_row: u32) {
    if weight == 0u {
        return;
    }
    let m = mantissa(weight);
    add_single(row, exponent(weight) + VALUE_BIAS, m, false);
    add(square_row, 2u * exponent(weight) - PRODUCT_BIAS, multiply(m, m), false);
}

@compute @workgroup_size(GROUP)
fn main(
    @builtin(local_invocation_index) index: u32,
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    zero = atomicLoad(&state[2u * ENTRY_ZERO]);
    lane = index;
    begin_total(group.y);
    for (var row = 0u; row < ROWS; row++) {
        limbs[row * GROUP + lane] = 0;
    }
    let samples = parameters.samples;
    let stride = groups.x * GROUP;
    begin(group.x * GROUP, stride);
    var quad = group.x * GROUP + lane;
    // Every thread goes through as many rounds, so that all meet at the barriers of a flush.
    let rounds = (samples + stride * CARRY_SAMPLES - 1u) / (stride * CARRY_SAMPLES);
    for (var round = 0u; round < rounds; round++) {
        for (var quads = 0u; quads < CARRY_SAMPLES / 4u && quad * 4u < samples; quads++) {
            load(quad);
            var w = vec4<u32>(ONE);
            if parameters.has_weight != 0u {
                w = weights[quad];
            }
            let count = min(samples - quad * 4u, 4u);
            for (var k = 0u; k < count; k++) {
                current = quad * 4u + k;
                process(k, w[k]);
            }
            quad += stride;
        }
        carry_all();
        if round % FLUSH_ROUNDS == FLUSH_ROUNDS - 1u || round == rounds - 1u {
            flush();
        }
    }
    workgroupBarrier();
    for (var row = lane; row < ROWS; row += GROUP) {
        flush_row(row);
    }
    finish(group.x == 0u && lane == 0u, samples);
}
