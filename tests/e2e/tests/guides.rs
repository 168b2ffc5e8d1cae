//! The five-minute starts, word by word: the guides' own commands and files in a fresh folder, to
//! a paid order and the server's record of it. What was run and printed is stored in
//! `target/guides.log`.
//!
//! In a guide, a block with `file=…` is written, `sh` is run to its end, `sh keep` is left running,
//! and `sh after` is run once the order is paid.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paywith_e2e::browser::Browser;
use paywith_e2e::markdown::{Block, blocks};
use paywith_e2e::service::Service;
use paywith_e2e::stack::root;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// The simulated providers' port, as the guides say it.
const SANDBOX: u16 = 8091;

struct Newcomer {
    /// Holds the checkout `paywith` and what the guides make beside it.
    folder: PathBuf,
    log: PathBuf,
}

impl Newcomer {
    fn new() -> Newcomer {
        let folder = root().join("target/guides");
        // What an earlier run left is not a fresh folder.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let checkout = root().canonicalize().expect("the checkout");
        std::os::unix::fs::symlink(checkout, folder.join("paywith")).expect("a link");
        let log = root().join("target/guides.log");
        File::create(&log).expect("a log");
        Newcomer { folder, log }
    }

    fn note(&self, text: &str) {
        let mut log = File::options().append(true).open(&self.log).expect("the log");
        writeln!(log, "{text}").expect("the log");
    }

    fn run(&self, block: &Block) -> String {
        self.note(&format!("\n# {}\n{}", block.place, block.text.trim_end()));
        let done = Command::new("bash")
            .args(["-e", "-c", &block.text])
            .current_dir(&self.folder)
            .output()
            .expect("bash");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let errors = String::from_utf8_lossy(&done.stderr).into_owned();
        self.note(&format!("{said}{errors}"));
        assert!(done.status.success(), "{}: {said}{errors}", block.place);
        said
    }

    async fn keep(&self, block: &Block, port: u16) -> Service {
        self.note(&format!("\n# {} (left running)\n{}", block.place, block.text.trim_end()));
        let mut service = Service::start(&block.text, &self.folder, self.log.clone(), &[]);
        service.until_listening(port).await;
        service
    }

    fn write(&self, block: &Block, file: &str) {
        self.note(&format!("\n# {} -> {file}", block.place));
        let path = self.folder.join(file);
        assert!(path.parent().is_some_and(Path::is_dir), "{}: no folder", block.place);
        std::fs::write(path, &block.text).expect("a file");
    }

    /// Follows one guide; `ports` are those that its running programs open, in their order.
    async fn follow(&self, guide: &str, ports: &[u16], address: &str) {
        let begun = Instant::now();
        let mut running = Vec::new();
        let mut ports = ports.iter();
        let (last, first): (Vec<Block>, Vec<Block>) =
            blocks(guide).into_iter().partition(|block| block.is("after"));
        for block in &first {
            match (block.file(), block.language.as_str()) {
                (Some(file), _) => self.write(block, file),
                (None, "sh") if block.is("keep") => {
                    let port = ports.next().expect("a port for every program that stays");
                    running.push(self.keep(block, *port).await);
                }
                (None, "sh") => drop(self.run(block)),
                (None, other) => panic!("{}: no rule for {other}", block.place),
            }
        }
        let browser = Browser::open_alone(360).await;
        browser.go_to(address).await;
        browser.until_state("choosing").await;
        browser.press("button.pay").await;
        browser.until_state("code").await;
        pay_on_the_phone().await;
        browser.until_state("paid").await;
        let thanked = "const it = document.querySelector('#thanks'); return !!it && !it.hidden";
        browser.until("the page's thanks", thanked).await;
        browser.close().await;
        assert_eq!(last.len(), 1, "{guide}: a guide ends with the server's record");
        let record = self.run(&last[0]);
        assert!(record.starts_with("INV-9921-"), "{guide}: {record}");
        self.note(&format!("\n# {guide}: paid and recorded, {} s", begun.elapsed().as_secs()));
    }
}

/// Pays the newest code on the simulated phone, as the guides say.
async fn pay_on_the_phone() {
    let phone = Browser::open_alone(360).await;
    phone.go_to(&format!("http://127.0.0.1:{SANDBOX}/phone")).await;
    phone.click("a.scan").await;
    phone.click("#pay").await;
    phone.until("the receipt", "return !!document.querySelector('#outcome')").await;
    phone.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_start_ends_in_a_paid_order() {
    let newcomer = Newcomer::new();
    let common = blocks("docs/start/README.md");
    assert_eq!(common.len(), 2, "to build, and the simulated providers");
    newcomer.run(&common[0]);
    let _sandbox = newcomer.keep(&common[1], SANDBOX).await;
    newcomer.follow("docs/start/html.md", &[8090], "http://127.0.0.1:8090").await;
    newcomer.follow("docs/start/react.md", &[8090, 5173], "http://127.0.0.1:5173").await;
    newcomer.follow("docs/start/php.md", &[8090], "http://127.0.0.1:8090").await;
}
