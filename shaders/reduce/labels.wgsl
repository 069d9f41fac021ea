// Rows of scores beside one class each: what teams.wgsl looks for and adds up.

alias Extremes = ScoreExtremes;
alias Sums = ScoreSums;

fn no_extremes() -> Extremes {
    return no_score_extremes();
}

fn look(extremes: Extremes, place: u32, label: u32) -> Extremes {
    return look_at_score(extremes, place, label);
}

fn both_extremes(a: Extremes, b: Extremes) -> Extremes {
    return both_score_extremes(a, b);
}

fn both_sums(a: Sums, b: Sums) -> Sums {
    return both_score_sums(a, b);
}

fn known_of(extremes: Extremes, index: u32, there: bool) -> Known {
    var truth = NO_CLASS;
    if there && truths[index] < CLASSES {
        truth = truths[index];
    }
    return known_of_scores(extremes, index * CLASSES, truth);
}

fn add_element(sums: Sums, known: Known, place: u32, label: u32) -> Sums {
    return add_score(sums, known, place, label);
}

fn finished(known: Known, sums: Sums) -> Row {
    return finished_row(known, sums);
}
