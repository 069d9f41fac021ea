// Exact sums in workgroup memory.
//
// A sum is a table of limbs of radix 2^24, one column per thread: limb j of thread t is at (row +
// j) * GROUP + t, one bank per lane. A limb has 32 bits and is signed, so carries must be
// propagated after at most CARRY_SAMPLES samples.

var<workgroup> limbs: array<i32, LIMBS_TOTAL>;
var<private> lane: u32;

// 48 bits, in two halves of 24.
struct Wide {
    low: u32,
    high: u32,
}

// The exponent field; subnormals have the field of the smallest normal numbers.
fn exponent(bits: u32) -> u32 {
    return max(field(bits), 1u);
}

fn multiply(a: u32, b: u32) -> Wide {
    let a0 = a & 0xfffu;
    let a1 = a >> 12u;
    let b0 = b & 0xfffu;
    let b1 = b >> 12u;
    let middle = a0 * b1 + a1 * b0;
    let low = a0 * b0 + ((middle & 0xfffu) << 12u);
    return Wide(low & LIMB_MASK, a1 * b1 + (middle >> 12u) + (low >> LIMB_BITS));
}

// Adds an integer of 48 bits, times 2^position, to the table that starts at `row`.
fn add(row: u32, position: u32, integer: Wide, negative: bool) {
    let limb = position / LIMB_BITS;
    let shift = position - limb * LIMB_BITS;
    let back = LIMB_BITS - shift;
    let sign = select(1, -1, negative);
    let index = (row + limb) * GROUP + lane;
    let middle = (integer.low >> back) | (integer.high << shift);
    limbs[index] += sign * i32((integer.low << shift) & LIMB_MASK);
    limbs[index + GROUP] += sign * i32(middle & LIMB_MASK);
    limbs[index + 2u * GROUP] += sign * i32(integer.high >> back);
}

// Adds an integer of 24 bits, times 2^position.
fn add_single(row: u32, position: u32, integer: u32, negative: bool) {
    let limb = position / LIMB_BITS;
    let shift = position - limb * LIMB_BITS;
    let sign = select(1, -1, negative);
    let index = (row + limb) * GROUP + lane;
    limbs[index] += sign * i32((integer << shift) & LIMB_MASK);
    limbs[index + GROUP] += sign * i32(integer >> (LIMB_BITS - shift));
}

// Propagates carries within every table of this thread; the last limb of each keeps the rest.
fn carry_all() {
    var passed = 0;
    for (var row = 0u; row < ROWS; row++) {
        let index = row * GROUP + lane;
        let value = limbs[index] + passed;
        let last = ((LAST_LIMBS[row / 32u] >> (row % 32u)) & 1u) == 1u;
        passed = select(value >> LIMB_BITS, 0, last);
        limbs[index] = select(value & i32(LIMB_MASK), value, last);
    }
}

// Adds to a 64-bit entry of the state: low word, then high word with the carry.
fn add_to_state(entry: u32, low: u32, high: u32) {
    let word = 2u * (base + entry);
    let before = atomicAdd(&state[word], low);
    let carried = high + select(0u, 1u, before + low < before);
    if carried != 0u {
        atomicAdd(&state[word + 1u], carried);
    }
}

// Adds the sum of a row over all threads of the group to its state entry.
fn flush_row(row: u32) {
    var total = 0;
    for (var step = 0u; step < GROUP; step++) {
        total += limbs[row * GROUP + (lane + step) % GROUP];
    }
    if total != 0 {
        add_to_state(FIRST_ENTRY + row, u32(total), select(0u, 0xffffffffu, total < 0));
    }
}
