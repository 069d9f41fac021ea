// Exact sums of values.

// Adds a value from `value_or_zero` to its sum, and its product with the weight to the weighted
// sum.
fn add_value(bits: u32, row: u32, weighted_row: u32, weight: u32) {
    if magnitude(bits) != 0u {
        let negative = bits >> 31u == 1u;
        add_single(row, field(bits) + VALUE_BIAS, mantissa(bits), negative);
        if weight != 0u {
            let position = field(bits) + exponent(weight) - PRODUCT_BIAS;
            add(weighted_row, position, multiply(mantissa(bits), mantissa(weight)), negative);
        }
    }
}
