//! Posting events to the webhooks of applications: looks through what was committed, puts down
//! what each webhook is to be told, and posts it, one event after the other for each
//! application, applications side by side. Signed as Standard Webhooks says (`webhook-id`,
//! `webhook-timestamp`, `webhook-signature`).
//! Invariants: nothing waits for another machine but the events for that machine; an event is
//! posted again until it is taken or given up, under the same id, so that the other side can
//! tell a repetition; a hub that ends in the middle posts again what it had not noted. Absent on
//! purpose: how long to wait (`domain::app`), what an event may be seen by (`kernel::Viewer`).

use crate::{
    areas,
    env::Env,
    web::{Reach, WebMethod, WebRequest},
};
use domain::{
    Order,
    app::{GIVE_UP_AFTER, TOLD_AFTER, again_after},
};
use kernel::{
    Actor, Scope, Viewer,
    journal::{StoreError, StoredEvent},
};
use persistence::{Delivery, Followed, Mark, Tries, WebhookRow, event_frame};
use protocol::{CommandId, Millis, StreamId, Zone};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// Events gather so long, so that many share a look.
const GATHER: Duration = Duration::from_millis(100);
/// Whose time to be tried again has come is looked for so often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Applications that are posted to side by side; the others have their turn after them.
const AT_ONCE: usize = 16;
/// Events of one application between two notes of how far it is.
const BATCH: u32 = 32;
/// Of an answer only the status counts.
const ANSWER_BYTES_MAX: usize = 1_024;

pub(crate) struct Nudge;

pub(crate) struct Postman {
    env: Arc<Env>,
    /// How far the journal has been looked through; `None`: not yet in this life.
    mark: Option<Mark>,
    looking: bool,
    nudged: bool,
    posting: HashSet<StreamId>,
}

impl Postman {
    pub(crate) fn new(env: Arc<Env>) -> Self {
        Self { env, mark: None, looking: false, nudged: false, posting: HashSet::new() }
    }

    fn look(&mut self, pause: Duration, scope: &mut Scope<'_, Self>) {
        if self.looking {
            self.nudged = true;
            return;
        }
        self.looking = true;
        let (env, mark) = (self.env.clone(), self.mark);
        let look = async move {
            tokio::time::sleep(pause).await;
            let deliveries = env.queries.deliveries();
            let followed = deliveries.follow(mark).await?;
            deliveries.forget_cleared().await?;
            Ok(followed)
        };
        scope.spawn(look, |postman, followed, scope| postman.looked(followed, scope));
    }

    fn looked(&mut self, followed: Result<Followed, StoreError>, scope: &mut Scope<'_, Self>) {
        self.looking = false;
        let nudged = std::mem::take(&mut self.nudged);
        match followed {
            Ok(followed) => {
                self.mark = followed.mark;
                for webhook in followed.webhooks {
                    self.post(webhook, scope);
                }
                if followed.more {
                    self.look(Duration::ZERO, scope);
                } else if nudged {
                    self.look(GATHER, scope);
                }
            }
            Err(error) => tracing::warn!(%error, "webhooks not looked after; tried again"),
        }
    }

    fn post(&mut self, webhook: WebhookRow, scope: &mut Scope<'_, Self>) {
        if self.posting.len() >= AT_ONCE || !self.posting.insert(webhook.app) {
            return;
        }
        let (env, app) = (self.env.clone(), webhook.app);
        scope.spawn(
            async move { post_waiting(&env, &webhook).await },
            move |postman, more, scope| {
                postman.posting.remove(&app);
                match more {
                    Ok(true) => postman.look(Duration::ZERO, scope),
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%app, %error, "a webhook is looked after later"),
                }
            },
        );
    }
}

impl Actor for Postman {
    type Message = Nudge;

    fn started(&mut self, scope: &mut Scope<'_, Self>) {
        scope.wake_after(LOOK_AGAIN);
    }

    fn handle(&mut self, _: Nudge, scope: &mut Scope<'_, Self>) {
        self.look(GATHER, scope);
    }

    fn woken(&mut self, scope: &mut Scope<'_, Self>) {
        self.look(Duration::ZERO, scope);
        scope.wake_after(LOOK_AGAIN);
    }
}

/// Posts the first that wait; answers whether more do.
async fn post_waiting(env: &Arc<Env>, webhook: &WebhookRow) -> Result<bool, StoreError> {
    let deliveries = env.queries.deliveries();
    let before = deliveries.tries(webhook.app).await?;
    if before.tries > 0 && before.again_at > env.clock.now() {
        return Ok(false);
    }
    let batch = deliveries.waiting(webhook.app, BATCH).await?;
    let mut failed = None;
    let mut taken = 0;
    for delivery in &batch {
        // One that has lost its body is nobody's news any more.
        if let Some(event) = &delivery.event
            && let Err(error) = send(env, webhook, event).await
        {
            failed = Some((delivery, error));
            break;
        }
        taken += 1;
    }
    deliveries.done(webhook.app, &batch[..taken]).await?;
    if taken > 0 && before.tries >= TOLD_AFTER {
        tell(env, webhook.app, before.since, None).await;
    }
    match failed {
        None => Ok(batch.len() == BATCH as usize),
        Some((first, error)) => {
            let before =
                if taken > 0 { Tries { lost: before.lost, ..Tries::default() } } else { before };
            note(env, webhook.app, first, before, error).await.map(|()| false)
        }
    }
}

async fn note(
    env: &Arc<Env>,
    app: StreamId,
    first: &Delivery,
    before: Tries,
    error: String,
) -> Result<(), StoreError> {
    let now = env.clock.now();
    let tries = before.tries.saturating_add(1);
    let give_up = tries >= GIVE_UP_AFTER;
    let tries = Tries {
        tries,
        since: if before.tries == 0 { now } else { before.since },
        again_at: now + again_after(tries),
        lost: before.lost + u32::from(give_up),
        error,
    };
    tracing::info!(%app, tries = tries.tries, error = %tries.error, "a webhook was not taken");
    env.queries.deliveries().failed(app, first, &tries, give_up).await?;
    if tries.tries >= TOLD_AFTER {
        tell(env, app, tries.since, Some(tries.error)).await;
    }
    Ok(())
}

/// The application's own stream says so, for who manages it.
async fn tell(env: &Arc<Env>, app: StreamId, since: Millis, error: Option<String>) {
    let order = Order::WebhookTried { since, error };
    if let Err(error) = areas::order(env, app, CommandId(env.ids.next()), order).await {
        tracing::warn!(%app, %error, "how a webhook is doing was not written down");
    }
}

/// The error is for managers: no address and no secret is in it.
async fn send(env: &Env, webhook: &WebhookRow, event: &StoredEvent) -> Result<(), String> {
    let web = env.web.as_ref().ok_or("this hub asks no other machines")?;
    let frame = event_frame(event, &Viewer::from(webhook.account));
    let body = serde_json::json!({
        "type": event.type_name,
        "timestamp": iso(event.at),
        "data": frame,
    });
    let body = body.to_string();
    let id = format!("msg_{}_{}", event.stream.id.simple(), event.seq);
    let seconds = env.clock.now().div_euclid(1_000);
    let keys = env.keys().map_err(|error| error.to_string())?;
    let signature =
        keys.webhook_signature(webhook.app.id, &webhook.secret_sealed, &id, seconds, &body);
    let signature = signature.map_err(|error| error.to_string())?;
    let header = |name: &str, value: String| (name.to_owned(), value);
    let request = WebRequest {
        method: WebMethod::Post,
        url: webhook.url.clone(),
        headers: vec![
            header("content-type", "application/json".to_owned()),
            header("webhook-id", id),
            header("webhook-timestamp", seconds.to_string()),
            header("webhook-signature", signature),
        ],
        body: body.into_bytes(),
        // An operator opens private networks, nobody else.
        reach: Reach::Public,
        bytes_max: ANSWER_BYTES_MAX,
    };
    match web.send(request).await {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) => Err(format!("answered {}", answer.status)),
        Err(error) => Err(error.to_string()),
    }
}

/// ISO 8601, UTC.
fn iso(at: Millis) -> String {
    const HOUR: Millis = 60 * 60 * 1_000;
    // The zone whose clock reads the same at that moment as UTC's does now.
    let shifted = at - Zone::Urumqi.hours() * HOUR;
    let (day, time) = (Zone::Urumqi.day(shifted), Zone::Urumqi.time_of_day(shifted));
    let (hours, minutes) = (time / HOUR, time / 60_000 % 60);
    format!("{day}T{hours:02}:{minutes:02}:{:02}.{:03}Z", time / 1_000 % 60, time % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_the_standard_says() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_406_400_123, "2026-11-23T04:00:00.123Z"),
            (1_795_391_999_999, "2026-11-22T23:59:59.999Z"),
        ] {
            assert_eq!(iso(at), text);
        }
    }
}
