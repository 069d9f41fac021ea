// A truth that is a label, 0 or 1.

fn valid_truth(word: u32) -> bool {
    return word <= 1u;
}

fn regular_truth(word: u32) -> u32 {
    return select(0u, ONE, word == 1u);
}

fn truth_notes(word: u32) -> u32 {
    return 0u;
}
