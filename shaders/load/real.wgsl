// A truth that is a real number.

fn valid_truth(word: u32) -> bool {
    return true;
}

fn regular_truth(word: u32) -> u32 {
    return regular(word);
}

fn truth_notes(word: u32) -> u32 {
    return notes_of(word, TRUTH_NONFINITE, TRUTH_SUBNORMAL);
}
