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

// What some elements of a sample's row of truths or outputs say.
struct Part {
    flags: u32,
    // The number of elements of a one-hot row that are 1.
    ones: u32,
    // The largest element, of a one-hot row or a soft truth, and its first label.
    largest: u32,
    label: u32,
}

fn no_part() -> Part {
    return Part(0u, 0u, 0u, NO_CLASS);
}

// Whether samples have rows that are scanned.
fn reads_rows() -> bool {
    return has(ONE_HOT | WHOLE) || (has(SOFT) && has(HAS_IGNORED | HAS_CLASS_WEIGHTS));
}

// Scans every `step`-th element of a sample's row.
fn scanned(sample: u32, start: u32, step: u32) -> Part {
    if has(WHOLE) {
        return scanned_outputs(sample, start, step);
    }
    return scanned_classes(index_of(TRUTH, sample), start, step);
}

// Scans elements of a one-hot row or of a soft truth.
fn scanned_classes(first: u32, start: u32, step: u32) -> Part {
    var part = no_part();
    for (var label = start; label < parameters.classes; label += step) {
        var x = 0u;
        if has(ONE_HOT) {
            x = class_of(TRUTH, element(TRUTH, first + label));
            part.flags |= select(0u, PART_NOT_LABEL, x > 1u);
            part.ones += select(0u, 1u, x == 1u);
        } else {
            x = flushed(float_of(TRUTH, first + label));
        }
        if x > part.largest && x <= ONE {
            part.largest = x;
            part.label = label;
        }
    }
    return part;
}

// Scans outputs of an exact-match sample.
fn scanned_outputs(sample: u32, start: u32, step: u32) -> Part {
    let first_score = index_of(PREDICTION, sample);
    let first_label = index_of(TRUTH, sample);
    var part = no_part();
    for (var output = start; output < parameters.outputs; output += step) {
        let score = float_of(PREDICTION, first_score + output);
        let bits = element(TRUTH, first_label + output);
        let label = class_of(TRUTH, bits);
        if is_ignored(bits, label) {
            continue;
        }
        let positive = select(0u, 1u, ordered(flushed(score)) > parameters.threshold);
        part.flags |= PART_COUNTS
            | select(0u, PART_NONFINITE, nonfinite(score))
            | select(0u, PART_OUTSIDE, has(NEEDS_PROBABILITIES) && flushed(score) > ONE)
            | select(0u, PART_WRONG, positive != label)
            | select(0u, PART_NOT_LABEL, label > 1u);
    }
    return part;
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

// Adds to an entry of this output in the state.
fn add_to_entry(entry: u32, number: u32) {
    let word = 2u * (parameters.base + entry);
    if atomicAdd(&state[word], number) > 0xffffffffu - number {
        atomicAdd(&state[word + 1u], 1u);
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
            add_to_entry(ENTRY_SMALL_WEIGHT, 1u);
        }
        return combined;
    }
    return weight;
}

// What a whole row says.
struct Row {
    // The class of a one-hot row or a soft truth.
    label: u32,
    flags: u32,
}

fn row_of(part: Part) -> Row {
    var label = part.label;
    if has(ONE_HOT) && (part.ones != 1u || (part.flags & PART_NOT_LABEL) != 0u) {
        label = NO_CLASS;
    } else if has(SOFT) && part.largest == 0u {
        label = 0u;
    }
    return Row(label, part.flags);
}

fn is(row: Row, flag: u32) -> bool {
    return (row.flags & flag) != 0u;
}

// Converts an exact-match sample: its label is 1, and 1 is predicted if all of its labels are
// correct.
fn convert_whole(sample: u32, row: Row) {
    var prediction = select(ONE, 0u, is(row, PART_WRONG));
    prediction = select(prediction, PREDICTION_OUTSIDE, is(row, PART_OUTSIDE));
    made[parameters.prediction_at + sample] = select(prediction, OUTSIDE, is(row, PART_NONFINITE));
    made[parameters.truth_at + sample] = select(1u, NO_CLASS, is(row, PART_NOT_LABEL));
    made[parameters.weight_at + sample] = weight_of(sample, NO_CLASS, !is(row, PART_COUNTS));
}

fn convert(sample: u32, row: Row) {
    if has(WHOLE) {
        convert_whole(sample, row);
        return;
    }
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
            label = row.label;
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
            label = row.label;
            ignored = is_ignored(0u, label);
        }
    } else if has(MAKES_TRUTH) && parameters.truth_words == 0u {
        made[parameters.truth_at + sample] = float_of(TRUTH, index);
    }
    if has(MAKES_WEIGHT) {
        made[parameters.weight_at + sample] = weight_of(sample, label, ignored);
    }
}

// Number of samples that this thread has converted, and its workgroup.
var<private> converted: u32;
var<workgroup> group_converted: atomic<u32>;

// Called by all threads of a workgroup before they convert samples.
fn begin(lane: u32) {
    zero = atomicLoad(&state[2u * ENTRY_ZERO]);
    if lane == 0u {
        atomicStore(&group_converted, 0u);
    }
    workgroupBarrier();
}

// Counts the converted samples, once all work on them is done. Called by all threads.
fn finish(lane: u32) {
    if loops_are_whole() {
        atomicAdd(&group_converted, converted);
    }
    workgroupBarrier();
    if lane == 0u {
        add_to_entry(ENTRY_CONVERTED, atomicLoad(&group_converted));
    }
}

// Converts the words of rows of numbers.
fn convert_words(thread: u32, stride: u32) {
    for (var at = thread; at < parameters.prediction_words; at += stride) {
        let bits = float_of(PREDICTION, parameters.columns[PREDICTION].start + at);
        made[parameters.prediction_at + at] = bits;
    }
    for (var at = thread; at < parameters.truth_words; at += stride) {
        let bits = float_of(TRUTH, parameters.columns[TRUTH].start + at);
        made[parameters.truth_at + at] = bits;
    }
}
