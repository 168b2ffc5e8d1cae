//! The disk under SQLite: full, read-only, gone, or used by a second backend. Nothing is lost, and
//! nobody has to restart anything when it is well again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

mod common;

use common::{Answer, Shop, new_folder};
use paywith_merchant::check::check;
use paywith_merchant::{Database, build};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small disk of its own; `None` where tests may not mount one.
struct Disk(PathBuf);

impl Disk {
    fn mount() -> Option<Disk> {
        let folder = new_folder();
        if run("mount", &["-t", "tmpfs", "-o", "size=2m", "tmpfs"], &folder) {
            return Some(Disk(folder));
        }
        eprintln!("this user may not mount a disk: not tried");
        None
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the backend may still hold the file.
        run("umount", &["-l"], &self.0);
    }
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> bool {
    let output = Command::new(program).args(arguments).arg(folder).output();
    output.is_ok_and(|output| output.status.success())
}

async fn shop_on(folder: &Path) -> Shop {
    let file = folder.join("paywith.sqlite");
    Shop::with(|config| config.database = Database::Sqlite(file)).await
}

async fn create(shop: &Shop, order: &str) -> Answer {
    let token = shop.order(order, "15000", "IDR");
    shop.create(&format!("key-{order}"), &token, "cashi").await
}

async fn assert_stopped(shop: &Shop, order: &str) {
    let refused = create(shop, order).await;
    assert_eq!(refused.problem(503, "internal")["retryable"], true);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(shop.get("/readyz").await.status, 503);
}

async fn assert_works(shop: &Shop, order: &str) {
    create(shop, order).await.payment(201);
    assert_eq!(shop.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn f3_a_full_disk_is_told_and_loses_nothing() {
    let Some(disk) = Disk::mount() else { return };
    let shop = shop_on(&disk.0).await;
    let token = shop.order("INV-BEFORE", "15000", "IDR");
    let before = shop.create("key-INV-BEFORE", &token, "cashi").await.payment(201);
    let filler = disk.0.join("filler");
    for _ in 0..3 {
        // More than fits.
        drop(std::fs::write(&filler, vec![1u8; 4 << 20]));
        // Room that the log still had is used up first.
        for number in 0..40 {
            if create(&shop, &format!("INV-FILL-{number}")).await.status == 503 {
                break;
            }
        }
        assert_stopped(&shop, "INV-1").await;
        assert_eq!(shop.word(&token, &before).await, "pending", "reading goes on");
        std::fs::remove_file(&filler).expect("removed");
        assert!(matches!(create(&shop, "INV-1").await.status, 200 | 201));
        assert_eq!(shop.get("/readyz").await.status, 200);
    }
    assert_eq!(shop.word(&token, &before).await, "pending");
}

#[tokio::test]
async fn f3_a_disk_that_cannot_be_written_is_named_before_the_start() {
    let Some(disk) = Disk::mount() else { return };
    let mut config = {
        let shop = shop_on(&disk.0).await;
        create(&shop, "INV-1").await.payment(201);
        shop.config.clone()
    };
    let other = disk.0.join("copy");
    std::fs::create_dir(&other).expect("a folder");
    let file = other.join("paywith.sqlite");
    std::fs::copy(disk.0.join("paywith.sqlite"), &file).expect("copied");
    run("mount", &["--bind"], &other);
    let text = other.to_str().expect("text");
    assert!(
        run("mount", &["--bind", text], &other) && run("mount", &["-o", "remount,ro,bind"], &other)
    );
    config.database = Database::Sqlite(file);
    let refused = build(config.clone()).await.expect_err("nothing can be written").to_string();
    assert!(refused.contains("`database`"), "{refused}");
    let report = check(&config).await.expect("a report");
    assert!(
        report.lines.iter().any(|line| line.starts_with("WRONG") && line.contains("`database`"))
    );
    run("umount", &["-l"], &other);
}

#[tokio::test]
async fn f3_a_folder_that_is_gone_is_told_and_nothing_is_made_in_its_place() {
    let folder = new_folder();
    let (here, away) = (folder.join("data"), folder.join("away"));
    std::fs::create_dir_all(&here).expect("a folder");
    let shop = shop_on(&here).await;
    assert_works(&shop, "INV-1").await;
    std::fs::rename(&here, &away).expect("moved");
    assert_stopped(&shop, "INV-2").await;
    std::fs::create_dir_all(&here).expect("a folder");
    assert_stopped(&shop, "INV-2").await;
    assert!(!here.join("paywith.sqlite").exists(), "no empty database");
    std::fs::remove_dir(&here).expect("removed");
    std::fs::rename(&away, &here).expect("back");
    assert_works(&shop, "INV-2").await;
    // Another file under the same name is not taken for this one.
    let file = here.join("paywith.sqlite");
    std::fs::rename(&file, here.join("old")).expect("moved");
    std::fs::copy(here.join("old"), &file).expect("copied");
    assert_stopped(&shop, "INV-3").await;
}

#[tokio::test]
async fn f3_a_second_backend_on_the_same_file_does_not_start() {
    let shop = Shop::open().await;
    let refused = build(shop.config.clone()).await.expect_err("one at a time").to_string();
    assert!(refused.contains("another backend"), "{refused}");
    assert_works(&shop, "INV-1").await;
    // What only looks may look.
    assert!(!check(&shop.config).await.expect("a report").is_broken);
}
