// Twin of src/kernel/binning.rs: the histogram bin of a score.

fn distance_bin(distance: u32, min_distance: u32, side: u32) -> u32 {
    let above = min(max(distance, min_distance), min_distance + DISTANCE_RANGE) - min_distance;
    return ((above >> 12u) * side) >> 16u;
}

fn probability_bin(score: u32, even: u32, side: u32) -> u32 {
    let p = select(min(score, ONE), 0u, score >> 31u == 1u);
    let evenly = min(u32(bitcast<f32>(times(p, whole(even)))), even - 1u);
    let upper = p >= HALF;
    let distance = select(p, minus(ONE, p), upper);
    let part = distance_bin(distance, MIN_PROBABILITY_DISTANCE, side);
    let mirrored = 2u * side - 1u - part;
    let by_distance = select(part, mirrored, upper);
    return evenly + select(by_distance, 0u, side == 0u);
}

fn logit_bin(score: u32, even: u32, side: u32) -> u32 {
    let size = magnitude(score);
    let z = (score & SIGN) | min(size, LOGIT_LIMIT);
    let scaled = times(plus(z, LOGIT_LIMIT), times(whole(even), LOGIT_PART));
    let evenly = min(u32(bitcast<f32>(scaled)), even - 1u);
    let part = distance_bin(size, MIN_LOGIT_DISTANCE, side);
    let mirrored = side - 1u - part;
    let by_distance = select(side + part, mirrored, score >> 31u == 1u);
    return evenly + select(by_distance, 0u, side == 0u);
}
