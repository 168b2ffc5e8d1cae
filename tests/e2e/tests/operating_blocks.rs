//! The code blocks for those who operate the backend: units and variables of systemd (`ini`),
//! configurations of nginx (`nginx`). Where systemd's and nginx's own examiners are installed, they
//! examine them; elsewhere the shape is looked at.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use paywith_e2e::markdown::{Block, blocks, pages};
use paywith_e2e::stack::root;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn of(language: &str) -> Vec<Block> {
    let all = pages().into_iter().flat_map(|page| blocks(&page));
    let found: Vec<Block> = all.filter(|block| block.language == language).collect();
    assert!(!found.is_empty(), "no block is `{language}`");
    found
}

fn folder(name: &str) -> PathBuf {
    let folder = root().join("target").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.canonicalize().expect("a folder")
}

/// Whether a program liked what it was given, and what it said; `None` where it is not installed.
fn said_by(command: &mut Command) -> Option<(bool, String)> {
    match command.output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Some((output.status.success(), said))
        }
        Err(error) => {
            println!("{command:?} cannot be started ({error}): only the shape was examined");
            None
        }
    }
}

/// Settings of a block: none is written in a way that systemd would skip.
fn settings(block: &Block) -> Vec<(&str, &str)> {
    let lines = block.text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
    let setting = |line| {
        let split = str::split_once(line, '=');
        split.unwrap_or_else(|| panic!("{}: {line} is not a setting", block.place))
    };
    lines.map(setting).collect()
}

#[test]
fn units_are_units() {
    let folder = folder("units");
    let units = of("ini").into_iter().filter(|block| block.text.starts_with("[Unit]"));
    let mut count = 0;
    for block in units {
        count += 1;
        for section in ["[Unit]", "[Service]", "[Install]"] {
            assert!(block.text.contains(section), "{}: no {section}", block.place);
        }
        for (name, _) in settings(&block) {
            let is_name = name.chars().all(|letter| letter.is_ascii_alphanumeric());
            assert!(is_name && !name.is_empty(), "{}: {name}", block.place);
        }
        // The program is not installed where this is examined.
        let text = block.text.replace("/usr/local/bin/paywith-merchant", "/bin/true");
        let file = folder.join("paywith.service");
        std::fs::write(&file, text).expect("a file");
        let mut command = Command::new("systemd-analyze");
        let said = said_by(command.args(["verify", "--man=no"]).arg(&file));
        // What it would skip it only mentions; of the machine's other units it speaks, too.
        let said = said.map(|(_, said)| said).unwrap_or_default();
        assert!(!said.contains("paywith.service"), "{}: {said}", block.place);
    }
    assert_eq!(count, 1, "one unit");
}

/// Variables are those of the configuration, quoted so that nothing in them is touched.
#[test]
fn variables_of_units_are_settings_of_the_backend() {
    let example = root().join("paywith.example.toml");
    let known = variables(&std::fs::read_to_string(example).expect("the example"));
    let files = of("ini").into_iter().filter(|block| !block.text.starts_with('['));
    let mut count = 0;
    for block in files {
        for (name, value) in settings(&block) {
            assert!(known.contains(name), "{}: {name} is not a setting", block.place);
            let inner = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
            let is_quoted = inner.is_some_and(|inner| !inner.contains('\''));
            assert!(is_quoted, "{}: {name} is not in single quotes", block.place);
            count += 1;
        }
    }
    assert!(count >= 4, "only {count} variables");
}

/// Every key of the example, as the variable that sets it.
fn variables(example: &str) -> BTreeSet<String> {
    let (mut section, mut found) = (String::new(), BTreeSet::new());
    for line in example.lines() {
        let line = line.trim_start_matches("# ");
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}_");
        } else if let Some((name, _)) = line.split_once(" = ") {
            found.insert(format!("PAYWITH_{}", format!("{section}{name}").to_uppercase()));
        }
    }
    found
}

#[test]
fn web_servers_are_configured_as_they_understand_it() {
    let folder = folder("nginx");
    let certificate = certificate(&folder);
    for block in of("nginx") {
        check_shape(&block);
        let Some((certificate, key)) = &certificate else { continue };
        // Files of the machine it is for are not here.
        let text = block.text.lines().map(|line| match line.trim_start().split(' ').next() {
            Some("ssl_certificate") => format!("ssl_certificate {};", certificate.display()),
            Some("ssl_certificate_key") => format!("ssl_certificate_key {};", key.display()),
            Some(_) | None => line.replace("/var/log/nginx", &folder.to_string_lossy()),
        });
        let text = text.collect::<Vec<_>>().join("\n");
        let at = folder.display();
        let whole = format!(
            "pid {at}/pid;\nerror_log {at}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n\
             client_body_temp_path {at}/b;\nproxy_temp_path {at}/p;\nfastcgi_temp_path {at}/f;\n\
             uwsgi_temp_path {at}/u;\nscgi_temp_path {at}/s;\n{text}\n}}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, whole).expect("a file");
        let mut command = Command::new("nginx");
        let command = command.args(["-t", "-e", "stderr", "-c"]).arg(&file);
        if let Some((is_sound, said)) = said_by(command) {
            assert!(is_sound, "{}: {said}", block.place);
        }
    }
}

/// A self-signed certificate; `None` where there is no program that makes one.
fn certificate(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]);
    command.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    let made = command.output().is_ok_and(|output| output.status.success());
    made.then_some((certificate, key))
}

/// Braces are closed, and every line opens one, closes one, or ends a setting.
fn check_shape(block: &Block) {
    let mut depth = 0_i32;
    let mut is_open = false;
    for line in block.text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        // A brace in a variable's name or a pattern is none of a block's.
        depth += i32::from(line.contains('{')) - i32::from(line.contains('}'));
        assert!(depth >= 0, "{}: {line}", block.place);
        is_open = !line.ends_with([';', '{', '}']);
        let goes_on = line.starts_with("log_format") || line.starts_with('\'');
        assert!(!is_open || goes_on, "{}: `{line}` does not end", block.place);
    }
    assert!(depth == 0 && !is_open, "{}: it does not end", block.place);
}
