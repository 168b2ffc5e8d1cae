//! Sanitizes text from outside, so that it can be stored and shown.
//!
//! Providers' answers and order names were written by others: they may be endless, contain
//! pictures, move a terminal's cursor, or reverse a page's text direction. It knows no HTML: that
//! is escaped where it is written. Start at [`for_storage`] and [`visible`].

use std::borrow::Cow;

/// How much of a body is stored.
const MAX_STORED_BYTES: usize = 8 * 1024;
/// A longer `data:` address is taken for a picture.
const LONGEST_DATA_BYTES: usize = 100;

/// A body for storage: pictures are replaced by their length, and the rest is cut after 8 kB.
pub(crate) fn for_storage(body: &[u8]) -> String {
    // PostgreSQL cannot store a text that contains NUL.
    let text = String::from_utf8_lossy(body).replace('\0', "\u{fffd}");
    let text = without_pictures(&text);
    match text.char_indices().find(|(at, letter)| at + letter.len_utf8() > MAX_STORED_BYTES) {
        None => text,
        Some((at, _)) => {
            let (kept, cut) = text.split_at(at);
            format!("{kept}… and {} bytes more", cut.len())
        }
    }
}

fn without_pictures(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("data:") {
        let (before, address) = rest.split_at(at);
        let end = address.find(['"', '\'', '<', '>', ' ', '\n']).unwrap_or(address.len());
        let (address, after) = address.split_at(end);
        kept.push_str(before);
        if address.len() > LONGEST_DATA_BYTES {
            kept.push_str(&format!("data:({} bytes)", address.len()));
        } else {
            kept.push_str(address);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The same text with characters that are invisible, or change the direction, written out:
/// `\u{202e}`. Line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_hidden = |letter: char| {
        let turns = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(letter, '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}');
        turns || letter.is_control() && !matches!(letter, '\n' | '\t')
    };
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for letter in text.chars() {
        if is_hidden(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_replaced_by_their_length_and_nothing_else_is() {
        let picture = format!("data:image\\/png;base64,{}", "iVBOR/+=".repeat(50));
        let length = picture.len();
        let body =
            format!("{{\"data\":1,\"qr\":\"{picture}\",\"b\":\"{picture}\",\"c\":\"data:x\"}}");
        let kept = for_storage(body.as_bytes());
        let place = format!("data:({length} bytes)");
        assert_eq!(
            kept,
            format!("{{\"data\":1,\"qr\":\"{place}\",\"b\":\"{place}\",\"c\":\"data:x\"}}")
        );
        let open = for_storage(picture.as_bytes());
        assert_eq!(open, place, "one that does not end");
    }

    #[test]
    fn of_a_long_answer_the_first_part_is_kept_at_a_letter() {
        assert_eq!(for_storage(&[b'x'; MAX_STORED_BYTES]).len(), MAX_STORED_BYTES);
        let long = format!("{}é and more", "x".repeat(MAX_STORED_BYTES - 1));
        let kept = for_storage(long.as_bytes());
        assert_eq!(kept, format!("{}… and 11 bytes more", "x".repeat(MAX_STORED_BYTES - 1)));
        assert_eq!(for_storage(b"a\0\xffb"), "a\u{fffd}\u{fffd}b");
    }

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("فاتورة-1\n"), "فاتورة-1\n");
        assert_eq!(visible("a\u{202e}b\0\u{1b}[2J"), "a\\u{202e}b\\u{0}\\u{1b}[2J");
        assert_eq!(visible("\u{2066}\u{200f}\u{feff}"), "\\u{2066}\\u{200f}\\u{feff}");
    }
}
