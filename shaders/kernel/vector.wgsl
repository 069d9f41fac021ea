// Twin of src/kernel/vector.rs: sums over the elements of a row of predictions and a row of truths.
// An integer of 128 bits is four words, the lowest first.

// `units` is (low word, high word); a shift is below 104.
fn placed(units: vec2<u32>, shift: i32) -> vec4<u32> {
    let down = u32(min(-min(shift, 0), 63));
    let part = down & 31u;
    let crossing = (units.y << 1u) << (31u - part);
    let near = vec2<u32>((units.x >> part) | crossing, units.y >> part);
    let far = vec2<u32>(units.y >> part, 0u);
    let kept = select(near, far, down > 31u);
    let up = u32(max(shift, 0));
    let bits = up & 31u;
    let low = kept.x << bits;
    let middle = (kept.y << bits) | ((kept.x >> 1u) >> (31u - bits));
    let high = (kept.y >> 1u) >> (31u - bits);
    let words = up >> 5u;
    let by_none = vec4<u32>(low, middle, high, 0u);
    let by_one = vec4<u32>(0u, low, middle, high);
    let by_two = vec4<u32>(0u, 0u, low, middle);
    let by_three = vec4<u32>(0u, 0u, 0u, low);
    return select(
        select(by_three, by_two, words == 2u),
        select(by_one, by_none, words == 0u),
        words < 2u,
    );
}

fn sum_of_units(a: vec4<u32>, b: vec4<u32>) -> vec4<u32> {
    var sum = a + b;
    var carry = select(0u, 1u, sum.x < a.x);
    for (var word = 1u; word < 4u; word++) {
        let without = sum[word];
        sum[word] = without + carry;
        carry = select(0u, 1u, (without < a[word]) | (sum[word] < carry));
    }
    return sum;
}

fn opposite(units: vec4<u32>) -> vec4<u32> {
    return sum_of_units(~units, vec4<u32>(1u, 0u, 0u, 0u));
}

fn signed(units: vec4<u32>, sign: u32) -> vec4<u32> {
    return select(units, opposite(units), sign >> 31u == 1u);
}

// The product of two mantissas: low word, high word.
fn product_of(a: u32, b: u32) -> vec2<u32> {
    let high = (a >> 12u) * (b >> 12u);
    let cross = (a >> 12u) * (b & 0xfffu) + (a & 0xfffu) * (b >> 12u);
    let low = (a & 0xfffu) * (b & 0xfffu);
    let lower = low + (cross << 12u);
    let lowest = lower + (high << 24u);
    let carries = select(0u, 1u, lower < low) + select(0u, 1u, lowest < lower);
    return vec2<u32>(lowest, (high >> 8u) + (cross >> 20u) + carries);
}

fn placed_product(a: u32, b: u32, largest: u32) -> vec4<u32> {
    let units = product_of(mantissa(a), mantissa(b));
    let exponent = field(a) + field(b) + PRODUCT_SHIFT;
    return signed(placed(units, bitcast<i32>(exponent - largest)), a ^ b);
}

fn placed_number(x: u32, field_of_unit: u32) -> vec4<u32> {
    return placed(vec2<u32>(mantissa(x), 0u), bitcast<i32>(field(x) - field_of_unit));
}

fn divergence_term(prediction: u32, truth: u32) -> vec4<u32> {
    let deviance = poisson_deviance(prediction, truth, 0u);
    let half = placed_number(select(deviance, 0u, deviance == UNDERFLOW), HALF_FIELD);
    let less = opposite(placed_number(prediction, NUMBER_FIELD));
    let difference = sum_of_units(placed_number(truth, NUMBER_FIELD), less);
    return sum_of_units(half, difference);
}

fn number_of_units(units: vec4<u32>) -> u32 {
    let sign = units.w & SIGN;
    let size = signed(units, sign);
    // The units, shifted so that their leading bit is in the highest word, and whether any bit
    // below that word is set.
    var words = size;
    var above = 96u;
    for (var step = 0u; step < 3u; step++) {
        let empty = words.w == 0u;
        words = select(words, vec4<u32>(0u, words.xyz), empty);
        above -= select(0u, 32u, empty);
    }
    let zeros = countLeadingZeros(words.w) & 31u;
    let high = (words.w << zeros) | ((words.z >> 1u) >> (31u - zeros));
    let below = (words.z << zeros) | words.y | words.x;
    let odd = (high >> 8u) & 1u;
    let above_half = ((high & 0x7fu) != 0u) | (below != 0u) | (odd == 1u);
    let up = select(0u, 1u, ((high & 0x80u) != 0u) & above_half);
    let leading = above + 31u - zeros;
    let number = ((leading + 126u) << 23u) + (high >> 8u) + up;
    return select(number | sign, 0u, words.w == 0u);
}

fn total(units: vec4<u32>, unit: u32) -> u32 {
    let number = number_of_units(units);
    let total = scaled(number, 0u - unit);
    return select(total, 0u, number == 0u);
}

fn soft_loss(units: vec4<u32>, largest: u32) -> u32 {
    let number = number_of_units(units);
    let loss = scaled(number, field(largest) + field(ONE) - SOFT_LOSS_FIELDS);
    return select(loss, 0u, number == 0u);
}

fn is_probability(x: u32) -> bool {
    return x <= ONE;
}
