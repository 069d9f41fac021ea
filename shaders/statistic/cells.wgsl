// Exact sums per cell. Each sample is added to one of many cells.
//
// A sum is a table of limbs of radix 2^16. If the cells of a pass fit workgroup memory, they are
// kept there, shared by its threads, and added to the state before a limb of 32 bits can overflow.
// Otherwise they are added to the state directly.

var<workgroup> cells: array<atomic<u32>, CELLS_TOTAL>;

fn add_to_cell(entry: u32, amount: u32) {
    let word = entry - FIRST_CELL;
    if amount != 0u {
        if word < CELL_WORDS {
            atomicAdd(&cells[word], amount);
        } else {
            add_to_state(entry, amount, 0u);
        }
    }
}

// Adds an integer of 48 bits, times 2^position, to the table that starts at an entry.
fn add_wide_to_cell(entry: u32, position: u32, integer: Wide) {
    let limb = entry + position / CELL_BITS;
    let shift = position % CELL_BITS;
    let bits = integer.low | (integer.high << 24u);
    let low = bits << shift;
    let high = ((integer.high >> 8u) << shift) | ((bits >> 1u) >> (31u - shift));
    add_to_cell(limb, low & 0xffffu);
    add_to_cell(limb + 1u, low >> 16u);
    add_to_cell(limb + 2u, high & 0xffffu);
    add_to_cell(limb + 3u, high >> 16u);
}

// Counts a sample and adds its weight.
fn count_in_cell(entry: u32, weight: u32) {
    add_to_cell(entry, 1u);
    if weight != 0u {
        let position = exponent(weight) + CELL_VALUE_BIAS;
        add_wide_to_cell(entry + 1u, position, Wide(mantissa(weight), 0u));
    }
}

// Adds a nonnegative value, and its product with the weight.
fn add_value_to_cell(entry: u32, bits: u32, weight: u32) {
    if bits != 0u {
        let m = mantissa(bits);
        add_wide_to_cell(entry, field(bits) + CELL_VALUE_BIAS, Wide(m, 0u));
        if weight != 0u {
            let position = field(bits) + exponent(weight) - PRODUCT_BIAS;
            add_wide_to_cell(entry + CELL_VALUE_LIMBS, position, multiply(m, mantissa(weight)));
        }
    }
}

// Converts a number to a class.
fn class_of(bits: u32) -> u32 {
    return u32(number(bits));
}

// Sets the cells of this workgroup to zero. Called by all its threads.
fn clear_cells() {
    for (var word = lane; word < CELL_WORDS; word += GROUP) {
        atomicStore(&cells[word], 0u);
    }
    workgroupBarrier();
}

// Adds the cells of this workgroup to the state, and sets them to zero. Called by all its threads.
fn flush_cells() {
    workgroupBarrier();
    for (var word = lane; word < CELL_WORDS; word += GROUP) {
        let amount = atomicExchange(&cells[word], 0u);
        if amount != 0u {
            add_to_state(FIRST_CELL + word, amount, 0u);
        }
    }
    workgroupBarrier();
}
