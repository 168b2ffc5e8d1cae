//! Attributes and properties become types here, once; what is wrong with them is said here.

use crate::shell::backend::Backend;
use crate::shell::storage::Drawer;
use crate::ui::text::{Language, Words};
use js_sys::{Array, Function, Object, Reflect};
use paywith_checkout::{Config, Fault, FaultCode, Returned};
use paywith_protocol::{Money, Provider};
use paywith_providers::returns;
use wasm_bindgen::{JsCast, JsValue};

/// Longer order references are no references.
const MOST_ORDER_CHARACTERS: usize = 4_096;

/// Everything that the element was told.
pub(crate) struct Options {
    pub(crate) config: Result<Config, Fault>,
    pub(crate) backend: Backend,
    pub(crate) words: Words,
    pub(crate) drawer: Option<Drawer>,
    pub(crate) returned: Option<Returned>,
}

impl Options {
    /// Reads the plain object that the element class makes.
    pub(crate) fn read(object: &JsValue) -> Options {
        let read = Reader { object };
        let order = read.text("order").unwrap_or_default();
        let endpoint = read.text("endpoint");
        let price = read.price();
        let mut backend = Backend {
            endpoint: endpoint.clone(),
            return_url: read.text("returnUrl").unwrap_or_default(),
            locale: read.text("lang").unwrap_or_default(),
            create_payment: read.function("createPayment"),
            fetch_payment: read.function("fetchPayment"),
            fetch_checkout: read.function("fetchCheckout"),
            cancel_payment: read.function("cancelPayment"),
            ..Backend::default()
        };
        backend.courtesy.headers = read.pairs("headers");
        backend.courtesy.credentials = read.text("credentials");
        backend.rules.order.clone_from(&order);
        backend.rules.price = price.as_ref().ok().copied().flatten();
        backend.rules.allowed_hosts = read.texts("allowedHosts");
        let pages = read.pairs("providerPages");
        let cashii = pages.into_iter().find(|(provider, _)| provider == Provider::Cashii.id());
        backend.rules.cashii_page = cashii.map(|(_, page)| page);
        let drawer = (!order.is_empty())
            .then(|| Drawer::of(endpoint.as_deref().unwrap_or_default(), &order));
        Options {
            config: read.config(&backend, order, price),
            words: read.words(),
            drawer,
            returned: read.returned(),
            backend,
        }
    }
}

struct Reader<'a> {
    object: &'a JsValue,
}

impl Reader<'_> {
    fn value(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(self.object, &name.into()).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    /// Text that is there and not empty.
    fn text(&self, name: &str) -> Option<String> {
        self.value(name)?.as_string().filter(|text| !text.is_empty())
    }

    fn flag(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value.is_truthy())
    }

    fn function(&self, name: &str) -> Option<Function> {
        self.value(name)?.dyn_into().ok()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let Some(value) = self.value(name).filter(Array::is_array) else { return Vec::new() };
        Array::from(&value).iter().filter_map(|text| text.as_string()).collect()
    }

    /// The text entries of a plain object, or of a list of pairs.
    fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let entries = match value.dyn_into::<Array>() {
            Ok(list) => list,
            Err(value) => Object::entries(&Object::from(value)),
        };
        let pair = |entry: JsValue| {
            let entry = Array::from(&entry);
            Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
        };
        entries.iter().filter_map(pair).collect()
    }

    fn price(&self) -> Result<Option<Money>, Fault> {
        let (Some(amount), Some(currency)) = (self.text("amount"), self.text("currency")) else {
            return match self.text("amount") {
                // An amount means nothing without its currency.
                Some(_) => Err(Fault::new(FaultCode::BadAmount, "`currency` is missing")),
                None => Ok(None),
            };
        };
        let price = Money::parse(&amount, &currency);
        let price = price.map_err(|error| {
            let message = match error {
                paywith_protocol::MoneyError::Amount => {
                    "`amount` must be a decimal such as 100.98, without separators"
                }
                paywith_protocol::MoneyError::Currency => {
                    "`currency` must be a three-letter ISO 4217 code"
                }
            };
            Fault::new(FaultCode::BadAmount, message)
        })?;
        Ok(Some(price))
    }

    fn config(
        &self,
        backend: &Backend,
        order: String,
        price: Result<Option<Money>, Fault>,
    ) -> Result<Config, Fault> {
        let fault = |code, message| Err(Fault::new(code, message));
        if order.is_empty() {
            return fault(
                FaultCode::MissingOrder,
                "`order` is missing: set it to the order's reference",
            );
        }
        if order.chars().count() > MOST_ORDER_CHARACTERS {
            return fault(FaultCode::MissingOrder, "`order` is longer than 4,096 characters");
        }
        let has_functions = backend.create_payment.is_some() && backend.fetch_payment.is_some();
        if backend.endpoint.is_none() && !has_functions {
            let message =
                "`endpoint` is missing: set it, or both `createPayment` and `fetchPayment`";
            return fault(FaultCode::MissingEndpoint, message);
        }
        let providers = self.providers()?;
        let can_ask = backend.endpoint.is_some() || backend.fetch_checkout.is_some();
        if providers.is_none() && !can_ask {
            let message = "`providers` is missing: without `endpoint` nobody else knows them";
            return fault(FaultCode::NoProviders, message);
        }
        Ok(Config {
            order,
            providers,
            hint: price?,
            is_resuming: self.text("autoResume").as_deref() != Some("off"),
            is_disabled: self.flag("disabled"),
        })
    }

    fn providers(&self) -> Result<Option<Vec<Provider>>, Fault> {
        let Some(text) = self.text("providers") else { return Ok(None) };
        let mut providers = Vec::new();
        for id in text.split_whitespace() {
            let Some(provider) = Provider::parse(id) else {
                let id: String = id.chars().take(40).collect();
                let message =
                    ["`providers` names `", &id, "`: use cashii, cashpay, kashier, cashi"];
                return Err(Fault::new(FaultCode::UnknownProvider, &message.concat()));
            };
            if !providers.contains(&provider) {
                providers.push(provider);
            }
        }
        Ok((!providers.is_empty()).then_some(providers))
    }

    fn words(&self) -> Words {
        let language = Language::of_tag(&self.text("lang").unwrap_or_default());
        let mut words = Words::new(language, self.text("numbering").as_deref());
        words.overrides = self.pairs("messages");
        // The nearest ancestor's direction wins; without one it is the language's.
        match self.text("dir").as_deref() {
            Some("rtl") => words.is_right_to_left = true,
            Some("ltr") => words.is_right_to_left = false,
            Some(_) | None => {}
        }
        words
    }

    /// The parameters that the loader took from the address bar.
    fn returned(&self) -> Option<Returned> {
        let pairs = self.pairs("returned");
        let hint = returns::read(&pairs)?;
        Some(Returned { paywith: hint.paywith, provider: hint.provider, id: hint.id })
    }
}
