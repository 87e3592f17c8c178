//! The week's plan from outside: it is written, submitted with the tasks of the week, returned,
//! submitted again and approved; a stranger sees nothing, and its table holds no formula.

use crate::hub::{Folder, Hub, Person, next};
use crate::tasks::create;
use client::ClientError;
use protocol::{
    Day, StreamId, Zone,
    http::Page,
    notice::{NoticeItem, Reminder},
    plan::{
        PlanCommand, PlanInfo, PlanOverview, PlanPart, PlanRow, PlanState, PlanVerdict, ReviewPlan,
        SharePlan, SubmitPlan, WithdrawPlan, WritePlan,
    },
    task::{CreateTask, FinishTask, TaskCommand},
};

impl Person {
    async fn plan(&self, command: impl Into<PlanCommand>) -> Result<StreamId, ClientError> {
        let (own, command) = (StreamId::from(self.account), command.into());
        self.client.command(own, command).await.map(|receipt| receipt.stream)
    }

    async fn review(
        &self,
        plan: StreamId,
        seq: u64,
        verdict: PlanVerdict,
        remark: &str,
    ) -> Result<(), ClientError> {
        let (part, remark) = (PlanPart::Plan, remark.to_owned());
        let review = ReviewPlan { part, seq, verdict, remark };
        self.client.command(plan, PlanCommand::from(review)).await.map(|_| ())
    }

    /// Of this week, as the hub counts it.
    async fn own_plan(&self) -> PlanInfo {
        self.door().get("/v1/plans/own").await.expect("one's own")
    }

    async fn seen(&self, plan: StreamId) -> Result<PlanInfo, ClientError> {
        self.door().get(&format!("/v1/plans/{}", plan.id)).await
    }

    async fn overview(&self, week: Day) -> Result<PlanOverview, ClientError> {
        self.door().get(&format!("/v1/plans?week={week}")).await
    }
}

fn submit(week: Day, text: &str) -> SubmitPlan {
    SubmitPlan { week, part: PlanPart::Plan, text: text.to_owned() }
}

/// A task in the afternoon of a day.
fn on(day: Day, title: &str, private: bool) -> CreateTask {
    let starts_at = Zone::Shanghai.instant(day, 15 * 60 * 60 * 1000);
    CreateTask { starts_at, ends_at: starts_at, private, ..create(title, &[]) }
}

#[tokio::test]
async fn a_plan_is_submitted_returned_and_approved() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "limei"]).await;
    let head = hub.sign_in("aygul").await;
    let (writer, colleague) = (hub.sign_in("wangwei").await, hub.sign_in("limei").await);
    let nothing = writer.own_plan().await;
    let week = nothing.week;
    assert!(!nothing.exists);
    let task = writer.make_task(on(week, "盘点", false)).await;
    writer.make_task(on(week, "体检", true)).await;
    writer.make_task(on(Day(week.0 + 7), "下周的事", false)).await;

    let draft = WritePlan { week, part: PlanPart::Plan, text: "草稿".to_owned() };
    let plan = writer.plan(draft).await.expect("one's own");
    assert_eq!(writer.own_plan().await.parts[0].draft.as_deref(), Some("草稿"));
    for stranger in [&head, &colleague] {
        assert!(stranger.seen(plan).await.is_err(), "a draft is for oneself");
    }
    writer.plan(submit(week, "=1+1 办结 20 件")).await.expect("submitted");

    // The head has it in the list, reads it and returns it; the draft is in no event it sees.
    let overview = head.overview(week).await.expect("a head of the unit");
    let row = overview.items.iter().find(|row| row.plan == Some(plan)).expect("in the list");
    assert_eq!((row.person.account, row.state), (writer.account, PlanState::Submitted));
    let people: u32 = overview.units.iter().map(|unit| unit.people).sum();
    let missing: u32 = overview.units.iter().map(|unit| unit.plan.missing).sum();
    assert_eq!((people, missing), (3, 2));
    let read = head.seen(plan).await.expect("submitted to it");
    let entry = &read.parts[0];
    let titles: Vec<&str> = entry.tasks.iter().map(|task| task.title.as_str()).collect();
    assert_eq!((titles, read.reviews), (vec!["盘点"], true));
    assert_eq!((entry.draft.as_deref(), &entry.to[..]), (None, &[head.account][..]));
    let events = head.door().events_after(plan, 0, 10).await.expect("watched");
    assert!(!format!("{events:?}").contains("草稿"), "{events:?}");
    let first = entry.seq.expect("submitted");
    let silent = head.review(plan, first, PlanVerdict::Return, "").await.expect_err("no remark");
    assert!(silent.to_string().contains("say what is missing"), "{silent}");
    let mut watch = writer.client.watch(plan, first).await.expect("one's own");
    head.review(plan, first, PlanVerdict::Return, "补充目标").await.expect("a reviewer");
    assert_eq!(next(&mut watch).await.type_name, "plan.reviewed");
    let returned = writer.own_plan().await;
    let told = returned.parts[0].remark.as_deref();
    assert_eq!((returned.parts[0].state, told), (PlanState::Returned, Some("补充目标")));

    // It is submitted again, with the tasks as they stand now; the old reading counts no more.
    let finish = TaskCommand::from(FinishTask { on: None });
    writer.client.command(task, finish).await.expect("an owner finishes");
    writer.plan(submit(week, "=1+1 办结 25 件")).await.expect("again");
    let old = head.review(plan, first, PlanVerdict::Approve, "").await.expect_err("another text");
    assert!(old.to_string().contains("plan.changed"), "{old}");
    let read = head.seen(plan).await.expect("submitted to it");
    assert!(read.parts[0].tasks[0].done);
    let second = read.parts[0].seq.expect("submitted");
    let own = writer.review(plan, second, PlanVerdict::Approve, "").await.expect_err("one's own");
    assert!(own.to_string().contains("plan.not_reviewer"), "{own}");
    head.review(plan, second, PlanVerdict::Approve, "好").await.expect("a reviewer");
    let back = WithdrawPlan { week, part: PlanPart::Plan };
    let stands = writer.plan(back).await.expect_err("approved");
    assert!(stands.to_string().contains("plan.is_approved"), "{stands}");

    // A colleague sees it once it is shared, and no list of others.
    assert!(colleague.seen(plan).await.is_err());
    let share = |on| SharePlan { week, account: colleague.account, on };
    writer.plan(share(true)).await.expect("shared");
    assert_eq!(colleague.seen(plan).await.expect("shared").parts[0].state, PlanState::Approved);
    let path = format!("/v1/plans/shared?week={week}");
    let rows: Vec<PlanRow> = colleague.door().get(&path).await.expect("a list");
    assert_eq!(rows.iter().map(|row| row.plan).collect::<Vec<_>>(), [Some(plan)]);
    assert!(colleague.overview(week).await.is_err(), "for heads");
    writer.plan(share(false)).await.expect("taken back");
    assert!(colleague.seen(plan).await.is_err());
}

#[tokio::test]
async fn a_reviewer_is_reminded_of_what_waits_until_it_is_reviewed() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei"]).await;
    let settings = ["plans.remind_seconds=1".to_owned()];
    let hub = Hub::start_set(&folder.0, "127.0.0.1:0", &settings).await;
    let (head, writer) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let week = writer.own_plan().await.week;
    let plan = writer.plan(submit(week, "办结 20 件")).await.expect("submitted");
    let mut watch = writer.client.watch(plan, 0).await.expect("one's own");
    while next(&mut watch).await.type_name != "plan.reminded" {}
    // The to-do is made by an order of that commit: it comes a moment later.
    let todo = loop {
        let todos: Page<NoticeItem> =
            head.door().get("/v1/notices?kind=todo").await.expect("a list");
        if let Some(todo) = todos.items.into_iter().next() {
            break todo;
        }
    };
    let (account, part) = (writer.account, PlanPart::Plan);
    assert_eq!(todo.reminder, Some(Reminder::Review { plan, account, week, part }));
    assert_eq!(todo.done_at, None);
    head.review(plan, 1, PlanVerdict::Approve, "").await.expect("a reviewer");
    loop {
        let todos: Page<NoticeItem> =
            head.door().get("/v1/notices?kind=todo").await.expect("a list");
        if todos.items.iter().all(|todo| todo.done_at.is_some()) {
            break;
        }
    }
}
