//! The widget `<pay-with>`: a thin shell and a screen around the pure checkout machine.
//!
//! Read `element` first: it connects `shell` and `ui`, which know nothing of each other.

mod element;
mod shell;
mod ui;

pub use element::{Widget, mount, style_text};

/// A small allocator: the standard one is a third larger and no faster at our few allocations. Only in
/// the module itself: a crate that depends on this one must not inherit it.
#[cfg(all(target_arch = "wasm32", feature = "small-allocator"))]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
