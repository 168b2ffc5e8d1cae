//! The other tabs of this browser with the same order: what they say, and who of them asks.
//!
//! Words go over a `BroadcastChannel`, records over the storage as well. Who asks is decided by a Web
//! Lock; where there are none (outside secure contexts), by a lease in the storage; where there is
//! neither, every tab asks for itself.

use super::clock::{self, Interval};
use super::page::Listener;
use super::platform;
use super::storage::{self, OrderStorage};
use js_sys::{Function, Promise};
use paywith_checkout::TabMessage;
use paywith_protocol::{PaymentId, whole_text};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, BroadcastChannel, MessageEvent, StorageEvent};

/// A lease that is not renewed for so long belongs to nobody.
const LEASE_MS: u64 = 6_000;
/// How often a lease is renewed, or tried for.
const LEASE_STEP_MS: u32 = 2_000;

/// What comes from outside this tab.
pub(crate) enum TabNews {
    Message(TabMessage),
    LeadershipChanged(bool),
    /// Calling this gives up the lock: for the page, which outlives this module.
    Holds(Function),
}

type Report = Rc<dyn Fn(TabNews)>;

/// This tab among the others; dropping it leaves them.
pub(crate) struct Tabs {
    storage: OrderStorage,
    channel: Option<BroadcastChannel>,
    #[expect(dead_code, reason = "dropping them takes the listeners off")]
    listeners: Vec<Listener>,
    report: Report,
    election: RefCell<Option<LeaderElection>>,
}

/// The wish to be the one that asks, or its fulfilment; dropping it gives it up.
enum LeaderElection {
    Lock(#[expect(dead_code, reason = "dropping it releases the lock")] Lock),
    Lease(#[expect(dead_code, reason = "dropping it ends the lease")] Lease),
    Alone,
}

impl Tabs {
    pub(crate) fn join(storage: OrderStorage, report: impl Fn(TabNews) + 'static) -> Tabs {
        let report: Report = Rc::new(report);
        let channel = BroadcastChannel::new(storage.key()).ok();
        let mut listeners = Vec::new();
        if let Some(channel) = &channel {
            let report = report.clone();
            listeners.extend(Listener::add(channel, "message", move |event| {
                let data = event.unchecked_into::<MessageEvent>().data();
                if let Some(message) = data.as_string().and_then(|text| from_text(&text)) {
                    report(TabNews::Message(message));
                }
            }));
        }
        if let Some(window) = web_sys::window() {
            let (report, storage) = (report.clone(), storage.clone());
            listeners.extend(Listener::add(&window, "storage", move |event| {
                let key = event.unchecked_into::<StorageEvent>().key();
                if key.as_deref() == Some(storage.key())
                    && let Some(record) = storage.read()
                {
                    report(TabNews::Message(TabMessage::HasRecord(record)));
                }
            }));
        }
        Tabs { storage, channel, listeners, report, election: RefCell::default() }
    }

    /// Tells the other tabs.
    pub(crate) fn broadcast(&self, message: &TabMessage) {
        if let Some(channel) = &self.channel {
            // A closed channel has no receiver left.
            channel.post_message(&to_text(message).into()).unwrap_or(());
        }
    }

    /// Tries to become the one that asks, or stops being it.
    pub(crate) fn lead(&self, wants: bool) {
        if !wants {
            self.election.replace(None);
            return (self.report)(TabNews::LeadershipChanged(false));
        }
        let name = [self.storage.key(), ":lead"].concat();
        let claim = match Lock::request(&name, self.report.clone()) {
            Some(lock) => {
                // Until the lock is there, which may be never.
                (self.report)(TabNews::LeadershipChanged(false));
                LeaderElection::Lock(lock)
            }
            None if storage::storage().is_some() => {
                LeaderElection::Lease(Lease::seek(name, self.report.clone()))
            }
            None => {
                (self.report)(TabNews::LeadershipChanged(true));
                LeaderElection::Alone
            }
        };
        self.election.replace(Some(claim));
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            platform::call(channel, "close", &[]);
        }
    }
}

/// A Web Lock, or the place in its queue.
struct Lock {
    abort: Option<AbortController>,
    /// Resolving its promise releases the lock.
    release: Rc<RefCell<Option<Function>>>,
    /// Nobody wants it any more; the browser may have decided to give it all the same.
    is_over: Rc<Cell<bool>>,
}

impl Lock {
    /// `None` where there are no locks.
    fn request(name: &str, report: Report) -> Option<Lock> {
        let locks = platform::member(&platform::service("navigator")?, "locks")?;
        let abort = AbortController::new().ok()?;
        let options = js_sys::Object::new();
        super::fetch::set(&options, "signal", &abort.signal());
        let release: Rc<RefCell<Option<Function>>> = Rc::default();
        let held = release.clone();
        let told = report.clone();
        let is_over = Rc::new(Cell::new(false));
        let was_given_up = is_over.clone();
        let granted: Closure<dyn FnMut() -> Promise> = Closure::new(move || {
            if was_given_up.get() {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            told(TabNews::LeadershipChanged(true));
            Promise::new(&mut |resolve, _| {
                told(TabNews::Holds(resolve.clone()));
                held.replace(Some(resolve));
            })
        });
        let callback = AsRef::<JsValue>::as_ref(&granted);
        let arguments = [name.into(), options.into(), callback.clone()];
        let waiting: Promise = platform::call(&locks, "request", &arguments)?.dyn_into().ok()?;
        let signal = abort.signal();
        spawn_local(async move {
            // Leaving the queue rejects the promise. Any other error means that there are no locks
            // here, as in a sandboxed frame: then every tab asks for itself.
            let is_refused = JsFuture::from(waiting).await.is_err();
            // Until the request is settled the browser may still call it.
            drop(granted);
            if is_refused && !signal.aborted() {
                report(TabNews::LeadershipChanged(true));
            }
        });
        Some(Lock { abort: Some(abort), release, is_over })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.is_over.set(true);
        match self.release.borrow_mut().take() {
            Some(release) => {
                // A promise of our own always takes its end.
                release.call0(&JsValue::UNDEFINED).unwrap_or(JsValue::UNDEFINED);
            }
            None => {
                if let Some(abort) = self.abort.take() {
                    abort.abort();
                }
            }
        }
    }
}

/// A lease in the storage, or the attempts to get it.
struct Lease {
    name: String,
    owner: String,
    #[expect(dead_code, reason = "dropping it ends the renewing")]
    interval: Interval,
}

impl Lease {
    fn seek(name: String, report: Report) -> Lease {
        let owner = clock::fresh_key().as_str().to_owned();
        let (mine, place) = (owner.clone(), name.clone());
        let step = move || report(TabNews::LeadershipChanged(claim_lease(&place, &mine)));
        step();
        Lease { name, owner, interval: Interval::new(LEASE_STEP_MS, step) }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let (Some(storage), Some((owner, _))) = (storage::storage(), read_lease(&self.name))
            && owner == self.owner
        {
            // A lease that cannot be removed runs out by itself.
            storage.remove_item(&self.name).unwrap_or(());
        }
    }
}

fn read_lease(name: &str) -> Option<(String, u64)> {
    let text = storage::storage()?.get_item(name).ok()??;
    let (owner, until_ms) = text.split_once(' ')?;
    Some((owner.to_owned(), storage::number(until_ms)?))
}

/// Whether the lease is ours from here on.
fn claim_lease(name: &str, owner: &str) -> bool {
    let now_ms = clock::now().wall_ms;
    let is_others = read_lease(name).is_some_and(|(known, until_ms)| {
        // A clock that was set back must not make a lease last for ever.
        known != owner && until_ms > now_ms && until_ms <= now_ms + LEASE_MS
    });
    if is_others {
        return false;
    }
    let text = [owner, " ", &whole_text(now_ms + LEASE_MS)].concat();
    if let Some(storage) = storage::storage() {
        // Where nothing can be written, every tab asks for itself.
        storage.set_item(name, &text).unwrap_or(());
    }
    true
}

/// A word as text: its kind, and what belongs to it.
fn to_text(word: &TabMessage) -> String {
    match word {
        TabMessage::WhoHasIt => "?".to_owned(),
        TabMessage::HasRecord(record) => ["=", &storage::to_text(record)].concat(),
        TabMessage::StillPending { id, left_ms } => {
            let left = left_ms.map(whole_text).unwrap_or_default();
            ["~", &left, " ", id.as_str()].concat()
        }
        TabMessage::StatusChanged { id } => ["!", id.as_str()].concat(),
    }
}

/// `None` for what we did not write.
fn from_text(text: &str) -> Option<TabMessage> {
    let (kind, rest) = text.split_at_checked(1)?;
    Some(match kind {
        "?" => TabMessage::WhoHasIt,
        "=" => TabMessage::HasRecord(storage::from_text(rest)?),
        "~" => {
            let (left_ms, id) = rest.split_once(' ')?;
            TabMessage::StillPending {
                id: PaymentId::parse(id)?,
                left_ms: storage::number(left_ms),
            }
        }
        "!" => TabMessage::StatusChanged { id: PaymentId::parse(rest)? },
        _ => return None,
    })
}
