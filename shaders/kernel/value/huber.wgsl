// Twin of src/kernel/value/huber.rs: d^2 / 2 for |d| <= delta, then delta (|d| - delta / 2).
fn huber(prediction: u32, truth: u32, parameter: u32) -> u32 {
    let d = magnitude(difference(prediction, truth));
    let squared = square(d);
    let quadratic = rounded(number(squared) * 0.5);
    let half = rounded(number(parameter) * 0.5);
    let excess = rounded(number(d) - number(half));
    let linear = rounded(number(parameter) * number(excess));
    let inner = select(quadratic, squared, squared <= 1u);
    return select(linear, inner, d <= parameter);
}
