//! The code of a payment as it is on the screen. How it gets there is `presentation.rs`.

use crate::event::Drawing;

/// The code of a payment and how it is shown.
#[derive(Clone, Debug)]
pub(crate) enum Code {
    /// Sound; being drawn.
    Drawing,
    /// Sound and drawn.
    Drawn(Drawing),
    /// Sound and drawn, on a page that refuses pictures: its outline is shown.
    Outlined(Drawing),
    /// Not ours to draw: the provider's picture, and why.
    Provided { image: String, note: PictureNote },
    /// No picture at all, but the provider's own page shows one.
    Elsewhere,
}

impl Code {
    /// The provider's picture, which could not be checked.
    pub(crate) fn unchecked(image: String) -> Code {
        Code::Provided { image, note: PictureNote::Unchecked }
    }
}

/// What the shopper should know of a picture that is not our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureNote {
    /// It could not be checked.
    Unchecked,
    /// It holds no amount: the shopper types it.
    TypeTheAmount,
}
