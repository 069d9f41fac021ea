// Twin of src/kernel/uniform_bin.rs: the bin of a probability among bins of equal width over [0,
// 1], whose ends are rounded as probabilities are.

fn uniform_bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150u - field(probability);
    let unit = 1u << (shift & 31u);
    let index = select(product >> (shift & 31u), 0u, shift > 31u);
    // The distance from the next bin. An ulp of p is `bins` of its units.
    let missing = unit - (product & (unit - 1u));
    let reaches = shift <= 31u && missing <= (bins - 1u) / 2u;
    let reached = select(index, index + 1u, reaches);
    return min(reached, bins - 1u);
}
