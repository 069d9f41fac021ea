// Twin of src/kernel/value/hinge.rs: max(0, 1 - s) where the truth is 1, else max(0, 1 + s).
fn hinge(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let flip = select(0u, 0x80000000u, truth == ONE);
    let margin = rounded(1.0 + number(prediction ^ flip));
    return select(margin, 0u, margin >> 31u == 1u);
}
