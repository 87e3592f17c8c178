//! Area `plan`: what must be looked up before a plan decides, and word to those concerned who
//! are here. Absent on purpose: the tasks themselves, which a submission takes as they are read.

use crate::{env::Env, shell::Shell};
use bytestring::ByteString;
use domain::{
    Who,
    plan::{Plan, PlanFacts, REVIEWING_ROLES, plan_of},
};
use kernel::journal::{StoreError, StoredEvent};
use protocol::{
    AccountId, AnyEvent, AnySignal, Day, DecodeError, ErrorBody, ServerFrame, StreamId, Zone,
    plan::{PlanCommand, PlanEvent, PlanNews, PlanSignal, PlanTask},
};

impl Shell for Plan {
    fn encode(event: &PlanEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<PlanEvent, DecodeError> {
        PlanEvent::decode(type_name, body)
    }

    fn target(who: &Who, command: &PlanCommand) -> Option<StreamId> {
        let week = match command {
            PlanCommand::WritePlan(command) => command.week,
            PlanCommand::SubmitPlan(command) => command.week,
            PlanCommand::WithdrawPlan(command) => command.week,
            PlanCommand::SharePlan(command) => command.week,
            PlanCommand::ReviewPlan(_) | PlanCommand::CommentPlan(_) => return None,
        };
        who.account.map(|account| plan_of(account, week))
    }

    async fn facts(
        env: &Env,
        who: &Who,
        _: StreamId,
        command: &PlanCommand,
    ) -> Result<PlanFacts, ErrorBody> {
        let looked_up = async {
            match (command, who.account) {
                (PlanCommand::SubmitPlan(submit), Some(me)) => {
                    submission(env, me, submit.week).await
                }
                (PlanCommand::SharePlan(share), _) => {
                    let missing = env.queries.missing_accounts(&[share.account]).await?;
                    Ok(PlanFacts { known: missing.is_empty(), ..PlanFacts::default() })
                }
                _ => Ok(PlanFacts::default()),
            }
        };
        looked_up.await.map_err(|_: StoreError| ErrorBody::unavailable())
    }

    /// They learn at once that their lists have changed; who is away reads them later.
    fn committed(env: &Env, stream: StreamId, events: &[StoredEvent]) {
        for stored in events {
            let (Some(body), Some(by)) = (&stored.body, stored.by) else { continue };
            let Ok(AnyEvent::Plan(event)) = AnyEvent::decode(&stored.type_name, body) else {
                continue;
            };
            let concerned = match event {
                PlanEvent::PlanSubmitted(submitted) => submitted.to,
                PlanEvent::PlanShared(shared) => vec![shared.account],
                PlanEvent::PlanReviewed(reviewed) => vec![reviewed.account],
                PlanEvent::PlanCommented(commented) => vec![commented.account],
                PlanEvent::PlanWritten(_)
                | PlanEvent::PlanWithdrawn(_)
                // It reaches them as a to-do.
                | PlanEvent::PlanReminded(_) => continue,
            };
            tell(env, stream, by, &concerned);
        }
    }
}

fn tell(env: &Env, stream: StreamId, by: AccountId, accounts: &[AccountId]) {
    let signal = AnySignal::Plan(PlanSignal::PlanNews(PlanNews {}));
    let frame = ByteString::from(ServerFrame::Signal { stream, by, signal }.to_json());
    for account in accounts.iter().filter(|account| env.fanout.is_online(**account)) {
        env.fanout.tell_account(*account, frame.clone());
    }
}

async fn submission(env: &Env, me: AccountId, week: Day) -> Result<PlanFacts, StoreError> {
    let unit = env.queries.cards(&[me]).await?.first().map(|card| card.unit);
    let place = match unit {
        Some(unit) => env.queries.unit_place(unit).await?,
        None => None,
    };
    let reviewers = match place {
        Some(place) => env.queries.plan_reviewers(&place.path, me, &REVIEWING_ROLES).await?,
        None => Vec::new(),
    };
    let zone = Zone::default();
    let (from, to) = (zone.instant(week, 0), zone.instant(Day(week.0.saturating_add(7)), 0));
    let tasks = env.queries.tasks(me, me, from, to).await?.map(|items| {
        let open = items.into_iter().filter(|item| !item.private);
        let kept = open.map(|item| PlanTask {
            task: item.task,
            title: item.title,
            starts_at: item.starts_at,
            ends_at: item.ends_at,
            done: item.done,
        });
        kept.collect()
    });
    Ok(PlanFacts { unit, reviewers, tasks, known: true })
}
