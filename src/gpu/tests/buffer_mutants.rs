//! Broken kernels. A comparison with the CPU engine must detect each of them.

/// A mutation: its description, the original text, and the broken one.
pub(in crate::gpu) type Mutant = (&'static str, &'static str, &'static str);

pub(in crate::gpu) const MUTANTS: &[Mutant] = &[
    ("the halves of a word are swapped", "16u * (at % 2u)", "16u - 16u * (at % 2u)"),
    ("bytes are read backwards", "8u * (at % 4u)", "24u - 8u * (at % 4u)"),
    (
        "strides are ignored",
        "index / column.row * column.stride",
        "index / column.row * column.row",
    ),
    ("rows begin anew", "+ index % column.row;", ";"),
    ("offsets are ignored", "let at = column.offset + ", "let at = "),
    (
        "sequences begin with a piece",
        "(sample + column.shift) / column.every",
        "sample / column.every",
    ),
    ("outputs come from the next sample", "column.start + (sample", "(sample"),
    (
        "subnormal halves are zero",
        "if fraction == 0u {\n        return sign;",
        "if true {\n        return sign;",
    ),
    ("halves have another bias", "exponent + 112u", "exponent + 111u"),
    ("infinite halves are finite", "sign | INFINITY |", "sign |"),
    ("bf16 are halves", "return bits << 16u;", "return widened(bits);"),
    ("negative labels are not", "bits >> 31u == 1u || fraction > 23u", "fraction > 23u"),
    ("labels are rounded", "((units >> fraction) << fraction) != units", "false"),
    ("booleans are numbers", "return select(0u, 1u, bits != 0u);", "return bits;"),
    ("rows with two ones are hot", "(one == 1u && found != NO_CLASS)", "false"),
    ("-0 is not the label 0", "(zeros && parameters.ignored == 0u)", "false"),
    ("an ignored class of rows counts", "has(ONE_HOT | SOFT) || ", ""),
    (
        "of classes as probable the last is the truth",
        "t > largest && t <= ONE",
        "t >= largest && t <= ONE",
    ),
    ("a value above 1 is the largest probability", "t > largest && t <= ONE", "t > largest"),
    ("soft truths have no classes", "label = soft_class(index);", ""),
    (
        "a class that is ignored counts where truths are soft",
        "ignored = is_ignored(0u, label);",
        "",
    ),
    ("invalid weights are multiplied", "of_class == ONE || !valid", "of_class == ONE"),
    (
        "tiny products stay",
        "(of_class));\n    return select(bits, 0u, field(bits) < MIN_RESULT_EXPONENT);",
        "(of_class));\n    return bits;",
    ),
    (
        "a mask deletes what counts",
        "index_of(MASK, sample)) != 0u",
        "index_of(MASK, sample)) == 0u",
    ),
    ("lengths are one more", "step < length", "step <= length"),
    ("no length is too long", "length > parameters.steps", "false"),
    ("weights that are NaN mask", "magnitude(given) > INFINITY", "false"),
    ("a label that is none is right", "truth = select(truth, NO_CLASS, label > 1u);", ""),
    ("one right label is enough", "prediction = 0u;\n        }\n", "}\n"),
    ("samples whose labels are all ignored count", "NO_CLASS, !counts", "NO_CLASS, false"),
    ("a score that is NaN is wrong", "if nonfinite(score) {", "if false {"),
    ("the ignored label of a whole counts", "            continue;\n", ""),
    (
        "class weights come from the next class",
        "class_weights[label]",
        "class_weights[(label + 1u) % parameters.classes]",
    ),
    (
        "the last sample is skipped",
        "sample < parameters.samples;",
        "sample + 1u < parameters.samples;",
    ),
    (
        "the last word of rows is skipped",
        "at < parameters.prediction_words;",
        "at + 1u < parameters.prediction_words;",
    ),
    (
        "the last word of rows of truths is skipped",
        "at < parameters.truth_words;",
        "at + 1u < parameters.truth_words;",
    ),
];
