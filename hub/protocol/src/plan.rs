//! Area `plan`: the week's plan of one person, and its summary when the week is over. Both are
//! written, submitted and reviewed alike. The tasks of the week are not copied: they are read
//! where they are, and stand in a submission as they were at that moment.

use crate::{
    AccountId, Day, Millis, Seq, StreamId, UnitId,
    account::Names,
    http::AccountCard,
    words::{commands, events, signals},
};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// What is submitted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum PlanPart {
    /// 计划: what is going to be done.
    Plan,
    /// 总结: what has come of it.
    Summary,
}

impl PlanPart {
    pub const ALL: [Self; 2] = [Self::Plan, Self::Summary];
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Not handed in, or taken back.
    #[default]
    Draft,
    Submitted,
    Approved,
    /// To be done better, and submitted again.
    Returned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum PlanVerdict {
    Approve,
    Return,
}

/// A task of the week as it stood when it was submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PlanTask {
    pub task: StreamId,
    pub title: String,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub done: bool,
}

commands! {
    /// What may be asked of a week's plan. Where a command names the week, it is for the sender's
    /// own plan, and needs no stream: the ack names it. A week is told by its Monday.
    PlanCommand {
        /// Keeps what is written so far, for oneself only; what was kept before is removed for
        /// good.
        WritePlan = "plan.write" { week: Day, part: PlanPart, text: String }

        /// Hands it in as it reads here, with the week's tasks that are not private.
        SubmitPlan = "plan.submit" { week: Day, part: PlanPart, text: String }

        /// Takes it back before it is reviewed.
        WithdrawPlan = "plan.withdraw" { week: Day, part: PlanPart }

        /// Lets somebody see what is submitted of it, or no longer.
        SharePlan = "plan.share" { week: Day, account: AccountId, on: bool }

        /// A head of the unit approves it or returns it; to return needs a remark.
        ReviewPlan = "plan.review" {
            part: PlanPart,
            /// The number of the submission that was read: a later one is not meant.
            seq: Seq,
            verdict: PlanVerdict,
            #[serde(default, skip_serializing_if = "String::is_empty")]
            #[cfg_attr(test, ts(optional, as = "Option<String>"))]
            remark: String,
        }

        /// Says something about it to everybody who sees it.
        CommentPlan = "plan.comment" { text: String }
    }
}

events! {
    /// What happened to a week's plan.
    PlanEvent {
        /// For its owner's eyes only; redacted once something else is written.
        PlanWritten = "plan.written" { week: Day, part: PlanPart, text: String }

        PlanSubmitted = "plan.submitted" {
            week: Day,
            part: PlanPart,
            text: String,
            /// The owner's unit, whose heads review it.
            unit: UnitId,
            /// The nearest of those heads.
            to: Vec<AccountId>,
            tasks: Vec<PlanTask>,
            /// How many tasks more the week had.
            omitted: u32,
        }

        /// It has waited long: its reviewers were reminded, by a to-do of this id.
        PlanReminded = "plan.reminded" { part: PlanPart, seq: Seq, notice: StreamId }

        PlanWithdrawn = "plan.withdrawn" { part: PlanPart }

        PlanShared = "plan.shared" { week: Day, account: AccountId, on: bool }

        PlanReviewed = "plan.reviewed" {
            /// Whose plan it is.
            account: AccountId,
            part: PlanPart,
            seq: Seq,
            verdict: PlanVerdict,
            remark: String,
        }

        PlanCommented = "plan.commented" {
            /// Whose plan it is.
            account: AccountId,
            text: String,
        }
    }
}

signals! {
    /// What those concerned are told at once; the lists say it again to who was away.
    PlanSignal {
        /// A plan was submitted to, shared with, reviewed or commented on for the reader.
        PlanNews = "plan.news" {}
    }
}

/// One part of a plan as the reader may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PlanEntry {
    pub part: PlanPart,
    pub state: PlanState,
    /// What its owner has kept; for the owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
    /// What was submitted last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The tasks of that submission.
    pub tasks: Vec<PlanTask>,
    pub omitted: u32,
    pub to: Vec<AccountId>,
    /// The number of that submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum PlanDeed {
    Submitted,
    Withdrawn,
    Approved,
    Returned,
    Commented,
}

/// What was done to a plan, for everybody who sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PlanLine {
    pub seq: Seq,
    pub at: Millis,
    pub by: AccountId,
    pub deed: PlanDeed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<PlanPart>,
    /// A remark or a comment.
    pub text: String,
}

/// `GET /v1/plans/own` and `GET /v1/plans/{plan}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PlanInfo {
    pub plan: StreamId,
    /// False: nothing has been written yet, and there is nothing to watch.
    pub exists: bool,
    pub account: AccountId,
    pub week: Day,
    /// The plan and the summary.
    pub parts: Vec<PlanEntry>,
    /// With whom it is shared; for the owner only.
    pub shared: Vec<AccountId>,
    /// The latest last.
    pub lines: Vec<PlanLine>,
    /// Whether the reader is one of those who review it.
    pub reviews: bool,
    /// Everybody named here.
    pub people: Vec<AccountCard>,
}

/// One person's week in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PlanRow {
    pub person: AccountCard,
    /// Absent: nothing has been submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<StreamId>,
    pub state: PlanState,
    pub summary: PlanState,
    /// When the plan itself was submitted last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Millis>,
}

/// How many people of a unit have come how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PlanTally {
    pub missing: u32,
    pub submitted: u32,
    pub approved: u32,
    pub returned: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PlanCounts {
    pub unit: UnitId,
    pub names: Names,
    pub people: u32,
    pub plan: PlanTally,
    pub summary: PlanTally,
}

/// `GET /v1/plans`: a week of the units that the reader reviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PlanOverview {
    pub week: Day,
    pub unit: UnitId,
    /// Each unit with people of its own, by their place in the organisation.
    pub units: Vec<PlanCounts>,
    pub items: Vec<PlanRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
