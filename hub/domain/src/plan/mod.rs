//! The plan of one person for one week, and its summary: written, submitted, reviewed.
//! Invariants: its id follows from the account's and the week's, so that nobody can stand in for
//! it; what is not submitted is seen by its owner alone, and what replaces it removes it for
//! good; a review is of the very submission that was read. Absent on purpose: the texts (no state
//! holds them) and the tasks (area `task` has them).

mod remind;
mod review;
mod submit;

use crate::{Context, Decision, Entity, Order, Who};
use protocol::{
    AccountId, Day, EntityKind, ErrorBody, ErrorKind, Millis, Permission, Role, Seq, StreamId,
    UnitId,
    plan::{PlanCommand, PlanEvent, PlanPart, PlanState, PlanTask, PlanVerdict},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The stream of an account's plan for the week that begins on this Monday.
pub fn plan_of(account: AccountId, week: Day) -> StreamId {
    let digest = Sha256::new()
        .chain_update(b"plan")
        .chain_update(account.0.as_bytes())
        .chain_update(week.0.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    StreamId::new(EntityKind::Plan, uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The roles whose bearers review the plans of their unit and of what stands below it.
pub const REVIEWING_ROLES: [Role; 3] = [Role::DepartmentHead, Role::HallManager, Role::RegionAdmin];

/// What is looked up before a command is decided.
#[derive(Clone, Debug, Default)]
pub struct PlanFacts {
    /// The sender's unit.
    pub unit: Option<UnitId>,
    /// Who reviews it, the nearest.
    pub reviewers: Vec<AccountId>,
    /// The week's tasks that are not private, the earliest first; `None`: too many to read.
    pub tasks: Option<Vec<PlanTask>>,
    /// Whether the account that the command names exists and is not disabled.
    pub known: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Part {
    state: PlanState,
    /// The event that holds what is kept and not submitted.
    draft: Option<Seq>,
    /// The last submission.
    submission: Option<Seq>,
    /// Whom that one was submitted to.
    to: Vec<AccountId>,
    /// By which they were reminded that it waits.
    reminder: Option<StreamId>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Set by the first event: the state cannot know its own id.
    owner: Option<AccountId>,
    /// Where it was submitted to; absent: never.
    unit: Option<UnitId>,
    /// Of what was submitted.
    week: Option<Day>,
    shared: BTreeSet<AccountId>,
    plan: Part,
    summary: Part,
    comments: usize,
}

impl Plan {
    pub fn state(&self, part: PlanPart) -> PlanState {
        self.part(part).state
    }

    fn part(&self, part: PlanPart) -> &Part {
        match part {
            PlanPart::Plan => &self.plan,
            PlanPart::Summary => &self.summary,
        }
    }

    fn part_mut(&mut self, part: PlanPart) -> &mut Part {
        match part {
            PlanPart::Plan => &mut self.plan,
            PlanPart::Summary => &mut self.summary,
        }
    }

    /// Heads above the owner's unit; nobody reviews their own.
    pub fn is_reviewed_by(&self, who: &Who) -> bool {
        self.unit.is_some_and(|unit| {
            who.account.is_some()
                && who.account != self.owner
                && who.may(Permission::PlanReview, unit)
        })
    }

    fn is_for(&self, who: &Who) -> bool {
        let Some(account) = who.account.filter(|_| self.owner.is_some()) else { return false };
        self.owner == Some(account) || self.shared.contains(&account) || self.is_reviewed_by(who)
    }
}

/// The sender, whose plan of this week it is.
fn owner(week: Day, context: &Context<'_>) -> Result<AccountId, ErrorBody> {
    if week.monday() != week {
        return Err(ErrorBody::invalid("week", "a week is told by its Monday"));
    }
    let own = |account: &AccountId| plan_of(*account, week) == context.stream;
    let owner = context.who.account.filter(own);
    owner.ok_or_else(|| forbidden("plan.not_yours", "a plan is its owner's"))
}

fn forbidden(code: &'static str, message: &'static str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Forbidden, code, message)
}

fn conflict(code: &'static str, message: impl Into<String>) -> ErrorBody {
    ErrorBody::new(ErrorKind::Conflict, code, message.into())
}

impl Entity for Plan {
    const KIND: EntityKind = EntityKind::Plan;
    const SNAPSHOT_VERSION: u32 = 2;
    type Command = PlanCommand;
    type Event = PlanEvent;
    type Facts = PlanFacts;

    fn decide(
        &self,
        command: &PlanCommand,
        facts: &PlanFacts,
        context: &Context<'_>,
    ) -> Result<Decision<PlanEvent>, ErrorBody> {
        use PlanCommand as C;
        match command {
            C::WritePlan(command) => submit::write(self, command, context),
            C::SubmitPlan(command) => submit::submit(self, command, facts, context),
            C::WithdrawPlan(command) => submit::withdraw(self, command, context),
            C::SharePlan(command) => review::share(self, command, facts, context),
            C::ReviewPlan(command) => review::review(self, command, context),
            C::CommentPlan(command) => review::comment(self, command, context),
        }
    }

    fn settle(
        &self,
        order: &Order,
        context: &Context<'_>,
    ) -> Result<Decision<PlanEvent>, ErrorBody> {
        Ok(match order {
            Order::TimerFired { name } => remind::fired(self, name, context),
            // One that went astray must not be retried for ever.
            _ => Decision::nothing(),
        })
    }

    fn apply(&mut self, seq: Seq, _: Millis, by: Option<AccountId>, event: &PlanEvent) {
        use PlanEvent as E;
        match event {
            E::PlanWritten(written) => {
                self.owner = by;
                self.part_mut(written.part).draft = Some(seq);
            }
            E::PlanSubmitted(submitted) => {
                self.owner = by;
                (self.unit, self.week) = (Some(submitted.unit), Some(submitted.week));
                *self.part_mut(submitted.part) = Part {
                    state: PlanState::Submitted,
                    submission: Some(seq),
                    to: submitted.to.clone(),
                    ..Part::default()
                };
            }
            E::PlanReminded(reminded) => {
                self.part_mut(reminded.part).reminder = Some(reminded.notice);
            }
            E::PlanWithdrawn(withdrawn) => {
                let part = self.part_mut(withdrawn.part);
                (part.state, part.reminder) = (PlanState::Draft, None);
            }
            E::PlanShared(shared) => {
                self.owner = by;
                if shared.on {
                    self.shared.insert(shared.account);
                } else {
                    self.shared.remove(&shared.account);
                }
            }
            E::PlanReviewed(reviewed) => {
                let part = self.part_mut(reviewed.part);
                part.reminder = None;
                part.state = match reviewed.verdict {
                    PlanVerdict::Approve => PlanState::Approved,
                    PlanVerdict::Return => PlanState::Returned,
                };
            }
            E::PlanCommented(_) => self.comments += 1,
        }
    }

    /// Its owner, with whom it is shared, and who reviews it; auditors of the whole organisation.
    fn may_watch(&self, who: &Who) -> bool {
        self.is_for(who) || (self.owner.is_some() && who.may_everywhere(Permission::AuditRead))
    }

    fn counts(_: &PlanEvent) -> bool {
        false
    }

    fn revokes(event: &PlanEvent) -> Option<AccountId> {
        match event {
            PlanEvent::PlanShared(shared) if !shared.on => Some(shared.account),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
