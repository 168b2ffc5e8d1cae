//! The Huffman codes of the one `deflate` block (RFC 1951): how bits are packed, which symbol has
//! which code, and how the codes themselves are written at the block's start.

/// The symbol that ends the block.
pub(super) const END: usize = 256;
/// Symbols for bytes, the end, and lengths of repeats.
const SYMBOLS: usize = 286;
const LONGEST_REPEAT: u32 = 258;
/// The symbol of the longest repeat.
const LONGEST: usize = 285;
/// The order in which the lengths of the codes for code lengths are written.
const ORDER: [usize; 18] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];
/// The code lengths that occur, and the two symbols for runs of zeros: three bits each.
const LENGTH_SYMBOLS: [usize; 8] = [0, 1, 2, 3, 7, 8, 17, 18];

/// Bits on their way into bytes, the lowest first.
pub(super) struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    pub(super) fn after(bytes: &[u8]) -> Bits {
        Bits { bytes: bytes.to_vec(), pending: 0, count: 0 }
    }

    /// The `count` lowest bits of `value`, at most 16.
    pub(super) fn push(&mut self, value: u32, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            let [byte, ..] = self.pending.to_le_bytes();
            self.bytes.push(byte);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let [byte, ..] = self.pending.to_le_bytes();
        if self.count > 0 {
            self.bytes.push(byte);
        }
        self.bytes
    }
}

/// A canonical Huffman code: the length of each symbol's code in bits (0: it never occurs), and the code
/// itself, its first bit lowest.
pub(super) struct Code(Vec<(u32, u32)>);

impl Code {
    /// White is most frequent, then black, then the longest repeat; every other repeat and the end are
    /// rare. The lengths add up to a complete code: 1/2 + 1/4 + 1/8 + 3/128 + 26/256 = 1.
    pub(super) fn of_rows() -> Code {
        let length = |symbol: usize| match symbol {
            0xff => 1,
            0x00 => 2,
            LONGEST => 3,
            END | 283 | 284 => 7,
            257..=282 => 8,
            _ => 0,
        };
        Code::of_lengths(&(0..SYMBOLS).map(length))
    }

    fn of_lengths(lengths: &(impl Iterator<Item = u32> + Clone)) -> Code {
        let code_of = |symbol: usize, length: u32| {
            // Shorter codes come first, and among equally long ones those of smaller symbols.
            let earlier = lengths.clone().enumerate().filter(|(other, bits)| {
                *bits > 0 && (*bits < length || *bits == length && *other < symbol)
            });
            let code = earlier.map(|(_, bits)| 1_u32 << (length - bits)).sum::<u32>();
            if length == 0 { 0 } else { code.reverse_bits() >> (32 - length) }
        };
        let codes = lengths.clone().enumerate();
        Code(codes.map(|(symbol, length)| (code_of(symbol, length), length)).collect())
    }

    pub(super) fn write(&self, bits: &mut Bits, symbol: usize) {
        if let Some((code, length)) = self.0.get(symbol) {
            bits.push(*code, *length);
        }
    }

    fn lengths(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().map(|(_, length)| *length)
    }
}

/// Writes the block's codes: `literals`, and one distance of one bit.
pub(super) fn write_codes(bits: &mut Bits, literals: &Code, distance: u32) {
    let (symbol, _, _) = distance_symbol(distance);
    bits.push(29, 5); // 286 symbols for bytes and lengths
    bits.push(symbol, 5); // one more than this for distances
    bits.push(14, 4); // 18 lengths of codes for code lengths
    let is_used = |symbol: &usize| LENGTH_SYMBOLS.contains(symbol);
    for symbol in ORDER {
        bits.push(if is_used(&symbol) { 3 } else { 0 }, 3);
    }
    let lengths = Code::of_lengths(&(0..19).map(|symbol| if is_used(&symbol) { 3 } else { 0 }));
    let unused = (0..symbol).map(|_| 0);
    let mut zeros = 0;
    for length in literals.lengths().chain(unused).chain([1]) {
        if length == 0 {
            zeros += 1;
            continue;
        }
        write_zeros(bits, &lengths, std::mem::take(&mut zeros));
        lengths.write(bits, usize::try_from(length).unwrap_or(0));
    }
}

fn write_zeros(bits: &mut Bits, lengths: &Code, mut count: u32) {
    while count > 0 {
        let run = count.min(138);
        match run {
            11.. => {
                lengths.write(bits, 18);
                bits.push(run - 11, 7);
            }
            3.. => {
                lengths.write(bits, 17);
                bits.push(run - 3, 3);
            }
            _ => (0..run).for_each(|_| lengths.write(bits, 0)),
        }
        count -= run;
    }
}

/// Repeats the last `distance` bytes `times` times.
pub(super) fn write_repeat(bits: &mut Bits, literals: &Code, distance: u32, times: u32) {
    let mut left = distance * times;
    while left > 0 {
        // Whatever is left must not be shorter than the shortest repeat, three bytes.
        let mut length = left.min(LONGEST_REPEAT);
        if matches!(left - length, 1 | 2) {
            length -= 3;
        }
        let (symbol, extra, count) = length_symbol(length);
        literals.write(bits, symbol);
        bits.push(extra, count);
        let (_, extra, count) = distance_symbol(distance);
        bits.push(0, 1); // the only distance
        bits.push(extra, count);
        left -= length;
    }
}

/// The symbol of a repeat's length, 3 to 258, with its extra bits and how many they are.
fn length_symbol(length: u32) -> (usize, u32, u32) {
    let place = length.saturating_sub(3);
    if length == LONGEST_REPEAT {
        return (LONGEST, 0, 0);
    }
    if place < 8 {
        return (usize::try_from(257 + place).unwrap_or(END), 0, 0);
    }
    let count = place.ilog2() - 2;
    let symbol = 261 + 4 * count + (place >> count & 3);
    (usize::try_from(symbol).unwrap_or(END), place & ((1 << count) - 1), count)
}

/// The symbol of a distance, with its extra bits and how many they are.
fn distance_symbol(distance: u32) -> (u32, u32, u32) {
    let place = distance.saturating_sub(1);
    if place < 4 {
        return (place, 0, 0);
    }
    let count = place.ilog2() - 1;
    (2 * count + 2 + (place >> count & 1), place & ((1 << count) - 1), count)
}

#[cfg(test)]
mod tests {
    use super::{distance_symbol, length_symbol};

    #[test]
    fn symbols_are_those_of_the_tables_in_rfc_1951() {
        let lengths = [
            (3, (257, 0, 0)),
            (10, (264, 0, 0)),
            (11, (265, 0, 1)),
            (18, (268, 1, 1)),
            (19, (269, 0, 2)),
            (131, (281, 0, 5)),
            (257, (284, 30, 5)),
            (258, (285, 0, 0)),
        ];
        for (length, expected) in lengths {
            assert_eq!(length_symbol(length), expected, "length {length}");
        }
        let distances = [
            (1, (0, 0, 0)),
            (4, (3, 0, 0)),
            (5, (4, 0, 1)),
            (8, (5, 1, 1)),
            (129, (14, 0, 6)),
            (192, (14, 63, 6)),
            (193, (15, 0, 6)),
            (24_577, (29, 0, 13)),
        ];
        for (distance, expected) in distances {
            assert_eq!(distance_symbol(distance), expected, "distance {distance}");
        }
    }
}
