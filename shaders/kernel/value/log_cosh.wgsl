// Twin of src/kernel/value/log_cosh.rs: ln(cosh(prediction - truth)).
fn log_cosh(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let d = difference(prediction, truth);
    return ln_cosh(d);
}
