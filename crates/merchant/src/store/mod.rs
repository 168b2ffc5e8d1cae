//! Storage: one SQLite file that survives a crash at any instant.
//!
//! It keeps facts and knows no rules: what a status may become is decided in `pay`. The write-ahead
//! log lets readers go on beside the one writer; `synchronous=FULL` makes a commit mean that it is
//! on the disk, which is what "stored before disclosed" rests on. PostgreSQL will stand beside
//! `sqlite.rs`. Start at [`Store`].

mod due;
mod events;
mod history;
mod inbox;
mod rows;
mod sqlite;

pub(crate) use events::Event;
pub(crate) use inbox::Webhook;
pub(crate) use rows::{Creation, StoredPayment};
pub(crate) use sqlite::{Attempt, Store};
