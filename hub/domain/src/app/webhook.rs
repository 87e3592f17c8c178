//! The webhook of an application: where events are posted, how long it is tried, and when
//! somebody is told that it does not work. Pure: who posts is `actors`, what waits is a table.
//! Invariants: the secret is in no event and no state; an application hears of a failure once,
//! until it works again.

use super::{App, AppFacts, change::address};
use crate::Decision;
use protocol::{
    ErrorBody, Millis,
    app::{
        AppEvent, SetWebhook, WebhookCleared, WebhookFailing, WebhookSet, WebhookTopic,
        WebhookWorks,
    },
};
use serde::{Deserialize, Serialize};

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
/// After each try that failed, how long until the next: seconds for a restart, a day for a
/// holiday.
const STEPS: [Millis; 10] = [
    2 * SECOND,
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    20 * MINUTE,
    HOUR,
    3 * HOUR,
    8 * HOUR,
    16 * HOUR,
    24 * HOUR,
];

/// Tries after which the application is told: about half an hour.
pub const TOLD_AFTER: u32 = 6;
/// Tries after which an event is given up, so that the next has its turn: more than two days.
pub const GIVE_UP_AFTER: u32 = STEPS.len() as u32;
/// Events that may wait for one application; one more, and the oldest is given up.
pub const WAITING_MAX: u32 = 10_000;

/// How long to wait after so many tries that failed.
pub fn again_after(tries: u32) -> Millis {
    let step = tries.saturating_sub(1) as usize;
    STEPS[step.min(STEPS.len() - 1)]
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Webhook {
    on: bool,
    pub(super) failing: bool,
}

impl Webhook {
    pub(super) fn set(&mut self, on: bool) {
        *self = Self { on, failing: false };
    }
}

pub(super) fn set(
    app: &App,
    command: &SetWebhook,
    facts: &AppFacts,
) -> Result<Decision<AppEvent>, ErrorBody> {
    app.there()?;
    let url = address("url", command.url.trim(), false)?;
    let mut topics: Vec<WebhookTopic> = command.topics.clone();
    topics.sort_unstable();
    topics.dedup();
    if topics.is_empty() {
        return Err(ErrorBody::invalid("topics", "a webhook that tells nothing"));
    }
    let sealed = facts.secret_sealed.as_ref().ok_or_else(ErrorBody::internal)?;
    let mut decision = Decision::event(WebhookSet { url, topics });
    decision.private = Some(serde_json::json!({ "secret_sealed": sealed }).to_string());
    // Opened on its way to the sender: what is stored of the answer stays sealed.
    decision.result = Some(serde_json::json!({ "secret_sealed": sealed }).to_string());
    Ok(decision)
}

pub(super) fn clear(app: &App) -> Result<Decision<AppEvent>, ErrorBody> {
    app.there()?;
    if app.webhook.on {
        return Ok(Decision::event(WebhookCleared {}));
    }
    Ok(Decision::nothing())
}

pub(super) fn tried(app: &App, since: Millis, error: Option<&str>) -> Decision<AppEvent> {
    let Webhook { on, failing } = app.webhook;
    match error {
        Some(error) if on && !failing => {
            Decision::event(WebhookFailing { since, error: error.to_owned() })
        }
        None if on && failing => Decision::event(WebhookWorks {}),
        _ => Decision::nothing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Order;
    use crate::app::tests::{admin, facts, registered};
    use protocol::app::ClearWebhook;

    fn command(url: &str, topics: &[WebhookTopic]) -> SetWebhook {
        SetWebhook { url: url.into(), topics: topics.to_vec() }
    }

    fn sealed() -> AppFacts {
        AppFacts { secret_sealed: Some("5ea1".into()), ..facts() }
    }

    #[test]
    fn the_secret_is_in_no_event() {
        let mut bench = registered();
        let good = command("https://a.example/in", &[WebhookTopic::Messages; 2]);
        let done = bench.run(&admin(), good, sealed()).unwrap();
        let [AppEvent::WebhookSet(set)] = &done.events[..] else { panic!("{done:?}") };
        assert_eq!(set.topics, [WebhookTopic::Messages]);
        assert!(!format!("{:?}", done.events).contains("5ea1"));
        assert!(done.private.is_some_and(|private| private.contains("5ea1")));
        for (bad, field) in [
            (command("ftp://a", &[WebhookTopic::Tasks]), "url"),
            (command("/here", &[WebhookTopic::Tasks]), "url"),
            (command("https://a.example", &[]), "topics"),
        ] {
            let refused = registered().run(&admin(), bad, sealed()).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field));
        }
        for events in [1, 0] {
            let done = bench.run(&admin(), ClearWebhook {}, facts()).unwrap();
            assert_eq!(done.events.len(), events);
        }
    }

    #[test]
    fn a_failure_is_told_once_until_it_works_again() {
        let mut bench = registered();
        let tried =
            |error: Option<&str>| Order::WebhookTried { since: 1, error: error.map(str::to_owned) };
        assert!(bench.settle(tried(Some("500"))).unwrap().events.is_empty(), "none is set");
        bench
            .run(&admin(), command("https://a.example", &[WebhookTopic::Tasks]), sealed())
            .unwrap();
        for (error, events) in [(Some("500"), 1), (Some("500"), 0), (None, 1), (None, 0)] {
            assert_eq!(bench.settle(tried(error)).unwrap().events.len(), events, "{error:?}");
        }
    }

    #[test]
    fn it_waits_longer_each_time_and_a_day_at_most() {
        let waits: Vec<Millis> = (1..=GIVE_UP_AFTER + 3).map(again_after).collect();
        assert!(waits.is_sorted());
        assert_eq!((waits[0], waits.last().copied()), (2 * SECOND, Some(24 * HOUR)));
        let until_told: Millis = (1..TOLD_AFTER).map(again_after).sum();
        assert!((20 * MINUTE..HOUR).contains(&until_told));
    }
}
