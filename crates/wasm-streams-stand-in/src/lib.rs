//! Stands in for the crate `wasm-streams`, of which it has just what `server_fn` names.
//!
//! Leptos brings `server_fn` along and that the streams, whose classes every module has to export:
//! eight kilobytes of code that no page of ours can reach and no linker may drop. The widget has no
//! server functions. Should one ever be written, this crate has to go: until then a stream that
//! goes out is empty, and one that comes in ends with an error that says so.

use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::{JsCast, JsValue};

/// A browser's `ReadableStream`.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// An empty stream: what the given one would say is not sent.
    pub fn from_stream<S>(_stream: S) -> ReadableStream
    where
        S: Stream<Item = Result<JsValue, JsValue>> + 'static,
    {
        let raw = web_sys::ReadableStream::new();
        ReadableStream(raw.unwrap_or_else(|_| JsValue::UNDEFINED.unchecked_into()))
    }

    /// Takes the browser's own stream.
    pub fn from_raw(raw: web_sys::ReadableStream) -> ReadableStream {
        ReadableStream(raw)
    }

    /// The browser's own stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// One error, then nothing.
    pub fn into_stream(self) -> IntoStream {
        IntoStream { has_failed: false }
    }
}

/// See [`ReadableStream::into_stream`].
#[derive(Debug)]
pub struct IntoStream {
    has_failed: bool,
}

impl Stream for IntoStream {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::replace(&mut self.has_failed, true) {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Err("this build has no streams".into())))
    }
}
