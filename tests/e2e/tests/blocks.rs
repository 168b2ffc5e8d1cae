//! Every code block of the documentation is run or compiled by something: the starts and relays by
//! their journeys, files that are shown by their own tests, and the rest here.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use paywith_e2e::markdown::{Block, blocks, pages};
use paywith_e2e::stack::root;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Text that no program reads: pictures made of letters, HTTP messages, policies.
const PROSE: [&str; 2] = ["text", "http"];

fn all() -> Vec<Block> {
    pages().iter().flat_map(|page| blocks(page)).collect()
}

#[test]
fn every_block_says_what_it_is() {
    let known = [
        "sh", "html", "js", "jsx", "vue", "svelte", "php", "python", "go", "json", "toml", "ini",
        "nginx",
    ];
    for block in all() {
        let language = block.language.as_str();
        assert!(
            known.contains(&language) || PROSE.contains(&language),
            "{}: `{language}` is not a language that is checked",
            block.place
        );
    }
}

/// A block that only shows a file shows one that a journey runs: a relay or a fixture.
#[test]
fn shown_files_are_files_that_are_run() {
    let relays = root().join("docs/relays").canonicalize().expect("relays");
    let fixtures = root().join("tests/frameworks").canonicalize().expect("fixtures");
    let mut count = 0;
    for block in all() {
        let Some(path) = block.included() else { continue };
        let path = path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", block.place));
        assert!(
            path.starts_with(&relays) || path.starts_with(&fixtures),
            "{}: {} is run by nothing",
            block.place,
            path.display()
        );
        count += 1;
    }
    assert!(count >= 12, "only {count} blocks show a file");
}

/// Languages that need a file of their own are shown from one, or replayed.
#[test]
fn what_only_a_journey_can_run_belongs_to_one() {
    for block in all() {
        if ["php", "python", "go", "vue", "svelte"].contains(&block.language.as_str()) {
            let is_replayed = block.place.starts_with("docs/start/") && block.file().is_some();
            assert!(block.included().is_some() || is_replayed, "{}: run by nothing", block.place);
        }
    }
}

#[test]
fn commands_are_commands() {
    let help = std::fs::read_to_string(root().join("crates/xtask/src/main.rs")).expect("the help");
    for block in all().into_iter().filter(|block| block.language == "sh") {
        let parsed = Command::new("bash").args(["-n", "-c", &block.text]).output().expect("bash");
        let said = String::from_utf8_lossy(&parsed.stderr).into_owned();
        assert!(parsed.status.success(), "{}: {said}", block.place);
        for command in block.text.split("cargo xtask ").skip(1) {
            let command = command.lines().next().unwrap_or_default().trim_end_matches(')');
            let mut words = command.split_whitespace();
            let name = words.next().unwrap_or_default();
            assert!(help.contains(&format!("\n  {name}")), "{}: no task {name}", block.place);
            for option in words.take_while(|word| word.starts_with("--")) {
                assert!(help.contains(option), "{}: {name} has no {option}", block.place);
            }
        }
        // Programs of the workspace and their options.
        for (program, file) in [
            ("paywith-merchant", "merchant/src/arguments.rs"),
            ("paywith-doctor", "doctor/src/main.rs"),
            ("paywith-sandbox", "sandbox/src/main.rs"),
        ] {
            let source = root().join("crates").join(file);
            let source = std::fs::read_to_string(source).expect("a program");
            // What stands before the program's name belongs to the caller.
            let ours = block.text.lines().flat_map(|line| line.split(program).skip(1));
            for option in ours.flat_map(str::split_whitespace).filter(|word| {
                word.starts_with("--") && !["--", "--locked", "--profile"].contains(word)
            }) {
                // As it is written, or as the field that clap makes it from.
                let name = option.trim_start_matches('-');
                let field = format!("{}:", name.replace('-', "_"));
                let is_there =
                    [option, &field, &format!("\"{name}\"")].iter().any(|it| source.contains(*it));
                assert!(is_there, "{}: {program} has no {option}", block.place);
            }
        }
    }
}

#[test]
fn json_is_json() {
    for block in all().into_iter().filter(|block| block.language == "json") {
        let read = serde_json::from_str::<Value>(&block.text);
        assert!(read.is_ok(), "{}: {}", block.place, read.expect_err("no JSON"));
    }
}

/// The attributes of `<pay-with>` in a block are those of the manifest.
#[test]
fn tags_carry_attributes_that_there_are() {
    let manifest = std::fs::read_to_string(root().join("npm/custom-elements.json"));
    let manifest: Value = serde_json::from_str(&manifest.expect("a manifest")).expect("JSON");
    let element = &manifest["modules"][0]["declarations"][0];
    let names = element["attributes"].as_array().expect("attributes");
    let mut known: BTreeSet<&str> = names.iter().filter_map(|it| it["name"].as_str()).collect();
    known.extend(["lang", "dir", "id", "class"]);
    let mut count = 0;
    for block in all() {
        if !["html", "php"].contains(&block.language.as_str()) {
            continue;
        }
        for tag in block.text.split("<pay-with").skip(1) {
            // PHP's own marks end with `>` too.
            let tag = tag.replace("?>", "");
            let tag = tag.split('>').next().unwrap_or_default();
            for attribute in tag.split("=\"").filter_map(|part| part.split_whitespace().last()) {
                if attribute.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-') {
                    assert!(known.contains(attribute), "{}: no {attribute}", block.place);
                }
            }
            assert!(tag.contains("order=\""), "{}: a tag without an order", block.place);
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} tags");
}

/// The scripts of the pages, and those inside their HTML, compile against the package's own types.
#[test]
fn scripts_compile() {
    let project = root().join("target/frameworks/types");
    assert!(project.join("node_modules/paywith").exists(), "run `cargo xtask test docs`");
    let folder = project.join("blocks");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut count = 0;
    for block in all() {
        let scripts: Vec<String> = match block.language.as_str() {
            _ if block.included().is_some() => continue,
            "js" | "jsx" => vec![block.text.clone()],
            "html" => inline_scripts(&block.text),
            _ => continue,
        };
        for script in scripts {
            count += 1;
            write_script(&folder, &block, &script, count);
        }
    }
    assert!(count >= 5, "only {count} scripts");
    std::fs::write(folder.join("world.d.ts"), WORLD).expect("a file");
    std::fs::write(folder.join("tsconfig.json"), TSCONFIG).expect("a file");
    let compiled = Command::new("tsc").arg("--project").arg(&folder).output().expect("tsc");
    let said = String::from_utf8_lossy(&compiled.stdout).into_owned();
    assert!(compiled.status.success(), "{said}");
}

fn write_script(folder: &Path, block: &Block, script: &str, number: usize) {
    let name = block.place.replace(['/', '.', ':'], "-");
    let path: PathBuf = folder.join(format!("{name}-{number}.jsx"));
    // The file beside the script tag is the package's own entry.
    let script = script.replace("'/mock.js'", "'paywith/mock'");
    // A file of its own each, so that two may use one name.
    std::fs::write(path, format!("{script}\nexport {{}};\n")).expect("a file");
}

fn inline_scripts(page: &str) -> Vec<String> {
    let parts = page.split("<script").skip(1).filter_map(|part| part.split_once('>'));
    let bodies = parts.filter(|(tag, _)| !tag.contains("src="));
    bodies.filter_map(|(_, rest)| Some(rest.split_once("</script>")?.0.to_owned())).collect()
}

/// Names that a block takes from the page around it, and modules whose types are not ours.
const WORLD: &str = "declare const showThanks: () => void;
declare module '@vitejs/plugin-react';
interface ParentNode { querySelector(selectors: '#thanks'): HTMLElement | null; }
";

const TSCONFIG: &str = r#"{
  "compilerOptions": {
    "allowJs": true, "checkJs": true, "noEmit": true, "jsx": "react-jsx", "strict": true,
    "noImplicitAny": false, "strictNullChecks": false, "module": "esnext",
    "moduleResolution": "bundler", "target": "es2024", "lib": ["es2024", "dom", "dom.iterable"],
    "skipLibCheck": true, "types": []
  },
  "include": ["*.jsx", "*.d.ts"]
}"#;
