// The kernel of a pass over the samples: adds each sample to the statistics of this pass.

struct Parameters {
    // Number of samples in the bound buffers.
    samples: u32,
    // 0 if every weight is 1.
    has_weight: u32,
    // Whether samples can be masked, and whether they were converted from buffers.
    flags: u32,
    // The first entry of this output in the state.
    base: u32,
    // Parameters of the statistics, as bits.
    given: array<vec4<u32>, PARAMETER_VECTORS>,
}

@group(0) @binding(2) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> parameters: Parameters;

// The first state entry of the total that samples are added to.
var<private> base: u32;
// The statistic of this pass, if it has the same kernel as others.
var<private> copy: u32;
// The index of the current sample.
var<private> current: u32;
// Number of samples that this thread has processed, and its workgroup.
var<private> processed: u32;
var<workgroup> group_processed: atomic<u32>;

// A normalized sample: finite, flushed numbers, and a valid weight or 0.
struct Sample {
    prediction: u32,
    truth: u32,
    weight: u32,
    // Flags of the inputs: subnormal, nonfinite and others.
    notes: u32,
}

fn given(index: u32) -> u32 {
    return parameters.given[index / 4u][index % 4u];
}

fn valid_weight(bits: u32) -> bool {
    return magnitude(bits) == 0u || (bits >> 31u == 0u && field(bits) < FIELD_LIMIT);
}

// Whether a sample is masked: excluded, whatever it contains. Counts masked samples.
fn is_masked(weight: u32) -> bool {
    let masked = (parameters.flags & MAY_BE_MASKED) != 0u && weight == MASKED;
    if masked {
        count_masked();
    }
    return masked;
}

// The weight, or 0 if it is invalid; counts zero and invalid weights.
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

// The bits of a sample's value after flushing; OUTSIDE, with the fault counted, if the sample is
// left out.
fn kept(bits: u32, reads: u32, faults: u32, sample: Sample) -> u32 {
    let notes = sample.notes & reads;
    let tiny = field(bits) < MIN_RESULT_EXPONENT && magnitude(bits) != 0u;
    let large = field(bits) == FIELD_MAX;
    let is_nonfinite = (notes & ANY_NONFINITE) != 0u;
    if notes != 0u || tiny || large {
        if is_nonfinite || large {
            let of_result = select(FAULT_OVERFLOW, FAULT_OUTSIDE, bits == OUTSIDE);
            count_fault(faults + select(of_result, FAULT_NONFINITE, is_nonfinite), sample.weight);
        } else {
            if tiny || (notes & ANY_SUBNORMAL) != 0u {
                add_to_state(faults + FAULT_UNDERFLOW, 1u, 0u);
            }
            if (notes & NOTE_UNNORMALIZED) != 0u {
                add_to_state(faults + FAULT_UNNORMALIZED, 1u, 0u);
            }
        }
    }
    return select(select(bits, 0u, tiny), OUTSIDE, is_nonfinite || large);
}

// As kept, but 0 for a sample that is left out.
fn value_or_zero(bits: u32, reads: u32, faults: u32, sample: Sample) -> u32 {
    let counted = kept(bits, reads, faults, sample);
    return select(counted, 0u, counted == OUTSIDE);
}

// Whether a sample has a finite score. Counts it if not, or if its score is flushed to zero.
fn has_score(faults: u32, sample: Sample) -> bool {
    let notes = sample.notes & READS_PREDICTION;
    let is_nonfinite = (notes & ANY_NONFINITE) != 0u;
    if is_nonfinite {
        count_fault(faults + FAULT_NONFINITE, sample.weight);
    } else if notes != 0u {
        add_to_state(faults + FAULT_UNDERFLOW, 1u, 0u);
    }
    return !is_nonfinite;
}

// Raises an unweighted and a weighted maximum in the state.
fn raise(entry: u32, bits: vec2<u32>) {
    let word = 2u * (base + entry);
    if bits.x > atomicLoad(&state[word]) {
        atomicMax(&state[word], bits.x);
    }
    if bits.y > atomicLoad(&state[word + 2u]) {
        atomicMax(&state[word + 2u], bits.y);
    }
}

// Counts samples that this pass has processed, of those that were converted and reduced for it.
fn count_processed(samples: u32) {
    if samples != 0u {
        add_to_state(ENTRY_PROCESSED, samples, 0u);
        if TAKES_FROM_OTHERS && (parameters.flags & IS_CONVERTED) != 0u {
            add_to_state(ENTRY_CONVERTED, 0u - samples, 0xffffffffu);
        }
        if TAKES_FROM_OTHERS && HAS_ROWS {
            add_to_state(ENTRY_REDUCED, 0u - samples, 0xffffffffu);
        }
    }
}

// Adds a weight and its square to their sums.
fn add_weight(weight: u32, row: u32, square_row: u32) {
    if weight != 0u {
        let m = mantissa(weight);
        add_single(row, exponent(weight) + VALUE_BIAS, m, false);
        add(square_row, 2u * exponent(weight) - PRODUCT_BIAS, multiply(m, m), false);
    }
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
    if lane == 0u {
        atomicStore(&group_processed, 0u);
    }
    for (var row = 0u; row < ROWS; row++) {
        limbs[row * GROUP + lane] = 0;
    }
    let samples = parameters.samples;
    // Before any loop, so that no cut can change it.
    if COUNTS_WEIGHTS && group.x == 0u && lane == 0u {
        add_to_state(ENTRY_DUE, samples, 0u);
    }
    let stride = groups.x * GROUP;
    begin(group.x * GROUP, stride);
    var quad = group.x * GROUP + lane;
    // Every thread runs the same number of rounds, so that all reach the barriers of a flush.
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
                processed += 1u;
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
    finish();
    // Samples count only once all work on them is done.
    if loops_are_whole() {
        atomicAdd(&group_processed, processed);
    }
    workgroupBarrier();
    if lane == 0u {
        count_processed(atomicLoad(&group_processed));
    }
}
