//! A PNG writer for pictures of square modules: black and white, one bit per pixel.
//!
//! It knows no browser: a canvas that answers other pixels than were drawn (as privacy settings make
//! it do) cannot spoil a code. The picture is one `deflate` block with Huffman codes of our own
//! choice: nearly every byte is white or black, and a row of pixels repeats the row above it.
//! Sources: the PNG specification (third edition), RFC 1950, RFC 1951.

mod huffman;

use huffman::{Bits, Code};

/// Pixels per module come in whole bytes, so that a byte is white or black.
const PIXELS_PER_BYTE: u32 = 8;
const BLACK: u8 = 0x00;
const WHITE: u8 = 0xff;
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Each row says first how it was filtered: not at all.
const NO_FILTER: u8 = 0;

/// A picture with `side` modules on each side, each of them at least as many pixels wide as it takes
/// to reach `least_pixels` in all; `is_black` answers for a column and a row.
///
/// Returns the bytes of the PNG file.
pub(crate) fn write(side: u32, least_pixels: u32, is_black: impl Fn(u32, u32) -> bool) -> Vec<u8> {
    let bytes_per_module = least_pixels.div_ceil(side.max(1) * PIXELS_PER_BYTE).max(1);
    let scale = bytes_per_module * PIXELS_PER_BYTE;
    let mut zlib = Zlib::new(side * bytes_per_module + 1);
    for y in 0..side {
        let mut row = vec![NO_FILTER];
        for x in 0..side {
            let byte = if is_black(x, y) { BLACK } else { WHITE };
            row.extend((0..bytes_per_module).map(|_| byte));
        }
        zlib.rows(&row, scale);
    }
    let pixels = (side * scale).to_be_bytes();
    // One bit of gray; the only compression, filtering and order of rows that there is.
    let header = [&pixels[..], &pixels, &[1, 0, 0, 0, 0]].concat();
    let mut file = SIGNATURE.to_vec();
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"IDAT", &zlib.finish());
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend(name);
    file.extend(data);
    let checksum = !crc32(crc32(u32::MAX, &name), data);
    file.extend(checksum.to_be_bytes());
}

fn crc32(start: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(start, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

/// A zlib stream in the making: one `deflate` block, and the checksum of what it stands for.
struct Zlib {
    bits: Bits,
    literals: Code,
    /// The distance to the row above is the only one that is ever used.
    stride: u32,
    sums: (u32, u32),
}

impl Zlib {
    fn new(stride: u32) -> Zlib {
        let mut bits = Bits::after(&[0x78, 0x01]);
        // The last block, with codes of its own.
        bits.push(1, 1);
        bits.push(2, 2);
        let literals = Code::of_rows();
        huffman::write_codes(&mut bits, &literals, stride);
        Zlib { bits, literals, stride, sums: (1, 0) }
    }

    /// The row, `times` times.
    fn rows(&mut self, row: &[u8], times: u32) {
        for byte in row {
            self.literals.write(&mut self.bits, usize::from(*byte));
        }
        huffman::write_repeat(&mut self.bits, &self.literals, self.stride, times.saturating_sub(1));
        for _ in 0..times {
            self.sum(row);
        }
    }

    /// Adler-32. A row is far too short to overflow between two remainders.
    fn sum(&mut self, row: &[u8]) {
        let (mut low, mut high) = self.sums;
        for byte in row {
            low += u32::from(*byte);
            high += low;
        }
        self.sums = (low % 65_521, high % 65_521);
    }

    fn finish(mut self) -> Vec<u8> {
        self.literals.write(&mut self.bits, huffman::END);
        let (low, high) = self.sums;
        let mut bytes = self.bits.finish();
        bytes.extend((high << 16 | low).to_be_bytes());
        bytes
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub(super) mod tests {
    #![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::write;

    /// Pixels as another program reads them: one byte each, 0 or 255.
    pub(in super::super) fn decode(file: &[u8]) -> (usize, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("every checksum is right");
        assert_eq!(info.width, info.height);
        reader.finish().expect("nothing is missing at the end");
        (usize::try_from(info.width).expect("a width"), pixels)
    }

    /// A picture without any order in it.
    fn noise(x: u32, y: u32) -> bool {
        (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).count_ones() % 2 == 1
    }

    #[test]
    fn a1_every_pixel_is_read_back_by_another_decoder_at_every_size() {
        // Sizes of QR codes with their quiet zone, and sizes that no code has.
        for side in (29..=185).step_by(12).chain([1, 2, 7, 124, 125, 126, 250]) {
            for (name, is_black) in [
                ("noise", &noise as &dyn Fn(u32, u32) -> bool),
                ("white", &|_, _| false),
                ("black", &|_, _| true),
            ] {
                let (pixels, read) = decode(&write(side, 1_000, is_black));
                let side = usize::try_from(side).expect("a size");
                assert!(pixels >= 1_000 && pixels % side == 0, "{side}: {pixels}");
                let scale = pixels / side;
                for (place, value) in read.iter().enumerate() {
                    let (x, y) = (place % pixels / scale, place / pixels / scale);
                    let (x, y) = (u32::try_from(x).expect("x"), u32::try_from(y).expect("y"));
                    assert_eq!(*value == 0, is_black(x, y), "{name} {side}: {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn a1_a_picture_of_a_code_takes_a_few_kilobytes() {
        let file = write(65, 1_000, noise);
        assert!(file.len() < 3_000, "{} bytes", file.len());
    }
}
