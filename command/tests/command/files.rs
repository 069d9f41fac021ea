//! Files that are missing, damaged, or of the wrong format.

use crate::Folder;
use crate::write::batch;
use arrow_array::{ArrayRef, Float64Array};
use arrow_ipc::CompressionType;
use npyz::Order;
use std::sync::Arc;

const DATA: &str = "yhat,y,w\n1,0,1\n";

#[test]
fn files_that_cannot_be_opened_are_named() {
    let folder = Folder::new("unopened");
    folder.write("data.csv", "p,t\n1,2\n").write("data.xlsx", DATA).write("data", DATA);
    let sentence = folder.evaluate(&["data.csv", "absent.csv"]).refused();
    assert_eq!(sentence, "cannot open absent.csv: no such file or directory");
    assert_eq!(folder.evaluate(&["."]).refused(), ". is a directory: name the files in it");
    for file in ["data.xlsx", "data"] {
        assert_eq!(
            folder.evaluate(&[file]).refused(),
            format!(
                "{file} has an unknown extension: expected .csv, .parquet, .arrow, .ipc, .feather, \
                 .npy or .npz"
            )
        );
    }
}

#[cfg(unix)]
#[test]
fn devices_are_refused() {
    let folder = Folder::new("device");
    std::os::unix::fs::symlink("/dev/null", folder.path("data.csv")).expect("a link");
    assert_eq!(
        folder.evaluate(&["data.csv"]).refused(),
        "data.csv is a pipe or a device: only regular files can be read, because they are read twice"
    );
}

#[test]
fn missing_columns_are_named_with_a_suggestion() {
    let folder = Folder::new("missing");
    folder.write("data.csv", DATA).write("twice.csv", "p,t,t\n1,2,3\n").write("empty.csv", "");
    let evaluate = |prediction, truth| {
        let roles = ["--prediction", prediction, "--truth", truth];
        folder.run(&[&["evaluate", "data.csv", "--task", "regression"], &roles[..]].concat())
    };
    assert_eq!(
        evaluate("y_hat", "y").refused(),
        "data.csv has no column \"y_hat\" for the prediction (did you mean \"yhat\"?): it has \
         \"yhat\", \"y\", \"w\""
    );
    assert_eq!(
        evaluate("yhat", "label").refused(),
        "data.csv has no column \"label\" for the truth: it has \"yhat\", \"y\", \"w\""
    );
    assert_eq!(
        folder.evaluate(&["twice.csv"]).refused(),
        "twice.csv has 2 columns named \"t\", so the truth is ambiguous"
    );
    assert_eq!(
        folder.evaluate(&["empty.csv"]).refused(),
        "cannot read empty.csv as CSV: it is empty, without even a header line"
    );
    for separator in [';', '\t', '|'] {
        folder.write("data.csv", DATA.replace(',', &separator.to_string()));
        assert_eq!(
            folder.evaluate(&["data.csv"]).refused(),
            format!(
                "cannot read data.csv as CSV: its header contains {separator:?} but no comma: columns \
                 must be separated by commas"
            )
        );
    }
    let wide: Vec<_> = (0..20).map(|index| format!("c{index}")).collect();
    folder.write("wide.csv", wide.join(",") + "\n");
    let sentence = folder.evaluate(&["wide.csv"]).refused();
    assert!(sentence.ends_with("\"c10\", \"c11\" and 8 more"), "{sentence}");
}

#[test]
fn rows_of_the_wrong_length_are_named() {
    let folder = Folder::new("ragged");
    for (row, fields) in [("3", "1 field"), ("3,4,5", "3 fields")] {
        folder.write("data.csv", format!("p,t\n1,2\n{row}\n"));
        assert_eq!(
            folder.evaluate(&["data.csv"]).refused(),
            format!("cannot read data.csv as CSV: line 3 has {fields}, but the header has 2")
        );
    }
    folder.write("data.csv", b"p,t\n1,\xff\n");
    assert_eq!(
        folder.evaluate(&["data.csv"]).refused(),
        "cannot read data.csv as CSV: line 2 is not UTF-8"
    );
    folder.write("data.csv", b"p\xff,t\n1,2\n");
    assert_eq!(
        folder.evaluate(&["data.csv"]).refused(),
        "cannot read data.csv as CSV: line 1 is not UTF-8"
    );
}

/// Numbers that do not compress well.
fn numbers() -> Vec<f64> {
    (0..2000).map(|index| f64::from(index * 7919 % 2003) + 0.37).collect()
}

#[test]
fn damaged_files_are_refused() {
    let folder = Folder::new("damaged");
    let column: ArrayRef = Arc::new(Float64Array::from(numbers()));
    let table = batch(vec![("p", column.clone()), ("t", column)]);
    folder.write_parquet("whole.parquet", &table);
    folder.write_ipc_file("whole.arrow", &table);
    folder.write_ipc_stream("whole.ipc", &table);
    drop(folder.npz("whole.npz").array("p", &[2000], &numbers()).array("t", &[2000], &numbers()));
    for (extension, format) in
        [("parquet", "Parquet"), ("arrow", "Arrow IPC"), ("ipc", "Arrow IPC"), ("npz", "NPZ")]
    {
        let whole = std::fs::read(folder.path(&format!("whole.{extension}"))).expect("a file");
        let file = format!("data.{extension}");
        folder.write(&file, &whole);
        folder.evaluate(&[&file]).printed();
        let start = format!("cannot read {file} as {format}: ");
        let len = whole.len();
        for cut in [0, 1, 7, len / 3, len * 2 / 3, len - 100, len - 6] {
            folder.write(&file, &whole[..cut]);
            let sentence = folder.evaluate(&[&file]).refused();
            assert!(sentence.starts_with(&start), "{cut} bytes: {sentence}");
        }
        folder.write(&file, DATA);
        let sentence = folder.evaluate(&[&file]).refused();
        assert!(sentence.starts_with(&start), "{sentence}");
    }
    for (start, format) in [
        (&b"\x1f\x8b\x08"[..], "a gzip file: decompress it"),
        (b"PAR1", "a Parquet file: rename it to .parquet"),
        (b"\xff\xfep\0", "UTF-16 text: save it as UTF-8"),
    ] {
        folder.write("data.csv", start);
        assert_eq!(
            folder.evaluate(&["data.csv"]).refused(),
            format!("cannot read data.csv as CSV: it begins like {format}")
        );
    }
    folder.write("data.arrow", "ARROW1");
    assert_eq!(
        folder.evaluate(&["data.arrow"]).refused(),
        "cannot read data.arrow as Arrow IPC: the file is truncated"
    );
    folder.write("data.feather", "FEA1, of 2016");
    assert_eq!(
        folder.evaluate(&["data.feather"]).refused(),
        "cannot read data.feather as Arrow IPC: it is Feather version 1: convert it to version 2"
    );
    // One changed bit in the data, or in the checksum in the directory at the end.
    let whole = std::fs::read(folder.path("whole.npz")).expect("a file");
    let mut entries = whole.windows(4).enumerate().filter(|(_, bytes)| bytes == b"PK\x01\x02");
    let (entry, _) = entries.next().expect("a directory");
    for place in [1000, entry + 16] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        folder.write("data.npz", changed);
        let sentence = folder.evaluate(&["data.npz"]).refused();
        assert!(sentence.starts_with("cannot read data.npz as NPZ: "), "{place}: {sentence}");
    }
}

/// Lengths in Arrow IPC that are far too large: no memory is allocated for them.
#[test]
fn impossible_lengths_are_refused() {
    let folder = Folder::new("lengths");
    let column: ArrayRef = Arc::new(Float64Array::from(vec![1.0; 2000]));
    let table = batch(vec![("p", column.clone()), ("t", column)]);
    for codec in [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)] {
        folder.write_compressed_ipc_file("file.arrow", &table, codec);
        folder.write_compressed_ipc_stream("stream.arrow", &table, codec);
        for whole in ["file.arrow", "stream.arrow"] {
            folder.evaluate(&[whole]).printed();
            let mut bytes = std::fs::read(folder.path(whole)).expect("a file");
            // The length of a record batch is before it and, in a file, at its end; the length of a
            // compressed column is before the column.
            let true_length = if codec.is_none() { 2 * 16_000_u64 } else { 16_000 };
            let places = bytes.windows(8).enumerate();
            let places = places.filter(|(_, length)| *length == true_length.to_le_bytes());
            let mut places = places.map(|(place, _)| place);
            let place = if codec.is_none() { places.next_back() } else { places.next() };
            let place = place.expect("the length");
            bytes[place..place + 8].copy_from_slice(&(1_u64 << 62).to_le_bytes());
            folder.write("data.arrow", &bytes);
            let sentence = folder.evaluate(&["data.arrow"]).refused();
            let start = "cannot read data.arrow as Arrow IPC: a ";
            let reason = sentence.strip_prefix(start).expect("a reason");
            match codec {
                None => assert_eq!(reason, "record batch extends beyond the end of the file"),
                _ => {
                    assert!(reason.ends_with(" length of 4611686018427387904 bytes"), "{reason}");
                }
            }
        }
    }
}

#[test]
fn damaged_arrays_are_refused() {
    let folder = Folder::new("damaged-arrays");
    folder.write_npy("whole.npy", &[1000, 2], Order::C, &numbers());
    let whole = std::fs::read(folder.path("whole.npy")).expect("a file");
    let evaluate = |file| {
        let roles = ["--prediction", "0", "--truth", "1"];
        folder.run(&[&["evaluate", file, "--task", "regression"], &roles[..]].concat())
    };
    evaluate("whole.npy").printed();
    folder.write("data.npy", &whole[..whole.len() - 1]);
    assert_eq!(
        evaluate("data.npy").refused(),
        "cannot read data.npy as NPY: the file is truncated"
    );
    folder.write("data.npy", DATA);
    assert_eq!(
        evaluate("data.npy").refused(),
        "cannot read data.npy as NPY: it begins like text: if it is CSV, rename it to .csv"
    );
    folder.write_npy("data.npy", &[10, 10, 10], Order::C, &numbers()[..1000]);
    assert_eq!(
        evaluate("data.npy").refused(),
        "cannot read data.npy as NPY: its array has 3 dimensions instead of 1 or 2"
    );
    folder.write_npy("data.npy", &[1, 70_000], Order::C, &[0.0; 70_000]);
    assert_eq!(
        evaluate("data.npy").refused(),
        "cannot read data.npy as NPY: its array has 70000 columns, more than 65536"
    );
    folder.write_npy("data.npy", &[2000], Order::C, &numbers());
    assert_eq!(
        evaluate("data.npy").refused(),
        "data.npy has no column \"1\" for the truth: it has \"0\""
    );
}

#[test]
fn arrays_of_the_wrong_shape_are_refused() {
    let folder = Folder::new("no-columns");
    let x = [1.0, 2.0, 3.0, 4.0];
    drop(folder.npz("data.npz").array("p", &[4], &x).array("t", &[3], &x[..3]));
    assert_eq!(
        folder.evaluate(&["data.npz"]).refused(),
        "data.npz: column \"p\" has 4 rows, but column \"t\" has 3"
    );
    drop(folder.npz("data.npz").array("p", &[4], &x).array("t", &[2, 2], &x));
    assert_eq!(
        folder.evaluate(&["data.npz"]).refused(),
        "data.npz: column \"p\" has 4 rows, but column \"t\" has 2"
    );
    drop(folder.npz("data.npz").array("p", &[2], &x[..2]).array("t", &[2, 2], &x));
    assert_eq!(
        folder.evaluate(&["data.npz"]).refused(),
        "data.npz has 1 column for the prediction and 2 for the truth: the numbers must be equal"
    );
    drop(folder.npz("data.npz").array("p", &[4], &x).array("t", &[2, 2, 1], &x));
    assert_eq!(
        folder.evaluate(&["data.npz"]).refused(),
        "data.npz, column \"t\": it contains an array of shape [2, 2, 1], but the truth must be numbers"
    );
}
