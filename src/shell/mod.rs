//! What the machine wants done, done: one file per effect. No decisions here, and no screen.

pub(crate) mod backend;
pub(crate) mod clipboard;
pub(crate) mod clock;
mod door;
pub(crate) mod fetch;
pub(crate) mod freshness;
pub(crate) mod navigation;
pub(crate) mod page;
pub(crate) mod picture;
mod platform;
pub(crate) mod settings;
mod silence;
pub(crate) mod storage;
pub(crate) mod tabs;
pub(crate) mod value;
