//! Actors under supervision of our own, on actix. actix's `Supervisor` reuses the same value
//! and catches no panic, and its `do_send` ignores the bound of a mailbox; so here a panic
//! is caught, the value thrown away, a fresh one built by the factory after a back-off, and
//! when the restart budget is spent the failure is escalated and the mailbox closes.
//! One timer wheel per arbiter serves [`Scope::wake_after`]; no actor owns a timer.

use crate::Wheel;
use actix::{
    ActorContext, ActorFutureExt, Addr, Arbiter, ArbiterHandle, AsyncContext, Context, Handler,
    prelude::SendError,
};
use futures_util::FutureExt;
use std::{
    cell::RefCell,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

/// A unit of supervised state that handles one message at a time.
pub trait Actor: Sized + Unpin + 'static {
    type Message: Send + 'static;

    /// Runs on every (re)build, before any message.
    fn started(&mut self, _scope: &mut Scope<'_, Self>) {}

    fn handle(&mut self, message: Self::Message, scope: &mut Scope<'_, Self>);

    /// Asked for by [`Scope::wake_after`].
    fn woken(&mut self, _scope: &mut Scope<'_, Self>) {}
}

/// How often an actor may be rebuilt: `restarts` within `within`, with doubling back-off.
/// OTP's default is 1 in 5 s; a hall's entity may be tried a little longer.
#[derive(Clone, Debug)]
pub struct Budget {
    pub restarts: usize,
    pub within: Duration,
    pub back_off: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { restarts: 5, within: Duration::from_secs(30), back_off: Duration::from_millis(20) }
    }
}

pub struct SpawnOptions {
    pub name: String,
    /// Messages that may wait; one more is refused as busy.
    pub mailbox_max: usize,
    pub budget: Budget,
    /// Called once when the budget is spent.
    pub escalate: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the mailbox is full")]
    Busy,
    #[error("the actor is gone")]
    Gone,
}

/// The bounded way to an actor.
pub struct Mailbox<A: Actor>(Option<Addr<Host<A>>>);

impl<A: Actor> Clone for Mailbox<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Actor> Mailbox<A> {
    pub(crate) fn closed() -> Self {
        Self(None)
    }

    pub fn is_open(&self) -> bool {
        self.0.as_ref().is_some_and(Addr::connected)
    }

    /// Hands over a message, or says at once why not.
    pub fn tell(&self, message: A::Message) -> Result<(), Refused> {
        let addr = self.0.as_ref().ok_or(Refused::Gone)?;
        addr.try_send(Envelope::Message(message)).map_err(|error| match error {
            SendError::Full(_) => Refused::Busy,
            SendError::Closed(_) => Refused::Gone,
        })
    }
}

/// What an actor may do to its surroundings while it handles something.
pub struct Scope<'a, A: Actor>(&'a mut Context<Host<A>>);

impl<A: Actor> Scope<'_, A> {
    pub fn mailbox(&self) -> Mailbox<A> {
        Mailbox(Some(self.0.address()))
    }

    /// Runs a future while messages wait, then hands its output to the actor.
    pub fn wait<F, T>(
        &mut self,
        future: F,
        then: impl FnOnce(&mut A, T, &mut Scope<'_, A>) + 'static,
    ) where
        F: Future<Output = T> + 'static,
        T: 'static,
    {
        self.0.wait(guarded(future, then));
    }

    /// Runs a future beside the messages, then hands its output to the actor.
    pub fn spawn<F, T>(
        &mut self,
        future: F,
        then: impl FnOnce(&mut A, T, &mut Scope<'_, A>) + 'static,
    ) where
        F: Future<Output = T> + 'static,
        T: 'static,
    {
        self.0.spawn(guarded(future, then));
    }

    /// Calls [`Actor::woken`] after about this long.
    pub fn wake_after(&mut self, after: Duration) {
        let addr = self.0.address();
        // A full mailbox means the actor is busy, so it is awake already.
        at_wheel(after, Box::new(move || drop(addr.try_send(Envelope::Wake))));
    }

    /// Ends the actor; what waits in its mailbox is answered as gone.
    pub fn stop(&mut self) {
        self.0.stop();
    }
}

/// A future whose panic, and whose continuation's panic, count as the actor's own.
fn guarded<A: Actor, T: 'static>(
    future: impl Future<Output = T> + 'static,
    then: impl FnOnce(&mut A, T, &mut Scope<'_, A>) + 'static,
) -> impl actix::ActorFuture<Host<A>, Output = ()> + 'static {
    actix::fut::wrap_future::<_, Host<A>>(AssertUnwindSafe(future).catch_unwind()).map(
        move |output, host: &mut Host<A>, ctx| {
            host.guard(ctx, |actor, scope| match output {
                Ok(output) => then(actor, output, scope),
                Err(panic) => std::panic::resume_unwind(panic),
            });
        },
    )
}

enum Envelope<M> {
    Message(M),
    Wake,
}

impl<M> actix::Message for Envelope<M> {
    type Result = ();
}

/// Holds the actor's value and decides about its restarts.
pub(crate) struct Host<A: Actor> {
    actor: Option<A>,
    factory: Box<dyn Fn() -> A>,
    options: SpawnOptions,
    failures: Vec<tokio::time::Instant>,
}

impl<A: Actor> actix::Actor for Host<A> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.options.mailbox_max);
        self.build(ctx);
    }
}

impl<A: Actor> Handler<Envelope<A::Message>> for Host<A> {
    type Result = ();

    fn handle(&mut self, envelope: Envelope<A::Message>, ctx: &mut Self::Context) {
        self.guard(ctx, |actor, scope| match envelope {
            Envelope::Message(message) => actor.handle(message, scope),
            Envelope::Wake => actor.woken(scope),
        });
    }
}

impl<A: Actor> Host<A> {
    fn build(&mut self, ctx: &mut Context<Self>) {
        match catch_unwind(AssertUnwindSafe(|| (self.factory)())) {
            Ok(actor) => {
                self.actor = Some(actor);
                self.guard(ctx, |actor, scope| actor.started(scope));
            }
            Err(_) => self.failed(ctx),
        }
    }

    fn guard(&mut self, ctx: &mut Context<Self>, run: impl FnOnce(&mut A, &mut Scope<'_, A>)) {
        let Some(actor) = self.actor.as_mut() else { return };
        let mut scope = Scope(ctx);
        if catch_unwind(AssertUnwindSafe(|| run(actor, &mut scope))).is_err() {
            self.failed(ctx);
        }
    }

    fn failed(&mut self, ctx: &mut Context<Self>) {
        // The value may be half changed: it is never used again.
        self.actor = None;
        let now = tokio::time::Instant::now();
        self.failures.retain(|at| now.duration_since(*at) < self.options.budget.within);
        self.failures.push(now);
        let failures = self.failures.len();
        if failures > self.options.budget.restarts {
            tracing::error!(actor = %self.options.name, failures, "restart budget spent");
            (self.options.escalate)(&self.options.name);
            ctx.stop();
            return;
        }
        let doublings = u32::try_from(failures - 1).unwrap_or(16).min(16);
        let back_off = self.options.budget.back_off * 2_u32.pow(doublings);
        tracing::warn!(actor = %self.options.name, failures, ?back_off, "panicked; rebuilding");
        ctx.wait(
            actix::fut::wrap_future::<_, Host<A>>(tokio::time::sleep(back_off))
                .map(|(), host: &mut Host<A>, ctx| host.build(ctx)),
        );
    }
}

/// The threads that actors live on.
pub struct Arbiters(Vec<Arbiter>);

impl Arbiters {
    /// Must be called inside a running actix system.
    pub fn start(count: usize) -> Self {
        Self((0..count.max(1)).map(|_| Arbiter::new()).collect())
    }

    fn handle(&self, hash: u64) -> ArbiterHandle {
        let len = u64::try_from(self.0.len()).unwrap_or(1);
        let index = usize::try_from(hash % len).unwrap_or(0);
        self.0[index].handle()
    }

    /// Starts an actor on the arbiter that `hash` picks.
    pub fn spawn<A: Actor>(
        &self,
        hash: u64,
        options: SpawnOptions,
        factory: impl Fn() -> A + Send + 'static,
    ) -> Mailbox<A> {
        let addr = actix::Actor::start_in_arbiter(
            &self.handle(hash),
            move |ctx: &mut Context<Host<A>>| {
                ctx.set_mailbox_capacity(options.mailbox_max);
                Host { actor: None, factory: Box::new(factory), options, failures: Vec::new() }
            },
        );
        Mailbox(Some(addr))
    }

    pub fn stop(&self) {
        for arbiter in &self.0 {
            arbiter.stop();
        }
    }
}

const WHEEL_TICK: Duration = Duration::from_millis(250);

type Waker = Box<dyn FnOnce()>;

thread_local! {
    static WHEEL: RefCell<Option<Wheel<Waker>>> = const { RefCell::new(None) };
}

fn at_wheel(after: Duration, wake: Waker) {
    let ticks = usize::try_from(after.as_millis() / WHEEL_TICK.as_millis()).unwrap_or(usize::MAX);
    WHEEL.with_borrow_mut(|wheel| {
        if wheel.is_none() {
            actix::spawn(drive_wheel());
        }
        wheel.get_or_insert_with(|| Wheel::new(512)).insert(ticks, wake);
    });
}

async fn drive_wheel() {
    let mut interval = tokio::time::interval(WHEEL_TICK);
    loop {
        interval.tick().await;
        let due = WHEEL.with_borrow_mut(|wheel| wheel.as_mut().map_or_else(Vec::new, Wheel::tick));
        for wake in due {
            wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::{mpsc, oneshot};

    enum Ask {
        Count(oneshot::Sender<usize>),
        Panic,
        PanicLater,
        Block(oneshot::Receiver<()>),
    }

    struct Counter {
        built: usize,
    }

    impl Actor for Counter {
        type Message = Ask;

        fn handle(&mut self, message: Ask, scope: &mut Scope<'_, Self>) {
            match message {
                Ask::Count(reply) => drop(reply.send(self.built)),
                Ask::Panic => panic!("as asked"),
                Ask::PanicLater => scope.wait(async {}, |_, (), _| panic!("as asked, later")),
                Ask::Block(until) => scope.wait(until, |_, _, _| {}),
            }
        }
    }

    fn spawn(
        arbiters: &Arbiters,
        restarts: usize,
        mailbox_max: usize,
    ) -> (Mailbox<Counter>, mpsc::UnboundedReceiver<String>) {
        let (escalated, escalations) = mpsc::unbounded_channel();
        let built = AtomicUsize::new(0);
        let options = SpawnOptions {
            name: "counter".to_owned(),
            mailbox_max,
            budget: Budget {
                restarts,
                within: Duration::from_secs(60),
                back_off: Duration::from_millis(1),
            },
            escalate: Arc::new(move |name| drop(escalated.send(name.to_owned()))),
        };
        let mailbox = arbiters
            .spawn(0, options, move || Counter { built: built.fetch_add(1, Ordering::SeqCst) + 1 });
        (mailbox, escalations)
    }

    async fn count(mailbox: &Mailbox<Counter>) -> Option<usize> {
        let (reply, answer) = oneshot::channel();
        mailbox.tell(Ask::Count(reply)).ok()?;
        answer.await.ok()
    }

    #[test]
    fn a_panic_is_caught_and_a_fresh_value_serves_the_next_message() {
        actix::System::new().block_on(async {
            let arbiters = Arbiters::start(1);
            let (mailbox, _escalations) = spawn(&arbiters, 5, 16);
            assert_eq!(count(&mailbox).await, Some(1));
            mailbox.tell(Ask::Panic).expect("room");
            assert_eq!(count(&mailbox).await, Some(2), "rebuilt by the factory");
            mailbox.tell(Ask::PanicLater).expect("room");
            assert_eq!(count(&mailbox).await, Some(3), "a panic in a continuation counts too");
        });
    }

    #[test]
    fn a_spent_budget_escalates_once_and_closes_the_mailbox() {
        actix::System::new().block_on(async {
            let arbiters = Arbiters::start(1);
            let (mailbox, mut escalations) = spawn(&arbiters, 2, 16);
            for _ in 0..3 {
                mailbox.tell(Ask::Panic).expect("room");
            }
            assert_eq!(escalations.recv().await.as_deref(), Some("counter"));
            assert_eq!(count(&mailbox).await, None);
            assert_eq!(escalations.recv().await, None, "escalated exactly once");
        });
    }

    #[test]
    fn a_full_mailbox_says_busy() {
        actix::System::new().block_on(async {
            let arbiters = Arbiters::start(1);
            let (mailbox, _escalations) = spawn(&arbiters, 5, 4);
            let (go, until) = oneshot::channel();
            mailbox.tell(Ask::Block(until)).expect("room");
            let refused = (0..64).find_map(|_| {
                let (reply, _answer) = oneshot::channel();
                mailbox.tell(Ask::Count(reply)).err()
            });
            assert_eq!(refused, Some(Refused::Busy));
            go.send(()).expect("still waiting");
        });
    }
}
