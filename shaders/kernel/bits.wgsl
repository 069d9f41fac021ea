// Twin of src/kernel/bits.rs: the fields of an f32, and the rules of underflow.

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

fn finite_or_zero(bits: u32) -> u32 {
    return select(flushed(bits), 0u, nonfinite(bits));
}

fn flush_result(bits: u32) -> u32 {
    return select(bits, 0u, field(bits) < MIN_RESULT_EXPONENT);
}

fn subnormal(bits: u32) -> bool {
    return (field(bits) == 0u) & (magnitude(bits) != 0u);
}

fn ordered(bits: u32) -> u32 {
    return select(bits | 0x80000000u, ~bits, bits >> 31u == 1u);
}

// The kernel first sets this to a zero that it reads from a storage buffer. A uniform does not
// work: lavapipe recompiles a shader with the values of its uniforms if that halves it, which is
// possible for a long value without barriers.
var<private> zero: u32;

// The bits of the result of one operation. The zero is known only at run time, so a compiler cannot
// fuse, fold or reassociate this operation with the next.
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

// Whether no loop of this thread was cut. lavapipe gives all loops of a thread 65,535 steps
// together, and runs every later loop once: so this loop, which has two, tells.
fn loops_are_whole() -> bool {
    var steps = 0u;
    for (; steps < 2u + zero; steps++) {}
    return steps == 2u;
}
