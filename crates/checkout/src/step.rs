//! One step: an event goes to the flow that knows it, from there to the next one until nothing follows;
//! afterwards time passes, and the next wake-up is set. The only file that knows all flows.
//!
//! The order within a step: the clocks are read, and deadlines based anew if they disagree; the event is
//! dispatched; what time brings is done, in the order of [`let_time_pass`]; window and leadership are
//! settled; the state is noted for support; the wake-up is set, as the last effect of every step.

use crate::context::Context;
use crate::effect::Effect;
use crate::event::Event;
use crate::flow::{Next, create, dialog, load, popup, qr, shopper, status, success, tabs, time};
use crate::model::{Check, Checkout};
use crate::polling;
use crate::step_context::StepContext;
use crate::time::Clocks;

/// One event happened: the checkout afterwards, and what is to be done, in this order.
///
/// Any event may come in any state at any time; one that does not fit changes nothing.
#[must_use]
pub fn step(
    mut checkout: Checkout,
    event: Event,
    context: &Context<'_>,
) -> (Checkout, Vec<Effect>) {
    let before = checkout.clocks;
    let (clocks, clocks_disagree) = Clocks::read(before, context.now);
    checkout.clocks = Some(clocks);
    let fresh_key = context.fresh_key.clone();
    let context = &Context { now: clocks.last, fresh_key, ..*context };
    let effects = Vec::new();
    let mut step = StepContext { checkout: &mut checkout, effects, context, clocks_disagree };
    let last_step = before.map(|before| before.last).filter(|_| clocks_disagree);
    if let Some(last_step) = last_step {
        time::base_deadlines_anew(&mut step, last_step);
    }
    let next = dispatch(&mut step, event);
    hand_over(&mut step, next);
    if clocks_disagree {
        // How old its answer will be no clock can tell any more.
        polling::give_up_any_call(&mut step);
        create::give_up_stale_call(&mut step);
        qr::confirm_again(&mut step);
        step.checkout.ask_shown_soon(clocks.last);
    }
    let_time_pass(&mut step);
    popup::settle(&mut step);
    dialog::close_at_buttons(&mut step);
    tabs::settle(&mut step);
    step.checkout.note_state(clocks.last.wall_ms);
    let at_ms = time::next_wake(step.checkout, clocks.last).map(|at_ms| clocks.on_device_ms(at_ms));
    step.effects.push(Effect::Wake { at_ms });
    let effects = step.effects;
    (checkout, effects)
}

/// What time alone brings, one conversation after the other.
fn let_time_pass(step: &mut StepContext<'_>) {
    let next = status::end_overdue_call(step);
    hand_over(step, next);
    qr::let_expire(step);
    polling::let_time_pass(step);
    create::let_time_pass(step);
    load::let_time_pass(step);
    success::let_time_pass(step);
}

/// Which flow knows this event. An event that does not fit the state changes nothing: each flow looks for
/// itself.
fn dispatch(step: &mut StepContext<'_>, event: Event) -> Next {
    match event {
        Event::StartAsked(provider) => {
            dialog::open_again(step);
            return create::asked(step, provider);
        }
        Event::StartAllowed(provider) => {
            dialog::open(step);
            return create::allowed(step, provider);
        }
        Event::ContinueAsked => {
            dialog::open(step);
            return create::continue_asked(step);
        }
        Event::RenewAsked => return create::renew_asked(step),
        Event::StatusAnswered { call, result } => return status::answered(step, call, result),
        Event::Opened { config, record, returned } => load::opened(step, config, record, returned),
        Event::Configured { config, record } => load::configured(step, config, record),
        Event::OfferAnswered { call, result } => load::offer_answered(step, call, result),
        Event::ResumeAsked => load::resume(step),
        Event::CreateAnswered { call, result } => create::answered(step, call, result),
        Event::CodeDrawn { id, picture } => qr::drawn(step, &id, picture),
        Event::PictureBlocked { id } => qr::picture_blocked(step, &id),
        Event::FaultNoticed(fault) => step.emit_fault_once(&fault),
        Event::StayAsked => success::stay(step),
        Event::CheckAsked => check_asked(step),
        Event::DismissAsked => dialog::dismiss_asked(step),
        Event::CancelAsked => shopper::cancel_asked(step),
        Event::ResetAsked => shopper::reset_asked(step),
        Event::Woken => woken(step),
        Event::Hidden => hidden(step),
        Event::TabMessageReceived(message) => tabs::received(step, message),
        Event::LeadershipChanged(is_leading) => tabs::leads(step, is_leading),
        Event::WindowBlocked => popup::blocked(step),
        Event::WindowClosed => popup::closed(step),
        Event::Ticked => {}
    }
    Next::Done
}

/// From one conversation to the other.
fn hand_over(step: &mut StepContext<'_>, next: Next) {
    match next {
        Next::Done => {}
        Next::ContinueHere => {
            dialog::open(step);
            tabs::continue_here(step);
        }
        Next::JoinOrStart(_) | Next::JoinOrRenew(_) if tabs::join_if_begun(step) => {
            dialog::open(step);
            tabs::continue_here(step);
        }
        Next::JoinOrStart(provider) => create::start(step, provider),
        Next::JoinOrRenew(provider) => {
            dialog::open(step);
            create::renew(step, provider);
        }
        Next::NotFound(id) => load::not_found(step, &id),
    }
}

/// `checkNow()`: also how a page learns of a refund after the payment.
fn check_asked(step: &mut StepContext<'_>) {
    if step.checkout.shown().is_some() {
        step.checkout.check = Some(Check::Asked);
    }
    step.ask_all_soon();
    step.checkout.ask_paid_soon(step.context.now);
    create::retry_soon(step);
    load::retry_soon(step);
}

/// Back in front, online, or out of the back/forward cache: the truth is read again at once.
fn woken(step: &mut StepContext<'_>) {
    let was_hidden = !std::mem::replace(&mut step.checkout.is_visible, true);
    qr::confirm_again(step);
    shopper::cancel_navigation(step);
    if let Some(stored) = (step.context.stored)() {
        tabs::reconcile(step, stored, true);
    }
    if was_hidden {
        polling::give_up_stale_call(step);
        create::give_up_stale_call(step);
    }
    step.ask_all_soon();
    create::retry_soon(step);
    load::retry_soon(step);
}

/// Nothing is asked while the page is hidden, and no call stays open.
fn hidden(step: &mut StepContext<'_>) {
    step.checkout.is_visible = false;
    polling::give_up_wait(step);
}
