//! The npm package: `dist/npm`, of the same sources and with the same module as the script tag.

use crate::run::{program, root, run};
use std::fs;
use std::path::Path;

/// The oldest browsers that the widget runs in: esbuild writes what they can read, and refuses what
/// cannot be written so. The module's own features ask for the same (`docs/element.md`).
const BROWSERS: &str = "chrome96,edge96,firefox90,safari15";

/// Copied unchanged: what a developer sees when following a call into the package.
const SOURCES: [&str; 8] = [
    "index.js",
    "auto.js",
    "inline.js",
    "react.js",
    "mock.js",
    "mock-backend.js",
    "mock-qris.js",
    "mock-scenes.js",
];
const TYPES: [&str; 5] = ["index.d.ts", "auto.d.ts", "inline.d.ts", "react.d.ts", "mock.d.ts"];

/// Writes the package into `folder`: `glue` joins the element and the module at `wasm`, whose hash
/// is `integrity`.
pub(crate) fn write(
    folder: &Path,
    glue: &Path,
    wasm: &Path,
    integrity: &str,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.is_dir() {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)?;
    let copy = |from: &str, name: &str| {
        let from = root().join(from).join(name);
        fs::copy(&from, folder.join(name))
            .map(drop)
            .map_err(|error| format!("{}: {error}", from.display()))
    };
    for name in SOURCES {
        copy("npm/src", name)?;
    }
    for name in TYPES {
        copy("npm/types", name)?;
    }
    for name in ["package.json", "custom-elements.json", "README.md"] {
        copy("npm", name)?;
    }
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy("", name)?;
    }
    fs::copy(wasm, folder.join("paywith.wasm")).map_err(failed)?;
    let core = folder.join("core.js");
    bundle("npm/src/core.js", glue, integrity, &core, &["--minify-syntax"])?;
    // For bundlers that lose the file.
    let text = format!("export const base64 = '{}';\n", base64(&fs::read(wasm).map_err(failed)?));
    fs::write(folder.join("wasm-base64.js"), text).map_err(failed)?;
    run(program("node").arg(root().join("npm/framework-types.mjs")).arg(folder))
}

/// One file of the sources that belong together.
pub(crate) fn bundle(
    entry: &str,
    glue: &Path,
    integrity: &str,
    to: &Path,
    options: &[&str],
) -> Result<(), String> {
    run(program("esbuild")
        .arg(root().join(entry))
        .args(["--bundle", "--format=esm", "--log-level=warning"])
        .arg(format!("--target={BROWSERS}"))
        .args(options)
        .arg(format!("--alias:paywith-bindings={}", glue.display()))
        .arg("--define:Symbol.dispose=undefined")
        .arg(format!("--define:WASM_INTEGRITY=\"{integrity}\""))
        .arg(format!("--outfile={}", to.display())))
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| {
        let place = usize::try_from(bits & 63).unwrap_or(0);
        LETTERS.get(place).map_or('=', |letter| char::from(*letter))
    };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (place, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            text.push(if place <= group.len() { letter(bits >> shift) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, expected) in cases {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
