//! Searching what panes showed.

use std::path::Path;
use std::time::Instant;

use orchestra::replay::Recording;
use orchestra::replay::search::{Progress, Query, Search};

/// A text and a pattern that are nowhere: with hits it ends at the most that are asked for.
pub fn measure(dir: &Path) {
    let recording = Recording::open(dir).expect("a session");
    for (what, query) in [
        ("a text that is nowhere", Query::text("zebra crossing")),
        ("a pattern", Query::regex("[Ee]rror: .*failed")),
    ] {
        let search = Search::of(&recording, None, 200).expect("a search");
        let (began, bytes) = (Instant::now(), search.bytes());
        let found = search.run(&query.expect("a query"), &Progress::default(), &|_| {}).expect("a search");
        let speed = bytes as f64 / 1e6 / began.elapsed().as_secs_f64();
        let hits = found.hits.len();
        println!("| search for {what}, {hits} hits: of the logs in a second | {speed:.0} MB | ≥ 200 MB |");
    }
}
