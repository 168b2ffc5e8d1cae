//! Every address, once: the router, the limits, the log, the metrics and the test of the written contract
//! read this table. Start at [`ROUTES`].

use super::{admin, checkout, demo, openapi, operating, pay_page, payments, return_hop, webhooks};
use crate::{Config, Shop};
use axum::Router;
use axum::routing::{MethodRouter, any, get, post};
use std::sync::Arc;

/// One address.
pub(super) struct Route {
    /// Its pattern, which stands in logs and metrics in place of the address itself.
    pub(super) path: &'static str,
    pub(super) limit: Limit,
    offered: Offered,
    methods: fn() -> MethodRouter<Arc<Shop>>,
}

/// How often one client may call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// As often as it likes: providers and operators. A limit would lose news of money, or hide trouble.
    None,
    /// The limit for status polling. Each shopper does it all the time, and thousands of them may share
    /// one carrier's address. It usually costs one database read: providers are read once per payment
    /// and interval, however many callers ask.
    Reading,
    /// A page with a form: shown like a reading, sent like a call.
    Form,
    /// Everything else.
    Calling,
}

/// Which shops have it.
enum Offered {
    Always,
    /// `demo.enabled`.
    InDemo,
    /// `admin_token`.
    ToAdmin,
}

const fn route(
    path: &'static str,
    limit: Limit,
    methods: fn() -> MethodRouter<Arc<Shop>>,
) -> Route {
    Route { path, limit, offered: Offered::Always, methods }
}

impl Route {
    const fn offered(self, offered: Offered) -> Route {
        Route { offered, ..self }
    }
}

/// All of them.
pub(super) static ROUTES: [Route; 21] = [
    route("/api/checkout", Limit::Calling, || get(checkout::show)),
    route("/api/payments", Limit::Calling, || post(payments::create)),
    route("/api/payments/{id}", Limit::Reading, || get(payments::show)),
    route("/api/payments/{id}/cancel", Limit::Calling, || post(payments::cancel)),
    // A shopper who comes back may have paid and must not see an error.
    route("/api/return", Limit::Reading, || any(return_hop::go_back)),
    route("/api/return/{payment}", Limit::Reading, || any(return_hop::go_back)),
    route("/api/webhooks/{provider}", Limit::None, || any(webhooks::door)),
    route("/api/webhooks/{provider}/{token}", Limit::None, || any(webhooks::door)),
    route("/pay/{order}", Limit::Form, || get(pay_page::show).post(pay_page::begin)),
    route("/pay.css", Limit::Reading, || get(pay_page::style)),
    route("/healthz", Limit::None, || get(async || "ok")),
    route("/readyz", Limit::None, || get(operating::ready)),
    route("/metrics", Limit::None, || get(operating::metrics)),
    route("/openapi.json", Limit::Calling, || get(openapi::show)),
    route("/admin", Limit::Calling, || get(admin::list)).offered(Offered::ToAdmin),
    route("/admin/payments/{id}", Limit::Calling, || get(admin::payment)).offered(Offered::ToAdmin),
    route("/admin/events/{id}/resend", Limit::Calling, || post(admin::resend))
        .offered(Offered::ToAdmin),
    route("/admin.css", Limit::Calling, || get(admin::style)).offered(Offered::ToAdmin),
    route("/api/demo/products", Limit::Calling, || get(demo::products)).offered(Offered::InDemo),
    route("/api/demo/orders", Limit::Calling, || post(demo::order)).offered(Offered::InDemo),
    route("/api/demo/orders/{order}", Limit::Calling, || get(demo::show)).offered(Offered::InDemo),
];

/// The patterns of all addresses, for a test of the written contract.
#[must_use]
pub fn addresses() -> Vec<&'static str> {
    ROUTES.iter().map(|route| route.path).collect()
}

/// A router with those that this shop has.
pub(super) fn routes(config: &Config) -> Router<Arc<Shop>> {
    let is_here = |route: &&Route| match route.offered {
        Offered::Always => true,
        Offered::InDemo => config.demo,
        Offered::ToAdmin => config.admin_token.is_some(),
    };
    ROUTES
        .iter()
        .filter(is_here)
        .fold(Router::new(), |router, route| router.route(route.path, (route.methods)()))
}

/// The address with this pattern.
pub(super) fn with_pattern(path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.path == path)
}
