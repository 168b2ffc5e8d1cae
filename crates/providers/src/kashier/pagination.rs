//! Which page of a list of orders was answered, and which one follows.

use crate::amount::read_decimal;
use crate::fields::read_flag;
use paywith_protocol::{Json, ReadError};

/// A page of a list, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The page that was answered, from 1.
    pub page: u64,
    /// How many there are.
    pub total_pages: u64,
    /// The page to ask for next, as `currentPage`; `None` on the last one.
    pub next_page: Option<u64>,
}

/// Reads `pagination`, beside `response` or in it; `None` when there is none.
///
/// # Errors
/// The answered page is not the one that was `asked`, or the next one is not ahead of it: following
/// such a list would never end.
pub fn read_pagination(body: &Json, asked: u64) -> Result<Option<Page>, ReadError> {
    let inside = || body.get("response").and_then(|response| response.get_present("pagination"));
    let Some(pagination) = body.get_present("pagination").or_else(inside) else { return Ok(None) };
    let number = |key: &str| {
        let number = pagination.get(key).and_then(read_decimal);
        number.and_then(|number| number.as_minor(0))
    };
    let page = number("page").unwrap_or(asked);
    if page != asked {
        return Err(ReadError::new("pagination.page", "the page that was asked for"));
    }
    let (total_pages, stated_next) = (number("totalPages"), number("nextPage"));
    let (has_next, next_page) = match pagination.get_present("hasNextPage") {
        Some(stated) => {
            let expected = ReadError::new("pagination.hasNextPage", "true or false");
            (read_flag(stated).ok_or(expected)?, stated_next)
        }
        // Without `hasNextPage` the number of pages decides.
        None => match total_pages {
            Some(total_pages) => (page < total_pages, stated_next.or(Some(page + 1))),
            None => (stated_next.is_some(), stated_next),
        },
    };
    let total_pages = total_pages.unwrap_or(1);
    let next_page = next_page.filter(|next| has_next && *next > page);
    if has_next && next_page.is_none() {
        return Err(ReadError::new("pagination.nextPage", "a page ahead of the answered one"));
    }
    Ok(Some(Page { page, total_pages, next_page }))
}
