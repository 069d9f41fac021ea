// Rows of scores with one true class each: the scan and the sums of row_reduce.wgsl.

alias Extremes = ScoreExtremes;
alias Sums = ScoreSums;

fn no_extremes() -> Extremes {
    return no_score_extremes();
}

fn scan(extremes: Extremes, place: u32, label: u32) -> Extremes {
    return look_at_score(extremes, place, label);
}

fn merge_scans(a: Extremes, b: Extremes) -> Extremes {
    return both_score_extremes(a, b);
}

fn both_sums(a: Sums, b: Sums) -> Sums {
    return both_score_sums(a, b);
}

fn prepare(extremes: Extremes, index: u32, there: bool) -> Known {
    var truth = NO_CLASS;
    if there && truths[index] < CLASSES {
        truth = truths[index];
    }
    return prepare_scores(extremes, index * CLASSES, truth);
}

fn add_element(sums: Sums, known: Known, place: u32, label: u32) -> Sums {
    return add_score(sums, known, place, label);
}

fn finish_row(known: Known, sums: Sums) -> RowSummary {
    return finish_score_row(known, sums);
}
