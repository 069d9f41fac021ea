// Twin of src/kernel/bits.rs: an f32 taken apart, and the rules of underflow.

fn field(bits: u32) -> u32 {
    return (bits >> 23u) & 0xffu;
}

fn magnitude(bits: u32) -> u32 {
    return bits & 0x7fffffffu;
}

fn nonfinite(bits: u32) -> bool {
    return field(bits) == FIELD_MAX;
}

fn flushed(bits: u32) -> u32 {
    return select(bits, 0u, field(bits) == 0u);
}

fn flush_result(bits: u32) -> u32 {
    return select(bits, 0u, field(bits) < MIN_RESULT_EXPONENT);
}

fn subnormal(bits: u32) -> bool {
    return field(bits) == 0u && magnitude(bits) != 0u;
}

fn ordered(bits: u32) -> u32 {
    return select(bits | 0x80000000u, ~bits, bits >> 31u == 1u);
}

// Set by the kernel, before anything else, to a zero that it reads from a storage buffer. A uniform
// would not do: lavapipe compiles a shader anew with the values of uniforms where that halves it,
// as it can a long value whose barriers are gone.
var<private> zero: u32;

// The bits of the result of one operation. The zero is known at run time only, so no compiler can
// see through it to fuse, fold or reassociate this operation with the next.
fn rounded(x: f32) -> u32 {
    return bitcast<u32>(x) ^ zero;
}

fn number(bits: u32) -> f32 {
    return bitcast<f32>(bits);
}

fn difference(prediction: u32, truth: u32) -> u32 {
    let d = rounded(number(prediction) - number(truth));
    let small = select(UNDERFLOW, 0u, prediction == truth);
    return select(d, small, field(d) < MIN_RESULT_EXPONENT);
}

fn square(x: u32) -> u32 {
    let squared = rounded(number(x) * number(x));
    let small = select(UNDERFLOW, 0u, magnitude(x) == 0u);
    return select(squared, small, field(x) < FIELD_SQUARE);
}

fn mantissa(bits: u32) -> u32 {
    return (bits & 0x7fffffu) | select(0x800000u, 0u, field(bits) == 0u);
}
