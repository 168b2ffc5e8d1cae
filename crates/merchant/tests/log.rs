//! The log as programs and files receive it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::answer;
use common::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_goes_to_a_file_has_no_colors() {
    let program = Program::start(&[]).await;
    // A create call that is refused is worth a line.
    answer(program.http.post(format!("{}/api/payments", program.url))).await;
    let log = program.log();
    assert!(log.contains("/api/payments"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
}
