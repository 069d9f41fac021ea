// Twin of src/kernel/uniform_bin.rs: the bin of a probability among bins of equal width over [0,
// 1].

fn uniform_bin(probability: u32, bins: u32) -> u32 {
    // p is mantissa / 2^shift, and at most 1.
    let product = mantissa(probability) * bins;
    let shift = 150u - field(probability);
    let index = select(product >> (shift & 31u), 0u, shift > 31u);
    return min(index, bins - 1u);
}
