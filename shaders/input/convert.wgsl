// The kernel that converts columns of a caller's buffers to the engines' representation: numbers as
// f32, labels as classes, and effective weights. The other kernels read its output.

// One input: the location of its elements, and the elements that belong to a sample.
struct Column {
    dtype: u32,
    // The offset of its first row in the binding, in elements.
    offset: u32,
    // Elements per row, and the distance between rows in elements.
    row: u32,
    stride: u32,
    // Sample i has element start + (i + shift) / every * step.
    start: u32,
    step: u32,
    shift: u32,
    every: u32,
}

struct Parameters {
    samples: u32,
    // Which inputs are present, and what is computed from them.
    flags: u32,
    // The first entry of this output in the state.
    base: u32,
    // The number of classes.
    classes: u32,
    // Number of elements of an exact-match sample.
    outputs: u32,
    // Number of steps of a sequence.
    steps: u32,
    // The ignored label, encoded as an element of the truths.
    ignored: u32,
    // The ordered key of the largest score that is not positive.
    threshold: u32,
    // Words of the rows of numbers of all samples; 0 where a sample has one prediction or one
    // truth.
    prediction_words: u32,
    truth_words: u32,
    // Output offsets.
    prediction_at: u32,
    truth_at: u32,
    weight_at: u32,
    // Arrays in a uniform buffer start at multiples of 16 bytes.
    unused_x: u32,
    unused_y: u32,
    unused_z: u32,
    columns: array<Column, INPUTS>,
}

@group(0) @binding(0) var<storage, read> predictions: array<u32>;
@group(0) @binding(1) var<storage, read> truths: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> masks: array<u32>;
@group(0) @binding(4) var<storage, read> lengths: array<u32>;
@group(0) @binding(5) var<storage, read> class_weights: array<u32>;
@group(0) @binding(6) var<storage, read_write> made: array<u32>;
@group(0) @binding(7) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(8) var<uniform> parameters: Parameters;

fn has(flag: u32) -> bool {
    return (parameters.flags & flag) != 0u;
}

fn word(input: u32, at: u32) -> u32 {
    switch input {
        case PREDICTION: { return predictions[at]; }
        case TRUTH: { return truths[at]; }
        case WEIGHT: { return weights[at]; }
        case MASK: { return masks[at]; }
        default: { return lengths[at]; }
    }
}

// The bits of an element.
fn element(input: u32, index: u32) -> u32 {
    let column = parameters.columns[input];
    let at = column.offset + index / column.row * column.stride + index % column.row;
    switch column.dtype {
        case F16, BF16: { return (word(input, at / 2u) >> (16u * (at % 2u))) & 0xffffu; }
        case U8, BOOL: { return (word(input, at / 4u) >> (8u * (at % 4u))) & 0xffu; }
        default: { return word(input, at); }
    }
}

// The index of a sample's element, or of its first element if it has several.
fn index_of(input: u32, sample: u32) -> u32 {
    let column = parameters.columns[input];
    return column.start + (sample + column.shift) / column.every * column.step;
}

// Converts IEEE 754 half precision (16 bits) to f32, exactly.
fn widened(bits: u32) -> u32 {
    let sign = (bits >> 15u) << 31u;
    let exponent = (bits >> 10u) & 0x1fu;
    let fraction = bits & 0x3ffu;
    if exponent == 0x1fu {
        return sign | INFINITY | (fraction << 13u);
    }
    if exponent != 0u {
        return sign | ((exponent + 112u) << 23u) | (fraction << 13u);
    }
    if fraction == 0u {
        return sign;
    }
    let leading = firstLeadingBit(fraction);
    return sign | ((leading + 103u) << 23u) | ((fraction << (23u - leading)) & 0x7fffffu);
}

// Converts an element to f32 bits.
fn float_of(input: u32, index: u32) -> u32 {
    let bits = element(input, index);
    switch parameters.columns[input].dtype {
        case F16: { return widened(bits); }
        case BF16: { return bits << 16u; }
        default: { return bits; }
    }
}

// The integer value of a number.
fn whole(bits: u32) -> u32 {
    if magnitude(bits) == 0u {
        return 0u;
    }
    let fraction = 150u - field(bits);
    let units = mantissa(bits);
    if bits >> 31u == 1u || fraction > 23u || ((units >> fraction) << fraction) != units {
        return NO_CLASS;
    }
    return units >> fraction;
}

// Reads an element as a class or a sequence length.
fn class_of(input: u32, bits: u32) -> u32 {
    switch parameters.columns[input].dtype {
        case F32: { return whole(bits); }
        case BOOL: { return select(0u, 1u, bits != 0u); }
        default: { return bits; }
    }
}

// The class of a one-hot row.
fn hot(first: u32) -> u32 {
    var found = NO_CLASS;
    for (var label = 0u; label < parameters.classes; label++) {
        let one = class_of(TRUTH, element(TRUTH, first + label));
        if one > 1u || (one == 1u && found != NO_CLASS) {
            return NO_CLASS;
        }
        found = select(found, label, one == 1u);
    }
    return found;
}

// The class of a soft truth: the class with the largest probability.
fn soft_class(first: u32) -> u32 {
    var found = 0u;
    var largest = 0u;
    for (var label = 0u; label < parameters.classes; label++) {
        let t = flushed(float_of(TRUTH, first + label));
        if t > largest && t <= ONE {
            largest = t;
            found = label;
        }
    }
    return found;
}

fn is_ignored(bits: u32, label: u32) -> bool {
    if !has(HAS_IGNORED) {
        return false;
    }
    if has(ONE_HOT | SOFT) || parameters.columns[TRUTH].dtype == BOOL {
        return label == parameters.ignored;
    }
    let zeros = parameters.columns[TRUTH].dtype == F32 && magnitude(bits) == 0u;
    return bits == parameters.ignored || (zeros && parameters.ignored == 0u);
}

// A sample's weight times the weight of its class; see src/batch/class_weighting.rs.
fn product(weight: u32, of_class: u32) -> u32 {
    let valid = magnitude(weight) == 0u || (weight >> 31u == 0u && field(weight) < FIELD_LIMIT);
    if of_class == ONE || !valid {
        return weight;
    }
    if field(weight) == 0u || field(of_class) == 0u {
        return 0u;
    }
    let bits = bitcast<u32>(bitcast<f32>(weight) * bitcast<f32>(of_class));
    return select(bits, 0u, field(bits) < MIN_RESULT_EXPONENT);
}

fn count_small_weight() {
    let entry = 2u * (parameters.base + ENTRY_SMALL_WEIGHT);
    if atomicAdd(&state[entry], 1u) == 0xffffffffu {
        atomicAdd(&state[entry + 1u], 1u);
    }
}

// The effective weight of a sample of a class; MASKED if its truth is ignored.
fn weight_of(sample: u32, label: u32, ignored: bool) -> u32 {
    var weight = ONE;
    if has(HAS_WEIGHT) {
        let given = float_of(WEIGHT, index_of(WEIGHT, sample));
        weight = select(given, OUTSIDE, magnitude(given) > INFINITY);
    }
    var counts = !ignored;
    if has(HAS_MASK) {
        counts = counts && element(MASK, index_of(MASK, sample)) != 0u;
    }
    if has(HAS_LENGTHS) {
        let length = class_of(LENGTHS, element(LENGTHS, index_of(LENGTHS, sample)));
        let step = (sample + parameters.columns[LENGTHS].shift) % parameters.steps;
        counts = counts && step < length;
        weight = select(weight, OUTSIDE, length > parameters.steps);
    }
    if !counts {
        return MASKED;
    }
    if has(HAS_CLASS_WEIGHTS) && label < parameters.classes {
        let of_class = class_weights[label];
        let combined = product(weight, of_class);
        if magnitude(combined) == 0u && magnitude(weight) != 0u && of_class != 0u {
            count_small_weight();
        }
        return combined;
    }
    return weight;
}

// Converts an exact-match sample: its label is 1, and 1 is predicted if all of its labels are
// correct.
fn convert_whole(sample: u32) {
    let first_score = index_of(PREDICTION, sample);
    let first_label = index_of(TRUTH, sample);
    var prediction = ONE;
    var truth = 1u;
    var counts = false;
    for (var output = 0u; output < parameters.outputs; output++) {
        let score = float_of(PREDICTION, first_score + output);
        let bits = element(TRUTH, first_label + output);
        let label = class_of(TRUTH, bits);
        if is_ignored(bits, label) {
            continue;
        }
        counts = true;
        let positive = select(0u, 1u, ordered(flushed(score)) > parameters.threshold);
        if nonfinite(score) {
            prediction = OUTSIDE;
        } else if positive != label && prediction != OUTSIDE {
            prediction = 0u;
        }
        truth = select(truth, NO_CLASS, label > 1u);
    }
    made[parameters.prediction_at + sample] = prediction;
    made[parameters.truth_at + sample] = truth;
    made[parameters.weight_at + sample] = weight_of(sample, NO_CLASS, !counts);
}

fn convert(sample: u32) {
    if has(MAKES_PREDICTION) && parameters.prediction_words == 0u {
        let index = index_of(PREDICTION, sample);
        var prediction = 0u;
        if has(PREDICTION_IS_CLASS) {
            prediction = class_of(PREDICTION, element(PREDICTION, index));
        } else {
            prediction = float_of(PREDICTION, index);
        }
        made[parameters.prediction_at + sample] = prediction;
    }
    let index = index_of(TRUTH, sample);
    var label = NO_CLASS;
    var ignored = false;
    if has(TRUTH_IS_CLASS) {
        var bits = 0u;
        if has(ONE_HOT) {
            label = hot(index);
        } else {
            bits = element(TRUTH, index);
            label = class_of(TRUTH, bits);
        }
        ignored = is_ignored(bits, label);
        if has(MAKES_TRUTH) {
            made[parameters.truth_at + sample] = label;
        }
    } else if has(SOFT) {
        if has(HAS_IGNORED | HAS_CLASS_WEIGHTS) {
            label = soft_class(index);
            ignored = is_ignored(0u, label);
        }
    } else if has(MAKES_TRUTH) && parameters.truth_words == 0u {
        made[parameters.truth_at + sample] = float_of(TRUTH, index);
    }
    if has(MAKES_WEIGHT) {
        made[parameters.weight_at + sample] = weight_of(sample, label, ignored);
    }
}

@compute @workgroup_size(GROUP)
fn main(
    @builtin(global_invocation_id) thread: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
) {
    let stride = groups.x * GROUP;
    for (var at = thread.x; at < parameters.prediction_words; at += stride) {
        let bits = float_of(PREDICTION, parameters.columns[PREDICTION].start + at);
        made[parameters.prediction_at + at] = bits;
    }
    for (var at = thread.x; at < parameters.truth_words; at += stride) {
        let bits = float_of(TRUTH, parameters.columns[TRUTH].start + at);
        made[parameters.truth_at + at] = bits;
    }
    for (var sample = thread.x; sample < parameters.samples; sample += stride) {
        if has(WHOLE) {
            convert_whole(sample);
        } else {
            convert(sample);
        }
    }
}
