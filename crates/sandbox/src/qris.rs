//! The QRIS text of a Cashi code: writing one, and reading one the way a wallet does. Merchant,
//! accounts and numbers are invented. It knows nothing of orders or pictures.

/// The shop that Cashi's sandbox account belongs to.
const MERCHANT: &str = "TOKO CONTOH";
/// The longest reference that fits the bill number field.
const BILL_CHARS: usize = 25;

/// The text of a dynamic code over whole rupiah. The bill number is the order id as far as it
/// fits and is printable ASCII.
pub(crate) fn compose(amount_rupiah: u64, order_id: &str) -> String {
    let bill: String =
        order_id.chars().filter(|letter| (' '..='~').contains(letter)).take(BILL_CHARS).collect();
    let account = [
        field("00", "ID.CO.EXAMPLE.WWW"),
        field("01", "936000000000000000"),
        field("02", "000000000000000"),
        field("03", "UMI"),
    ];
    let national =
        [field("00", "ID.CO.QRIS.WWW"), field("02", "ID1020000000000"), field("03", "UMI")];
    let bill = if bill.is_empty() { String::new() } else { field("01", &bill) };
    let body = [
        field("00", "01"),
        field("01", "12"),
        field("26", &account.concat()),
        field("51", &national.concat()),
        field("52", "5812"),
        field("53", "360"),
        field("54", &amount_rupiah.to_string()),
        field("58", "ID"),
        field("59", MERCHANT),
        field("60", "JAKARTA PUSAT"),
        field("61", "10640"),
        field("62", &(bill + &field("07", "A01"))),
        "6304".to_owned(),
    ]
    .concat();
    let sum = checksum(body.as_bytes());
    format!("{body}{sum:04X}")
}

fn field(tag: &str, value: &str) -> String {
    format!("{tag}{:02}{value}", value.chars().count())
}

/// CRC-16 with polynomial 1021 and initial value FFFF, as EMVCo asks for.
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = 0xFFFF_u16;
    for byte in bytes {
        sum ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            sum = if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 };
        }
    }
    sum
}

/// What a wallet reads out of a code before it asks the payer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The merchant's name, tag 59.
    pub(crate) merchant: String,
    /// The amount in whole rupiah, tag 54; `None` when the payer is to type it.
    pub(crate) amount_rupiah: Option<u64>,
}

/// Reads a code. The error is what the wallet shows.
pub(crate) fn read(payload: &str) -> Result<Reading, &'static str> {
    const BROKEN: &str = "This code cannot be read.";
    let body = payload.get(..payload.len().saturating_sub(4)).ok_or(BROKEN)?;
    let sum = payload.get(body.len()..).ok_or(BROKEN)?;
    if !body.ends_with("6304") {
        return Err(BROKEN);
    }
    if u16::from_str_radix(sum, 16) != Ok(checksum(body.as_bytes())) {
        return Err("This code is damaged: its checksum is wrong.");
    }
    let fields = fields(payload).ok_or(BROKEN)?;
    let value = |tag| fields.iter().find(|(name, _)| name == tag).map(|(_, value)| value.clone());
    let amount = match value("54") {
        None => None,
        Some(text) => Some(rupiah(&text).ok_or("This code's amount cannot be read.")?),
    };
    Ok(Reading { merchant: value("59").ok_or(BROKEN)?, amount_rupiah: amount })
}

/// The fields of the outer level; lengths count characters.
fn fields(payload: &str) -> Option<Vec<(String, String)>> {
    let mut letters = payload.chars().peekable();
    let mut found = Vec::new();
    while letters.peek().is_some() {
        let tag: String = letters.by_ref().take(2).collect();
        let length: usize = letters.by_ref().take(2).collect::<String>().parse().ok()?;
        let value: String = letters.by_ref().take(length).collect();
        if value.chars().count() != length {
            return None;
        }
        found.push((tag, value));
    }
    Some(found)
}

/// Whole rupiah of `1000`, `1000.` and `1000.00`.
fn rupiah(text: &str) -> Option<u64> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let plain = cents.len() <= 2 && cents.bytes().all(|digit| digit == b'0');
    let digits = !whole.is_empty() && whole.bytes().all(|digit| digit.is_ascii_digit());
    (plain && digits).then(|| whole.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_has_the_published_check_value() {
        assert_eq!(checksum(b"123456789"), 0x29B1);
    }

    #[test]
    fn the_documented_order_becomes_the_known_good_code() {
        assert_eq!(
            compose(15_023, "INV-9921"),
            "00020101021226690017ID.CO.EXAMPLE.WWW011893600000000000000002150000000000000000303UMI\
             51440014ID.CO.QRIS.WWW0215ID10200000000000303UMI5204581253033605405150235802ID\
             5911TOKO CONTOH6013JAKARTA PUSAT61051064062190108INV-99210703A016304314B"
        );
    }

    #[test]
    fn a_wallet_reads_back_what_was_written_whatever_the_order_id() {
        let long = "x".repeat(200);
        for order_id in ["INV-9921", "INV/2026/11/1", "", "طلب-١", &long] {
            let reading = read(&compose(2001, order_id)).expect(order_id);
            assert_eq!(reading.merchant, MERCHANT);
            assert_eq!(reading.amount_rupiah, Some(2001));
        }
    }

    #[test]
    fn a_wallet_refuses_a_damaged_code() {
        let good = compose(15_023, "INV-1");
        let damaged = good.replace("540515023", "540515000");
        assert!(read(&damaged).is_err_and(|why| why.contains("checksum")));
        for text in ["", "6304", "é630", "hello", &good[1..]] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
