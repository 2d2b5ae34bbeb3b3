//! What fuzzing found worth keeping, told once more in every test run.

use std::path::Path;

use mapping::hostile::unroll;

#[test]
fn r3_5_every_series_of_the_corpus_comes_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/recurrence");
    let mut occurrences = 0;
    for file in std::fs::read_dir(folder).expect("a folder of the sources") {
        let file = file.expect("readable").path();
        let bytes = std::fs::read(&file).expect("readable");
        occurrences += unroll(&bytes).unwrap_or_default();
    }
    assert!(occurrences > 100, "only {occurrences} occurrences");
}
