//! The providers, by their ids and names. What each of them says is read in `paywith-providers`.

use serde::{Serialize, Serializer};

/// A payment provider. The ids are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Cashii (cashii.app), Syria: a hosted page.
    Cashii,
    /// CashPay (cashpay.siloye.com), Yemen: a hosted page.
    CashPay,
    /// Kashier (kashier.io), Egypt: a hosted page.
    Kashier,
    /// Cashi (cashi.id), Indonesia: a QRIS code.
    Cashi,
}

impl Provider {
    /// All four, in the order of the documentation.
    pub const ALL: [Provider; 4] =
        [Provider::Cashii, Provider::CashPay, Provider::Kashier, Provider::Cashi];

    /// The id on the wire.
    pub fn id(self) -> &'static str {
        match self {
            Provider::Cashii => "cashii",
            Provider::CashPay => "cashpay",
            Provider::Kashier => "kashier",
            Provider::Cashi => "cashi",
        }
    }

    /// The name that shoppers know.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Cashii => "Cashii",
            Provider::CashPay => "CashPay",
            Provider::Kashier => "Kashier",
            Provider::Cashi => "Cashi",
        }
    }

    /// Reads an id; `None` for any other text. Ids are lower case on the wire.
    pub fn parse(id: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.id() == id)
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_read_back() {
        for provider in Provider::ALL {
            assert_eq!(Provider::parse(provider.id()), Some(provider));
        }
    }
}
