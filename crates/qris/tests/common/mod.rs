//! The composer of payloads for the tests. The crate itself only reads; what is composed here is
//! invented and pays no one. Start at [`Shop`].

#![allow(dead_code, reason = "each test file compiles this module and uses a part of it")]

use paywith_qris::{Expected, Verdict, checksum};

/// A shop's code, with every part open to change.
#[derive(Clone, Debug)]
pub(crate) struct Shop {
    pub(crate) initiation: Option<&'static str>,
    pub(crate) pan: String,
    pub(crate) nmid: Option<String>,
    pub(crate) amount: Option<String>,
    pub(crate) name: String,
    pub(crate) city: String,
    pub(crate) terminal: String,
}

impl Shop {
    /// A sound dynamic code over 15023 rupiah.
    pub(crate) fn sound() -> Self {
        Self {
            initiation: Some("12"),
            pan: "936000000000000000".to_owned(),
            nmid: Some("ID1020000000000".to_owned()),
            amount: Some("15023".to_owned()),
            name: "TOKO CONTOH".to_owned(),
            city: "JAKARTA PUSAT".to_owned(),
            terminal: "A01".to_owned(),
        }
    }

    /// The top-level elements up to the checksum, in their usual order.
    pub(crate) fn elements(&self) -> Vec<(u8, String)> {
        let account = [(0, "ID.CO.EXAMPLE.WWW"), (1, &self.pan), (3, "UMI")];
        let mut all = vec![(0, "01".to_owned())];
        all.extend(self.initiation.map(|kind| (1, kind.to_owned())));
        all.push((26, template(&account)));
        if let Some(nmid) = &self.nmid {
            all.push((51, template(&[(0, "ID.CO.QRIS.WWW"), (2, nmid), (3, "UMI")])));
        }
        all.push((52, "5812".to_owned()));
        all.push((53, "360".to_owned()));
        all.extend(self.amount.clone().map(|amount| (54, amount)));
        all.push((58, "ID".to_owned()));
        all.push((59, self.name.clone()));
        all.push((60, self.city.clone()));
        all.push((61, "10640".to_owned()));
        all.push((62, template(&[(1, "INV-9921"), (7, &self.terminal)])));
        all
    }

    /// The whole payload.
    pub(crate) fn payload(&self) -> String {
        sealed_elements(&self.elements())
    }

    /// The payload with `tag` set to another value, or left out.
    pub(crate) fn payload_with(&self, tag: u8, value: Option<&str>) -> String {
        let mut all = self.elements();
        all.retain(|(present, _)| *present != tag);
        all.extend(value.map(|value| (tag, value.to_owned())));
        sealed_elements(&all)
    }
}

/// One element; the length counts characters.
pub(crate) fn element(tag: u8, value: &str) -> String {
    format!("{tag:02}{:02}{value}", value.chars().count())
}

/// The value of a template.
pub(crate) fn template(elements: &[(u8, &str)]) -> String {
    elements.iter().map(|(tag, value)| element(*tag, value)).collect()
}

/// A payload from its top-level elements.
pub(crate) fn sealed_elements(elements: &[(u8, String)]) -> String {
    sealed(&elements.iter().map(|(tag, value)| element(*tag, value)).collect::<String>())
}

/// `body` with its checksum.
pub(crate) fn sealed(body: &str) -> String {
    let covered = format!("{body}6304");
    format!("{covered}{:04X}", checksum(covered.as_bytes()))
}

/// `body` in Latin-1 with its checksum over those bytes, as the text that a decoder makes of it.
pub(crate) fn sealed_latin1(body: &str) -> String {
    let covered = format!("{body}6304");
    let bytes: Vec<u8> = covered.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
    format!("{covered}{:04X}", checksum(&bytes))
}

/// An order over `amount_rupiah` without pins.
pub(crate) fn order(amount_rupiah: u64) -> Expected<'static> {
    Expected { amount_rupiah, pinned_nmid: None, pinned_pan: None }
}

/// A verdict as one word with the codes of its reasons, for tables.
pub(crate) fn told(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Redraw(_, warnings) => {
            let codes: Vec<_> = warnings.iter().map(|warning| warning.code()).collect();
            format!("redraw {}", codes.join(" ")).trim_end().to_owned()
        }
        Verdict::ProviderPicture(reason) => format!("picture {}", reason.code()),
        Verdict::Refuse(refusal) => format!("refuse {}", refusal.code()),
    }
}
