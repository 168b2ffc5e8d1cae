//! Every rule has a backend that breaks it, and the doctor names that rule.

use crate::cases;
use crate::shop::Shop;
use crate::{Plan, Provider, broken, examine, plan, rules};
use std::collections::BTreeSet;
use tokio::runtime::Builder;

/// One backend that does one thing wrong.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// What it breaks.
    pub(crate) rule: &'static str,
    pub(crate) provider: Provider,
    /// The shopper's session.
    pub(crate) cookie: Option<&'static str>,
    /// What happens to a request's path and query.
    pub(crate) inward: crate::shop::Inward,
    /// What happens to an answer.
    pub(crate) change: crate::shop::Change,
}

/// How many backends run at a time: they mostly wait.
const AT_A_TIME: usize = 6;

async fn find(case: &'static Case) {
    let shop = Shop::behind("/api", case.inward, case.change).await;
    let usual = plan(&shop.endpoint, &shop.order("coffee").await);
    let plan = match case.provider {
        Provider::Cashi => usual,
        provider => Plan { provider, second_provider: None, ..usual },
    };
    let cookie = case.cookie.map(|cookie| cookie.parse().expect("a cookie"));
    let plan = Plan { cookie, ..plan };
    let report = examine(&plan).await.expect("a report");
    assert!(broken(&report).contains(&case.rule), "{}:\n{report}", case.rule);
}

#[test]
fn every_wrong_backend_is_found_by_the_name_of_the_rule() {
    let all: Vec<_> = cases::all().collect();
    for cases in all.chunks(AT_A_TIME) {
        std::thread::scope(|scope| {
            for case in cases {
                scope.spawn(|| {
                    let runtime = Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(find(case));
                });
            }
        });
    }
}

#[test]
fn every_rule_has_a_backend_that_breaks_it() {
    let tested: BTreeSet<_> = cases::all().map(|case| case.rule).collect();
    assert_eq!(tested, rules::ALL.into_iter().collect::<BTreeSet<_>>());
}
