//! A scenario in which nothing goes wrong: two tabs wait side by side for ten minutes, and what they ask
//! of the backend is counted.

use super::browser::{Browser, Tab};
use super::fault::PROVIDERS;
use super::scenario::handle;
use super::world::{Scheduled, World};
use crate::event::{Event, Mode};
use crate::view::ScreenModel;

const TEN_MINUTES_MS: u64 = 600_000;
/// What contract section 7 allows for such a wait.
const MOST_QUESTIONS: usize = 120;
/// A tab that mirrors another one asks hardly anything.
const MOST_MIRRORED: usize = 12;

/// Runs the scenario.
pub(super) fn run(world: &mut World) {
    world.is_calm = true;
    world.backend.says_strange_words = false;
    world.backend.life_ms = 2 * TEN_MINUTES_MS;
    world.browsers.push(Browser::new(true, false));
    for tab in 0..2 {
        world.tabs.push(Tab::new(0, Mode::Auto));
        world.load(tab, None);
    }
    world.dispatch(0, Event::StartAsked(Some(PROVIDERS[0])));
    world.later(5_000, Scheduled::Calm);
    world.later(TEN_MINUTES_MS, Scheduled::Verdict);
    while let Some(happening) = world.next() {
        match happening {
            Scheduled::Calm => world.dispatch(1, Event::ContinueAsked),
            Scheduled::Verdict => return verdict(world),
            happening => handle(world, happening),
        }
        if !world.violations.is_empty() {
            return;
        }
    }
}

fn verdict(world: &mut World) {
    let asks = [0, 1].map(|tab| world.tabs[tab].observer.asks_ms.len());
    let [most, least] = [asks[0].max(asks[1]), asks[0].min(asks[1])];
    if most + least > MOST_QUESTIONS {
        world.violation(format!("{} questions in ten minutes", most + least));
    }
    if least > MOST_MIRRORED {
        world.violation(format!("both tabs ask: {most} and {least} times"));
    }
    for tab in 0..2 {
        let screen = world.tabs[tab].view().screen;
        if !matches!(screen, ScreenModel::Code(_)) {
            world.violation(format!("tab {tab} shows {screen:?} and not the code"));
        }
    }
}
