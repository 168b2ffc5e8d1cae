//! The one calm layout of all pages, and the escaping that every text goes through. It knows no
//! payments. Pages work without scripts and at 360 CSS pixels.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

const STYLE: &str = "\
:root{color-scheme:light dark}\
*{box-sizing:border-box}\
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#f4f5f7;color:#1c1e21}\
header{background:#7a4b00;color:#fff;padding:.6rem 1rem;text-align:center;font-weight:600}\
main{max-width:30rem;margin:1rem auto;padding:1rem;background:#fff;border-radius:.75rem}\
h1{font-size:1.25rem;margin:0 0 .75rem}\
h2{font-size:1rem;margin:1.5rem 0 .5rem}\
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:0 0 1rem}\
dt{color:#5b616b}dd{margin:0;overflow-wrap:anywhere;font-weight:600}\
button,input,select,textarea{font:inherit;min-height:44px;width:100%;padding:.5rem .75rem;\
border-radius:.5rem;border:1px solid #7b828c;background:#fff;color:#1c1e21;margin:.25rem 0}\
textarea{min-height:6rem;word-break:break-all}\
button{cursor:pointer}\
button.first{background:#0b6b3a;border-color:#0b6b3a;color:#fff}\
:focus-visible{outline:3px solid #1a5fd0;outline-offset:2px}\
img{display:block;width:100%;max-width:20rem;margin:0 auto;background:#fff;\
forced-color-adjust:none}\
details{margin-top:1.5rem;border-top:1px solid #c9cdd3;padding-top:.75rem}\
summary{cursor:pointer;min-height:44px}\
.note{color:#5b616b}\
.item{border-top:1px solid #c9cdd3;padding:.75rem 0}\
.scroll{overflow-x:auto}table{border-collapse:collapse}td,th{padding:.25rem .5rem;text-align:start}\
a{color:#1a5fd0}\
@media(prefers-color-scheme:dark){body{background:#17191c;color:#e8eaed}main{background:#22252a}\
dt,.note{color:#a9b0ba}button,input,select,textarea{background:#2c3036;color:#e8eaed}a{color:#8ab4f8}}";

/// Only what the layout itself needs; a text that got out of its escaping could still run nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// A text as HTML text or as a double-quoted attribute's value.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A page. The title is plain text, the body is HTML whose texts are escaped already.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} - sandbox</title><link rel=\"icon\" href=\"data:,\">\
         <style>{STYLE}</style></head>\
         <body><header>Sandbox: no money moves</header><main><h1>{title}</h1>{body}</main>\
         </body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (status, headers, text).into_response()
}

/// A page that says what is wrong.
pub(crate) fn problem_page(status: StatusCode, why: &str) -> Response {
    page(status, "This does not work", &format!("<p id=\"problem\">{}</p>", escape(why)))
}

/// Names and values, each on its line.
pub(crate) fn facts(rows: &[(&str, &str)]) -> String {
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", escape(name), escape(value)))
        .collect();
    format!("<dl>{rows}</dl>")
}

/// A field that the form carries along unseen.
pub(crate) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_leave_its_place() {
        assert_eq!(
            escape("<a href='x' b=\"&\">"),
            "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;"
        );
        assert_eq!(
            hidden("n", "\"><b>"),
            "<input type=\"hidden\" name=\"n\" value=\"&quot;&gt;&lt;b&gt;\">"
        );
    }
}
