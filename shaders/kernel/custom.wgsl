// Twin of src/kernel/value/custom.rs: the result of a custom value, normalized like the results of
// built-in values.

fn canonical(bits: u32, never_negative: bool) -> u32 {
    let result = flush_result(bits);
    let nan = magnitude(bits) > FIELD_MAX << 23u;
    let negative = never_negative & (result >> 31u == 1u);
    return select(result, OUTSIDE, nan | negative);
}
