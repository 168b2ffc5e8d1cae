//! The command line.

use crate::programs::Database;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
paywith-bench-merchant FOLDER [--plots PICTURES] [WAITING...]      how many wait: 1000 5000 20000
paywith-bench-merchant FOLDER [--plots PICTURES] --soak [MINUTES] [postgres]    30 minutes, SQLite
paywith-bench-merchant FOLDER --scale-out [WAITING]    three processes behind nginx: 12000
paywith-bench-merchant --yardstick [sqlite FILE | postgres URL]";

const SIZES: [usize; 3] = [1_000, 5_000, 20_000];
const SCALE_OUT: usize = 12_000;
const SOAK_MINUTES: u64 = 30;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Serve as what the backend is compared with.
    Yardstick(Source),
    Measure(Options),
}

/// The rows that a yardstick serves.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Nothing,
    Sqlite(PathBuf),
    Postgres(String),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Empty; for databases, configurations and logs.
    pub(crate) folder: PathBuf,
    /// Where plots go, if any are wanted.
    pub(crate) pictures: Option<PathBuf>,
    pub(crate) plan: Plan,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Reads, creates, and so many waiting shoppers.
    Table(Vec<usize>),
    /// Moderate load for so many minutes, on one database.
    Soak(u64, Database),
    /// Three processes over one PostgreSQL, and so many shoppers who wait at them.
    ScaleOut(usize),
}

/// Reads the words behind the program's name.
///
/// # Errors
/// Says what may be written.
pub(crate) fn parse(words: &[String]) -> Result<Task, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--yardstick"] => Ok(Task::Yardstick(Source::Nothing)),
        ["--yardstick", "sqlite", file] => Ok(Task::Yardstick(Source::Sqlite(file.into()))),
        ["--yardstick", "postgres", url] => {
            Ok(Task::Yardstick(Source::Postgres((*url).to_owned())))
        }
        [folder, rest @ ..] if !folder.starts_with('-') => {
            let (pictures, rest) = match rest {
                ["--plots", pictures, rest @ ..] => (Some(pictures.into()), rest),
                rest => (None, rest),
            };
            Ok(Task::Measure(Options { folder: folder.into(), pictures, plan: plan(rest)? }))
        }
        _ => Err(HELP.to_owned()),
    }
}

fn plan(words: &[&str]) -> Result<Plan, String> {
    match words {
        [] => Ok(Plan::Table(SIZES.to_vec())),
        ["--scale-out"] => Ok(Plan::ScaleOut(SCALE_OUT)),
        ["--scale-out", waiting] => match waiting.parse() {
            Ok(waiting) if waiting > 0 => Ok(Plan::ScaleOut(waiting)),
            _ => Err(format!("`{waiting}` is not a number of waiting shoppers\n{HELP}")),
        },
        ["--soak", minutes @ .., "postgres"] => soak(minutes, Database::Postgres),
        ["--soak", minutes @ ..] => soak(minutes, Database::Sqlite),
        sizes => {
            let sizes: Result<Vec<usize>, _> = sizes.iter().map(|size| size.parse()).collect();
            sizes.map(Plan::Table).map_err(|_| HELP.to_owned())
        }
    }
}

fn soak(minutes: &[&str], kind: Database) -> Result<Plan, String> {
    match minutes {
        [] => Ok(Plan::Soak(SOAK_MINUTES, kind)),
        [minutes] => match minutes.parse() {
            Ok(minutes) if minutes > 0 => Ok(Plan::Soak(minutes, kind)),
            _ => Err(format!("`{minutes}` is not a number of minutes\n{HELP}")),
        },
        _ => Err(HELP.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Task, String> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn each_way_to_start_it_is_understood() {
        let measure = |pictures: Option<&str>, plan| {
            let pictures = pictures.map(PathBuf::from);
            Ok(Task::Measure(Options { folder: "here".into(), pictures, plan }))
        };
        let cases = [
            ("here", measure(None, Plan::Table(SIZES.to_vec()))),
            ("here 200 1000", measure(None, Plan::Table(vec![200, 1_000]))),
            ("here --plots there 200", measure(Some("there"), Plan::Table(vec![200]))),
            ("here --soak", measure(None, Plan::Soak(30, Database::Sqlite))),
            ("here --soak postgres", measure(None, Plan::Soak(30, Database::Postgres))),
            ("here --soak 7 postgres", measure(None, Plan::Soak(7, Database::Postgres))),
            (
                "here --plots there --soak 5",
                measure(Some("there"), Plan::Soak(5, Database::Sqlite)),
            ),
            ("here --scale-out", measure(None, Plan::ScaleOut(SCALE_OUT))),
            ("here --scale-out 300", measure(None, Plan::ScaleOut(300))),
            ("--yardstick", Ok(Task::Yardstick(Source::Nothing))),
            ("--yardstick sqlite a", Ok(Task::Yardstick(Source::Sqlite("a".into())))),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "--soak",
            "here many",
            "here --soak 0",
            "here --soak 5 200",
            "here --odd",
            "here --scale-out 0",
            "here --scale-out 5 6",
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
