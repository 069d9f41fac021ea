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
