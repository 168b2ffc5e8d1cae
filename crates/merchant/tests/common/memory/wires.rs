//! Wake-ups between processes that share the in-memory storage; every so-manieth is lost.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// As many as a process of ours lets wait.
const MOST_WAITING: usize = 1_000;

/// One wire for each process, in the order in which they began to listen.
#[derive(Default)]
pub(crate) struct Wires {
    /// One of so many is lost; 0: none.
    lose_one_of: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    senders: Vec<mpsc::Sender<String>>,
    sent: usize,
    lost: BTreeSet<(usize, String)>,
}

impl Wires {
    /// Wires that lose one of so many wake-ups; 0: none.
    pub(crate) fn that_lose_one_of(lose_one_of: usize) -> Wires {
        Wires { lose_one_of, state: Mutex::default() }
    }

    /// How many wake-ups were sent, counted at each process.
    pub(crate) fn sent(&self) -> usize {
        self.state().sent
    }

    /// Each wake-up that was lost: the process that it was for, and the payment.
    pub(crate) fn lost(&self) -> BTreeSet<(usize, String)> {
        self.state().lost.clone()
    }

    pub(super) fn listen(&self) -> mpsc::Receiver<String> {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        self.state().senders.push(sender);
        receiver
    }

    pub(super) fn tell(&self, id: &str) {
        let mut state = self.state();
        let State { senders, sent, lost } = &mut *state;
        let alive = senders.iter().enumerate().filter(|(_, sender)| !sender.is_closed());
        for (process, sender) in alive {
            *sent += 1;
            let is_lost = self.lose_one_of > 0 && *sent % self.lose_one_of == 0;
            if is_lost || sender.try_send(id.to_owned()).is_err() {
                lost.insert((process, id.to_owned()));
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
