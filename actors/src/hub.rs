//! The facade that both doors use: one dispatcher, one authorisation, whatever the wire.

use crate::{
    account, app,
    areas::{self, Registries},
    call,
    cursors::CursorKeeper,
    drive,
    entity::{Ask, EntityActor, EntityMessage, Job},
    env::{COMMITS_MAX, Env, Metrics, Parts},
    journal::JournalShard,
    link,
    passwords::Passwords,
    push::{PushLog, Pusher, Pushes},
    reach,
    relay::Relay,
    room,
    search::Indexer,
    shell::Shell,
    unit,
    web::Web,
};
use domain::{Order, Who};
use kernel::{
    Arbiters, Budget, Clock, Fanout, IdSource, Mailbox, Refused, SpawnOptions, Viewer,
    journal::{Journal, StoreError, StoredEvent, digest},
};
use persistence::Queries;
use protocol::{
    AnyCommand, CommandId, EntityKind, ErrorBody, Permission, RoomId, Seq, StreamId, TraceId,
    app::Scope,
    http::{Receipt, SignInRequest},
};
use std::sync::{Arc, OnceLock};
use tokio::sync::{Semaphore, oneshot};

pub use crate::account::SignedInAs;

/// Commands that may wait for one entity.
const ENTITY_MAILBOX_MAX: usize = 1_024;
/// Reloads of an entity that one command sits through before its sender is asked to retry.
const ATTEMPTS: usize = 5;

/// A client's command, from either door.
#[derive(Clone, Debug)]
pub struct Request {
    pub id: CommandId,
    pub stream: Option<StreamId>,
    pub command: AnyCommand,
    pub trace: TraceId,
}

/// One node's hub. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Env>);

impl Hub {
    /// Starts the shells; must run inside an actix system.
    pub fn start(parts: Parts) -> Self {
        let env = Arc::new(Env {
            journal: parts.journal,
            queries: parts.queries,
            clock: parts.clock,
            ids: parts.ids,
            policy: parts.policy,
            fanout: Arc::new(Fanout::default()),
            arbiters: Arbiters::start(parts.arbiters),
            passwords: Passwords::new(parts.argon2_memory_kib),
            auth: account::AuthCache::default(),
            trees: unit::Trees::default(),
            contacts: reach::Contacts::default(),
            used: app::Used::default(),
            links: link::Links::default(),
            calls: call::Desk::default(),
            registries: Registries::default(),
            commits: Arc::new(Semaphore::new(COMMITS_MAX)),
            shard: OnceLock::new(),
            cursors: OnceLock::new(),
            relay: OnceLock::new(),
            readers: OnceLock::new(),
            rows: OnceLock::new(),
            mailer: parts.mailer,
            web: parts.web,
            pusher: parts.pusher,
            pushes: OnceLock::new(),
            push_log: PushLog::default(),
            admitted: room::Admitted::default(),
            search: OnceLock::new(),
            postman: OnceLock::new(),
            operator: OnceLock::new(),
            keys: OnceLock::new(),
            metrics: Metrics::new(),
        });
        let spawn = |name: &str| options(&env, name.to_owned(), 2 * COMMITS_MAX);
        let own = env.clone();
        let shard = env.arbiters.spawn(0, spawn("journal"), move || JournalShard::new(own.clone()));
        let own = env.clone();
        let cursors =
            env.arbiters.spawn(1, spawn("cursors"), move || CursorKeeper::new(own.clone()));
        let own = env.clone();
        let relay = env.arbiters.spawn(1, spawn("relay"), move || Relay::new(own.clone()));
        let own = env.clone();
        let search = env.arbiters.spawn(1, spawn("search"), move || Indexer::new(own.clone()));
        // Only told of commits, of which there are none yet.
        assert!(env.search.set(search).is_ok(), "a new environment has no search yet");
        let own = env.clone();
        let postman =
            env.arbiters.spawn(1, spawn("postman"), move || app::Postman::new(own.clone()));
        assert!(env.postman.set(postman).is_ok(), "a new environment has no postman yet");
        call::open(&env, parts.media, spawn("operator"));
        let own = env.clone();
        let pushes = env.arbiters.spawn(1, spawn("push"), move || Pushes::new(own.clone()));
        // Only told of commits, of which there are none yet.
        assert!(env.pushes.set(pushes).is_ok(), "a new environment pushes nothing yet");
        let own = env.clone();
        let readers =
            env.arbiters.spawn(1, spawn("readers"), move || room::ReadCounter::new(own.clone()));
        // Only told of cursors, of which there are none yet.
        assert!(env.readers.set(readers).is_ok(), "a new environment counts no readers yet");
        let own = env.clone();
        let rows = env.arbiters.spawn(1, spawn("rows"), move || room::Rows::new(own.clone()));
        assert!(env.rows.set(rows).is_ok(), "a new environment has no rows yet");
        let fresh = env.shard.set(shard).is_ok() && env.cursors.set(cursors).is_ok();
        assert!(fresh, "a new environment has no shards yet");
        // The relay starts delivering at once and needs the others: it is set last.
        assert!(env.relay.set(relay).is_ok(), "a new environment has no relay yet");
        Self(env)
    }

    /// How other machines are asked, where they may be.
    pub fn web(&self) -> Option<&Arc<dyn Web>> {
        self.0.web.as_ref()
    }

    /// How devices are told of news, where they may be.
    pub fn pusher(&self) -> Option<&Arc<dyn Pusher>> {
        self.0.pusher.as_ref()
    }

    /// What devices were told lately, the latest first, without what it said.
    pub fn push_log(&self) -> Vec<protocol::me::PushLogLine> {
        self.0.push_log.lines()
    }

    /// Decides a command; the answer means its events are durable.
    pub async fn submit(&self, who: &Who, request: Request) -> Result<Receipt, ErrorBody> {
        let type_name = request.command.type_name();
        let outcome = submit(&self.0, who, request).await;
        let kind = match &outcome {
            Ok(_) => "ok".to_owned(),
            Err(error) => format!("{:?}", error.kind).to_lowercase(),
        };
        self.0.metrics.commands.with_label_values(&[type_name, &kind]).inc();
        outcome
    }

    /// Whether `who` may watch `stream`, and its durable head.
    pub async fn watch_head(&self, who: &Who, stream: StreamId) -> Result<Seq, ErrorBody> {
        self.look(who, stream).await.map(|(head, _)| head)
    }

    /// The same, and as what viewer: whatever of the stream is sent or shown goes through it.
    pub async fn look(&self, who: &Who, stream: StreamId) -> Result<(Seq, Viewer), ErrorBody> {
        account::may_look(&self.0, who, stream).await?;
        app::may(&self.0, who, Scope::Read, "stream").await?;
        let who = &*unit::placed(&self.0, who).await?;
        let head = match call::watch_head(&self.0, who, stream).await {
            Err(refused) if refused.code == "hub.may_not_watch" => {
                room::admits(&self.0, who, stream, refused).await?;
                areas::watch_head(&self.0, &Who::hub(), stream).await?
            }
            answer => answer?,
        };
        let viewer = match who.account {
            None => Viewer::everything(),
            Some(me) => {
                Viewer::from(me).reading_notes(room::reads_notes(&self.0, me, stream).await?)
            }
        };
        Ok((head, viewer.auditing(who.may_everywhere(Permission::AuditRead))))
    }

    /// Leaves out of a page what its viewer has deleted for themself.
    pub async fn viewer_of(
        &self,
        viewer: &Viewer,
        page: &[StoredEvent],
    ) -> Result<Viewer, StoreError> {
        let (Some(account), [first, .., last] | [first @ last]) = (viewer.account, page) else {
            return Ok(viewer.clone());
        };
        let hidden = self.0.queries.hidden(account, first.stream, first.seq, last.seq).await?;
        let viewer = viewer.clone().without(hidden);
        if first.stream.kind != EntityKind::Room {
            return Ok(viewer);
        }
        let (seq, at) = self.0.queries.cleared(account, RoomId(first.stream.id)).await?;
        Ok(viewer.cleared_to(seq, at))
    }

    pub(crate) fn of(env: &Arc<Env>) -> Self {
        Self(env.clone())
    }

    pub(crate) fn env(&self) -> &Arc<Env> {
        &self.0
    }

    pub async fn sign_in(
        &self,
        request: SignInRequest,
        addr: String,
        agent: String,
    ) -> Result<SignedInAs, ErrorBody> {
        account::sign_in(&self.0, request, addr, agent).await
    }

    pub async fn authenticate(&self, token: &str) -> Result<Who, ErrorBody> {
        if app::is_token(token) {
            return app::authenticate(&self.0, token).await;
        }
        account::authenticate(&self.0, token).await
    }

    /// Whether a program's scopes hold what it wants to read; people need none.
    pub async fn may_read(&self, who: &Who, asked: &str) -> Result<(), ErrorBody> {
        app::may(&self.0, who, Scope::Read, asked).await
    }

    pub fn fanout(&self) -> &Arc<Fanout> {
        &self.0.fanout
    }

    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.0.journal
    }

    pub fn queries(&self) -> &Queries {
        &self.0.queries
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    pub fn ids(&self) -> &Arc<dyn IdSource> {
        &self.0.ids
    }

    pub fn metrics(&self) -> &prometheus::Registry {
        &self.0.metrics.registry
    }

    /// Ready to serve, or why not, in words. Where storage refused the last commit it is tried
    /// again: a balancer that sends no commands would otherwise never hear that it works.
    pub async fn ready(&self) -> Result<(), String> {
        if self.0.metrics.store_trouble().is_some() {
            match self.0.journal.probe().await {
                Ok(()) => self.0.metrics.set_store_trouble(None),
                Err(error) => return Err(format!("storage refuses commits: {error}")),
            }
        }
        match self.0.metrics.escalations.get() {
            0 => Ok(()),
            n => Err(format!("{n} actors spent their restart budget; see the log")),
        }
    }

    /// Waits until everything decided is durable. Call after the doors have closed.
    pub async fn shutdown(&self) {
        let all = u32::try_from(COMMITS_MAX).unwrap_or(u32::MAX);
        // Taking every permit means no commit is under way; nothing can be decided after.
        match self.0.commits.clone().acquire_many_owned(all).await {
            Ok(permits) => permits.forget(),
            Err(error) => tracing::error!(%error, "commits not drained"),
        }
        self.0.queries.close_search().await;
        self.0.arbiters.stop();
    }
}

fn options(env: &Arc<Env>, name: String, mailbox_max: usize) -> SpawnOptions {
    let escalations = env.metrics.escalations.clone();
    SpawnOptions {
        name,
        mailbox_max,
        budget: Budget::default(),
        escalate: Arc::new(move |name| {
            escalations.inc();
            tracing::error!(actor = name, "gave up; operators are told through /readyz");
        }),
    }
}

async fn submit(env: &Arc<Env>, who: &Who, request: Request) -> Result<Receipt, ErrorBody> {
    let stream = areas::target(who, &request.command)
        .or(request.stream)
        .ok_or_else(|| ErrorBody::invalid("stream", "this command needs the stream it is for"))?;
    let kind = EntityKind::of_type(request.command.type_name());
    if kind != Some(stream.kind) {
        return Err(ErrorBody::invalid("stream", "the stream is of another kind than the command"));
    }
    account::may_ask(env, who, stream, &request.command).await?;
    app::may_ask(env, who, request.command.type_name()).await?;
    let who = &*unit::placed(env, who).await?;
    drive::may_name(env, who, &request.command).await?;
    link::ahead(env, who, &request.command).await;
    let fingerprint = fingerprint(who, stream, &request.command);
    let sent = Sent { who, stream, id: request.id, trace: request.trace, fingerprint };
    areas::submit(env, sent, request.command).await
}

/// A command on its way: everything but itself.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    who: &'a Who,
    stream: StreamId,
    id: CommandId,
    trace: TraceId,
    fingerprint: u64,
}

pub(crate) async fn decide<E: Shell>(
    env: &Arc<Env>,
    sent: Sent<'_>,
    command: &E::Command,
) -> Result<Receipt, ErrorBody>
where
    E::Command: Clone,
{
    let Sent { who, stream, id, trace, fingerprint } = sent;
    for _ in 0..ATTEMPTS {
        let facts = E::facts(env, who, stream, command).await?;
        let ask = Ask::Client { command: command.clone(), facts, fingerprint };
        let tried = ask_entity::<E>(env, stream, |reply| Job {
            who: who.clone(),
            id,
            trace: Some(trace),
            ask,
            reply,
        });
        match tried.await {
            Err(error) if error.code == "hub.retry" => tokio::task::yield_now().await,
            outcome => return outcome,
        }
    }
    Err(crate::entity::retry_now())
}

pub(crate) async fn give<E: Shell>(
    env: &Arc<Env>,
    to: StreamId,
    id: CommandId,
    order: Order,
) -> Result<Receipt, ErrorBody> {
    let order = E::brief(env, to, order).await?;
    ask_entity::<E>(env, to, |reply| Job {
        who: Who::hub(),
        id,
        trace: None,
        ask: Ask::Hub(Box::new(order)),
        reply,
    })
    .await
}

async fn ask_entity<E: Shell>(
    env: &Arc<Env>,
    stream: StreamId,
    job: impl FnOnce(oneshot::Sender<Result<Receipt, ErrorBody>>) -> Job<E>,
) -> Result<Receipt, ErrorBody> {
    let (reply, answer) = oneshot::channel();
    let message = EntityMessage::Decide(Box::new(job(reply)));
    tell(mailbox::<E>(env, stream), message)?;
    answer.await.unwrap_or_else(|_| Err(crate::entity::retry_now()))
}

pub(crate) async fn watch<E: Shell>(
    env: &Arc<Env>,
    who: &Who,
    stream: StreamId,
) -> Result<Seq, ErrorBody> {
    for _ in 0..ATTEMPTS {
        let (reply, answer) = oneshot::channel();
        let message = EntityMessage::Watch { who: Box::new(who.clone()), reply };
        tell(mailbox::<E>(env, stream), message)?;
        match answer.await {
            Ok(Err(error)) if error.code == "hub.retry" => tokio::task::yield_now().await,
            Ok(answer) => return answer,
            Err(_) => tokio::task::yield_now().await,
        }
    }
    Err(crate::entity::retry_now())
}

fn mailbox<E: Shell>(env: &Arc<Env>, stream: StreamId) -> Mailbox<EntityActor<E>> {
    E::registry(env).get_or_spawn(stream, |incarnation| {
        let own = env.clone();
        let options = options(env, stream.to_string(), ENTITY_MAILBOX_MAX);
        let hash = stream.id.as_u64_pair().1;
        env.arbiters
            .spawn(hash, options, move || EntityActor::new(own.clone(), stream, incarnation))
    })
}

fn tell<E: Shell>(
    mailbox: Mailbox<EntityActor<E>>,
    message: EntityMessage<E>,
) -> Result<(), ErrorBody> {
    mailbox.tell(message).map_err(|refused| match refused {
        Refused::Busy => ErrorBody::busy(),
        Refused::Gone => crate::entity::retry_now(),
    })
}

/// Tells a repetition from a reuse of its id. Secrets are left out: a fast hash of a
/// password must not lie in the journal.
fn fingerprint(who: &Who, stream: StreamId, command: &AnyCommand) -> u64 {
    let mut body = command.body_json();
    if let AnyCommand::Account(_) | AnyCommand::Space(_) = command
        && let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_str(&body)
    {
        fields.retain(|name, _| !matches!(name.as_str(), "password" | "current" | "new" | "code"));
        body = serde_json::Value::Object(fields).to_string();
    }
    let sender = who.account.map(|account| account.to_string()).unwrap_or_default();
    let text = format!("{sender}\n{stream}\n{}\n{body}", command.type_name());
    let hash = digest(text.as_bytes());
    let mut first = [0_u8; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}
