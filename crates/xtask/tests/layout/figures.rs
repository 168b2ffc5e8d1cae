//! How long files and functions are, and how much of the source is documentation: counted over the pure
//! crates, without unit tests, and without the checkout's simulation.
//!
//! A function's length runs from its `fn` line to its closing brace. A doc line begins with `///` or `//!`;
//! its share is of all lines, blank ones included.

use std::path::{Path, PathBuf};

const CRATES: [&str; 4] = ["checkout", "protocol", "qris", "providers"];

/// At most so many lines in a file, for half of the files.
const FILE_MEDIAN: usize = 100;
/// At most so many lines in a file, for nine files of ten.
const FILE_P90: usize = 230;
/// At most so many lines in a function, for nine functions of ten.
const FUNCTION_P90: usize = 22;
/// So many lines of a hundred are documentation.
const DOC_PERCENT: std::ops::RangeInclusive<usize> = 20..=30;

#[derive(Default)]
struct Figures {
    files: Vec<usize>,
    functions: Vec<usize>,
    lines: usize,
    doc_lines: usize,
}

impl Figures {
    fn add_file(&mut self, text: &str) {
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let is_doc = |line: &&&str| ["///", "//!"].iter().any(|mark| line.trim().starts_with(mark));
        self.files.push(lines.len());
        self.lines += lines.len();
        self.doc_lines += lines.iter().filter(is_doc).count();
        self.functions.extend(function_lengths(&lines));
    }

    fn add(&mut self, other: Figures) {
        self.files.extend(other.files);
        self.functions.extend(other.functions);
        self.lines += other.lines;
        self.doc_lines += other.doc_lines;
    }

    fn doc_percent(&self) -> usize {
        self.doc_lines * 100 / self.lines.max(1)
    }
}

/// Formatted code closes a function at the indentation of its `fn`.
fn function_lengths(lines: &[&str]) -> Vec<usize> {
    let is_fn = |line: &str| {
        let words = line.trim_start().split(' ');
        let mut rest = words.skip_while(|word| word.starts_with("pub") || *word == "const");
        rest.next() == Some("fn")
    };
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| is_fn(line)) {
        let indent = line.len() - line.trim_start().len();
        let close = format!("{}}}", " ".repeat(indent));
        let body = lines.iter().skip(start);
        let is_one_line = line.ends_with('}') || line.ends_with(';');
        let length = body.take_while(|line| **line != close).count() + 1;
        found.push(if is_one_line { 1 } else { length });
    }
    found
}

/// The value that so many of a hundred do not exceed.
fn percentile(values: &[usize], percent: usize) -> usize {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

fn figures_of(krate: &str) -> Figures {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
    let mut figures = Figures::default();
    let mut folders: Vec<PathBuf> = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_tests = path.ends_with("simulation") || path.ends_with("tests.rs");
            if path.is_dir() {
                folders.extend((!is_tests).then_some(path));
            } else if path.extension().is_some_and(|end| end == "rs") && !is_tests {
                figures.add_file(&std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    figures
}

#[test]
fn files_and_functions_of_the_pure_crates_are_short_and_documented() {
    let mut all = Figures::default();
    for krate in CRATES {
        let figures = figures_of(krate);
        println!("{krate:9} {}", line(&figures));
        all.add(figures);
    }
    println!("{:9} {}", "all", line(&all));
    assert!(percentile(&all.files, 50) <= FILE_MEDIAN, "{}", line(&all));
    assert!(percentile(&all.files, 90) <= FILE_P90, "{}", line(&all));
    assert!(percentile(&all.functions, 90) <= FUNCTION_P90, "{}", line(&all));
    assert!(DOC_PERCENT.contains(&all.doc_percent()), "{}", line(&all));
}

fn line(figures: &Figures) -> String {
    format!(
        "files {}: median {}, p90 {}; functions {}: p90 {}; doc lines {} %",
        figures.files.len(),
        percentile(&figures.files, 50),
        percentile(&figures.files, 90),
        figures.functions.len(),
        percentile(&figures.functions, 90),
        figures.doc_percent()
    )
}
