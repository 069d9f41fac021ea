// Exact sums of products.

// Adds the exact product of two numbers, and its exact product with the weight.
fn add_moment(
    x: u32,
    y: u32,
    reads: u32,
    faults: u32,
    row: u32,
    weighted_row: u32,
    sample: Sample,
) {
    let notes = sample.notes & reads;
    let is_nonfinite = (notes & ANY_NONFINITE) != 0u;
    let is_large = field(x) >= FIELD_LIMIT || field(y) >= FIELD_LIMIT;
    // Zero, or too small.
    let vanishes = field(x) < FIELD_MOMENT || field(y) < FIELD_MOMENT;
    let is_tiny = (field(x) < FIELD_MOMENT && magnitude(x) != 0u)
        || (field(y) < FIELD_MOMENT && magnitude(y) != 0u);
    if is_nonfinite || is_large {
        let fault = select(FAULT_OVERFLOW, FAULT_NONFINITE, is_nonfinite);
        count_fault(faults + fault, sample.weight);
    } else {
        if notes != 0u || is_tiny {
            add_to_state(faults + FAULT_UNDERFLOW, 1u, 0u);
        }
        if !vanishes {
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
    }
}
