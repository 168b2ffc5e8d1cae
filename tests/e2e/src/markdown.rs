//! Fenced code blocks of the documentation.

use crate::stack::root;
use std::path::{Path, PathBuf};

/// One fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The file from the root, and the line of the fence: `docs/element.md:12`.
    pub place: String,
    /// The first word behind the fence.
    pub language: String,
    /// The other words: `file=shop/index.html`, `keep`, `after`.
    pub words: Vec<String>,
    /// What stands in it.
    pub text: String,
}

impl Block {
    /// The file that the block is to be written to.
    pub fn file(&self) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix("file="))
    }

    /// Whether one of the other words is this one.
    pub fn is(&self, word: &str) -> bool {
        self.words.iter().any(|said| said == word)
    }

    /// The file that the block shows and nothing else: `{{#include …}}`, from the root.
    pub fn included(&self) -> Option<PathBuf> {
        let named = self.text.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
        let page = self.place.rsplit_once(':')?.0;
        Some(root().join(page).parent()?.join(named.trim()))
    }
}

/// The blocks of one file, named from the root. A fence of any length at the start of a line.
pub fn blocks(file: &str) -> Vec<Block> {
    let text = std::fs::read_to_string(root().join(file)).expect(file);
    let mut found: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => {
                let mut words = info.split_whitespace().map(str::to_owned);
                open = Some(Block {
                    place: format!("{file}:{}", number + 1),
                    language: words.next().unwrap_or_default(),
                    words: words.collect(),
                    text: String::new(),
                });
            }
            (Some(_), Some(block)) => found.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{file}: a fence is not closed");
    found
}

/// Every page for readers, named from the root.
pub fn pages() -> Vec<String> {
    let mut found = vec!["README.md".to_owned(), "npm/README.md".to_owned()];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.extension() == Some("md".as_ref()) {
                found.push(name_of(&path));
            }
        }
    }
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
