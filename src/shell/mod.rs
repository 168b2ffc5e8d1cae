//! What the machine wants done, done: one file per effect. No decisions here, and no screen.

pub(crate) mod backend;
pub(crate) mod clipboard;
pub(crate) mod clock;
mod door;
mod fetch;
pub(crate) mod navigation;
pub(crate) mod page;
pub(crate) mod picture;
pub(crate) mod settings;
pub(crate) mod storage;
pub(crate) mod tabs;
