//! What the machine and the screen are told of the settings; what is wrong with them is said here.

use super::checks;
use crate::shell::settings::Settings;
use crate::shell::storage::OrderStorage;
use crate::ui::i18n::{Key, Language, Locale};
use paywith_checkout::{Config, Fault, FaultCode, Mode, Returned};
use paywith_protocol::{Money, MoneyError, Provider};
use paywith_providers::urls::percent_encode;
use paywith_providers::{returns, urls};

/// A longer text is no order reference.
const MOST_ORDER_BYTES: usize = 4_096;

/// The machine's configuration, or what has to be mended first.
pub(crate) fn config(settings: &Settings) -> Result<Config, Fault> {
    let fault = |code, message| Err(Fault::new(code, message));
    let Some(order) = settings.text("order") else {
        let message = "`order` is missing: set it to the order's reference";
        return fault(FaultCode::MissingOrder, message);
    };
    if order.len() > MOST_ORDER_BYTES {
        return fault(FaultCode::MissingOrder, "`order` is longer than 4,096 bytes");
    }
    let has = |name| settings.function(name).is_some();
    let has_endpoint = settings.text("endpoint").is_some();
    if !(has_endpoint || has("createPayment") && has("fetchPayment")) {
        let message = "`endpoint` is missing: set it, or both `createPayment` and `fetchPayment`";
        return fault(FaultCode::MissingEndpoint, message);
    }
    if let Some(fault) = checks::refused(settings) {
        return Err(fault);
    }
    let providers = providers(settings)?;
    if providers.is_none() && !has_endpoint && !has("fetchCheckout") {
        let message = "`providers` is missing: without `endpoint` nobody else knows them";
        return fault(FaultCode::NoProviders, message);
    }
    Ok(Config {
        order,
        providers,
        hint: price(settings)?,
        mode: match settings.text("mode").as_deref() {
            Some("redirect") => Mode::Redirect,
            Some("popup") => Mode::Popup,
            Some("modal") => Mode::Modal,
            Some(_) | None => Mode::Auto,
        },
        success_url: settings.text("successUrl").and_then(|url| success_url(settings, &url)),
        is_resuming: settings.text("autoResume").as_deref() != Some("off"),
        is_disabled: settings.flag("disabled"),
    })
}

fn price(settings: &Settings) -> Result<Option<Money>, Fault> {
    settings.price().map_err(|error| {
        let message = match error {
            MoneyError::Amount => "`amount` must be a decimal such as 100.98, without separators",
            MoneyError::Currency => "`currency` must be a three-letter ISO 4217 code",
        };
        Fault::new(FaultCode::BadAmount, message)
    })
}

fn providers(settings: &Settings) -> Result<Option<Vec<Provider>>, Fault> {
    let mut providers = Vec::new();
    for id in settings.text_or_empty("providers").split_whitespace() {
        let Some(provider) = Provider::parse(id) else {
            let id = id.char_indices().nth(40).map_or(id, |(end, _)| id.split_at(end).0);
            let message = ["`providers` names `", id, "`: use cashii, cashpay, kashier, cashi"];
            return Err(Fault::new(FaultCode::UnknownProvider, &message.concat()));
        };
        if !providers.contains(&provider) {
            providers.push(provider);
        }
    }
    Ok((!providers.is_empty()).then_some(providers))
}

/// What is wrong with the settings but does not prevent a payment.
pub(crate) fn ignored(settings: &Settings) -> Option<Fault> {
    if let Some(name) = settings.text("wrongUrl") {
        let message = ["`", &name, "` is not an address"].concat();
        return Some(Fault::new(FaultCode::BadSetting, &message));
    }
    let success = settings.text("successUrl").filter(|url| success_url(settings, url).is_none());
    if success.is_some() {
        let message = "`success-url` must be an address of this page's own origin, or https";
        return Some(Fault::new(FaultCode::BadSetting, message));
    }
    checks::ignored(settings, Key::is_name)
}

/// Where the page goes after `paid`, absolute, with the order filled in.
fn success_url(settings: &Settings, url: &str) -> Option<String> {
    let order = percent_encode(&settings.text_or_empty("order"));
    let url = url.replace("{order}", &order);
    // A browser may write the braces of an address as codes.
    let url = url.replace("%7Border%7D", &order);
    let page = settings.text_or_empty("page");
    let is_own = urls::origin(&url).is_some() && urls::origin(&url) == urls::origin(&page);
    (is_own || urls::check_redirect(&url).is_ok()).then_some(url)
}

/// How the screen speaks.
pub(crate) fn locale(settings: &Settings) -> Locale {
    let language = Language::of_tag(&settings.text_or_empty("lang"));
    let mut locale = Locale::new(language, settings.text("numbering").as_deref());
    locale.overrides = settings.pairs("messages");
    // The nearest ancestor's direction wins; without one it is the language's.
    match settings.text("dir").as_deref() {
        Some("rtl") => locale.is_right_to_left = true,
        Some("ltr") => locale.is_right_to_left = false,
        Some(_) | None => {}
    }
    locale
}

/// Where the order is remembered.
pub(crate) fn order_storage(settings: &Settings) -> Option<OrderStorage> {
    let order = settings.text("order")?;
    Some(OrderStorage::of(&settings.text_or_empty("endpoint"), &order))
}

/// The parameters that the loader took from the address bar.
pub(crate) fn returned(settings: &Settings) -> Option<Returned> {
    let hint = returns::read(&settings.pairs("returned"))?;
    Some(Returned { paywith: hint.paywith, provider: hint.provider, id: hint.id })
}
