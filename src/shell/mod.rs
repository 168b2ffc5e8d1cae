//! What the machine wants done, done: one file per effect. No decisions here, and no screen.

pub(crate) mod backend;
pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod device;
pub(crate) mod dialog;
pub(crate) mod fetch;
pub(crate) mod navigation;
mod no_response;
pub(crate) mod page;
pub(crate) mod picture;
mod platform;
mod response;
pub(crate) mod response_age;
pub(crate) mod saved_picture;
pub(crate) mod settings;
pub(crate) mod share;
pub(crate) mod storage;
pub(crate) mod tabs;
pub(crate) mod value;
pub(crate) mod wake_lock;
