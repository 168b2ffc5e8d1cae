//! Settings from one TOML file, overridden by the environment, with errors that name the key to fix.
//!
//! It knows keys and types, not what they mean. A key `mail.api_key` is overridden by the variable
//! `PAYWITH_MAIL_API_KEY`, taken literally: a `$` in a secret stays a `$`. Start at [`Source`].
//!
//! # Example
//!
//! ```
//! use paywith_settings::Source;
//!
//! let variables = [("PAYWITH_MAIL_PORT".to_owned(), "2525".to_owned())];
//! let mut source = Source::new("[mail]\nhost = 'mx.example'\nprot = 25", variables)?;
//! assert_eq!(source.text("mail.host")?, "mx.example");
//! assert_eq!(source.number("mail.port", 25)?, 2525);
//! let typo = source.refuse_unknown().expect_err("`prot` is not a key");
//! assert_eq!(typo.key(), "mail.prot");
//! # Ok::<(), paywith_settings::ConfigError>(())
//! ```
//!
//! # Errors
//!
//! Each is a [`ConfigError`]: the key, what it must be, and the variable that may set it instead. None of them
//! contains a value, because it may be a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is wrong with the configuration, with the key to fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: String,
    problem: String,
}

impl ConfigError {
    /// An error about `key`.
    #[must_use]
    pub fn new(key: &str, problem: &str) -> ConfigError {
        ConfigError { key: key.to_owned(), problem: problem.to_owned() }
    }

    /// The key to fix.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "configuration `{}`: {}", self.key, self.problem)?;
        if self.key.contains(char::is_whitespace) || self.key.contains('/') {
            return Ok(());
        }
        write!(formatter, " (environment variable {})", variable(&self.key))
    }
}

impl std::error::Error for ConfigError {}

/// The variable that overrides `key`.
#[must_use]
pub fn variable(key: &str) -> String {
    format!("PAYWITH_{}", key.replace('.', "_").to_uppercase())
}

/// The values of one start, and which of them have been read.
pub struct Source {
    values: BTreeMap<String, toml::Value>,
    environment: BTreeMap<String, String>,
    asked: BTreeSet<String>,
}

impl Source {
    /// Reads the file's text; `environment` holds variables, of which the `PAYWITH_` ones count.
    ///
    /// # Errors
    /// The text is not TOML.
    pub fn new(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Source, ConfigError> {
        // The parser's message quotes the line, which may contain a secret: report only its
        // position.
        let table = text.parse::<toml::Table>().map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or_default().matches('\n').count();
            ConfigError::new("the file", &format!("line {} is not TOML", line.saturating_add(1)))
        })?;
        let mut values = BTreeMap::new();
        flatten("", table, &mut values);
        let ours = environment.into_iter().filter(|(name, _)| name.starts_with("PAYWITH_"));
        let environment = ours.collect();
        Ok(Source { values, environment, asked: BTreeSet::new() })
    }

    /// Whether a section has any values.
    #[must_use]
    pub fn has_section(&self, section: &str) -> bool {
        let in_file = format!("{section}.");
        let in_environment = variable(&in_file);
        self.values.keys().any(|key| key.starts_with(&in_file))
            || self.environment.keys().any(|name| name.starts_with(&in_environment))
    }

    /// A required text.
    ///
    /// # Errors
    /// The key is missing, or its value is not text.
    pub fn text(&mut self, key: &str) -> Result<String, ConfigError> {
        self.optional_text(key)?.ok_or_else(|| ConfigError::new(key, "is missing"))
    }

    /// An optional text; an empty one counts as absent.
    ///
    /// # Errors
    /// The value is not text.
    pub fn optional_text(&mut self, key: &str) -> Result<Option<String>, ConfigError> {
        let text = match self.take(key) {
            None => None,
            Some(Found::Variable(text)) | Some(Found::File(toml::Value::String(text))) => {
                Some(text)
            }
            Some(Found::File(_)) => return Err(ConfigError::new(key, "must be a text in quotes")),
        };
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// A whole number from 0, or `default`.
    ///
    /// # Errors
    /// The value is not a whole number from 0.
    pub fn number(&mut self, key: &str, default: u64) -> Result<u64, ConfigError> {
        let number = match self.take(key) {
            None => Some(default),
            Some(Found::Variable(text)) => text.parse().ok(),
            Some(Found::File(value)) => value.as_integer().and_then(|n| u64::try_from(n).ok()),
        };
        number.ok_or_else(|| ConfigError::new(key, "must be a whole number from 0"))
    }

    /// A boolean, or `false`.
    ///
    /// # Errors
    /// The value is neither true nor false.
    pub fn flag(&mut self, key: &str) -> Result<bool, ConfigError> {
        self.flag_or(key, false)
    }

    /// The same with a given default.
    ///
    /// # Errors
    /// The value is neither true nor false.
    pub fn flag_or(&mut self, key: &str, default: bool) -> Result<bool, ConfigError> {
        let flag = match self.take(key) {
            None => Some(default),
            Some(Found::Variable(text)) => text.parse().ok(),
            Some(Found::File(value)) => value.as_bool(),
        };
        flag.ok_or_else(|| ConfigError::new(key, "must be true or false"))
    }

    /// A list of texts; a variable separates them by commas.
    ///
    /// # Errors
    /// The key is missing, or its value is not a list of texts.
    pub fn list(&mut self, key: &str) -> Result<Vec<String>, ConfigError> {
        let list = match self.take(key) {
            None => return Err(ConfigError::new(key, "is missing")),
            Some(Found::Variable(text)) => {
                Some(text.split(',').map(|part| part.trim().to_owned()).collect())
            }
            Some(Found::File(toml::Value::Array(members))) => {
                members.into_iter().map(|member| member.as_str().map(str::to_owned)).collect()
            }
            Some(Found::File(_)) => None,
        };
        list.ok_or_else(|| ConfigError::new(key, "must be a list of texts"))
    }

    /// The same, but optional; a list of only empty texts counts as absent.
    ///
    /// # Errors
    /// The value is not a list of texts.
    pub fn optional_list(&mut self, key: &str) -> Result<Vec<String>, ConfigError> {
        let is_there =
            self.environment.contains_key(&variable(key)) || self.values.contains_key(key);
        self.asked.insert(key.to_owned());
        let mut list = if is_there { self.list(key)? } else { Vec::new() };
        list.retain(|text| !text.is_empty());
        Ok(list)
    }

    /// A key in the file that no setting reads is a typo, and a setting that silently does nothing
    /// is worse than a failed start.
    ///
    /// # Errors
    /// Names the first such key.
    pub fn refuse_unknown(&self) -> Result<(), ConfigError> {
        match self.values.keys().find(|key| !self.asked.contains(*key)) {
            Some(key) => Err(ConfigError::new(key, "is not a key of this configuration")),
            None => Ok(()),
        }
    }

    fn take(&mut self, key: &str) -> Option<Found> {
        self.asked.insert(key.to_owned());
        match self.environment.get(&variable(key)) {
            Some(text) => Some(Found::Variable(text.clone())),
            None => self.values.get(key).cloned().map(Found::File),
        }
    }
}

impl fmt::Debug for Source {
    /// Without the values, which may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Source").field("asked", &self.asked).finish_non_exhaustive()
    }
}

enum Found {
    Variable(String),
    File(toml::Value),
}

fn flatten(prefix: &str, table: toml::Table, into: &mut BTreeMap<String, toml::Value>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, into),
            toml::Value::String(_)
            | toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_) => {
                into.insert(key, value);
            }
        }
    }
}
