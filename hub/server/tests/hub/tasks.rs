//! Tasks from outside: everybody in one sees it change, whoever shares a calendar shows what is
//! not private, and a feed opens by its secret alone.

use crate::hub::{Folder, Hub, Person, next};
use kernel::journal::digest;
use protocol::{
    AccountId, EntityKind, Millis, StreamId, Zone,
    calendar::{CalendarCommand, CalendarShares, CloseFeed, OpenFeed, ShareCalendar, WriteNote},
    http::Page,
    notice::{NoticeItem, Reminder},
    task::{
        AlterOccurrence, CreateTask, Every, FinishTask, MoveTask, Repeat, SkipOccurrence,
        SplitTask, TaskCommand, TaskItem, TaskPart,
    },
};

const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;
/// Monday 2026-11-23, ten in the morning in Urumqi.
const MONDAY_TEN: Millis = 1_795_406_400_000;

pub(crate) fn create(title: &str, assignees: &[AccountId]) -> CreateTask {
    CreateTask {
        title: title.to_owned(),
        note: String::new(),
        starts_at: MONDAY_TEN,
        ends_at: MONDAY_TEN + HOUR,
        zone: Zone::Urumqi,
        assignees: assignees.to_vec(),
        watchers: Vec::new(),
        private: false,
        repeat: None,
        files: Vec::new(),
        remind: Vec::new(),
    }
}

impl Person {
    pub(crate) async fn make_task(&self, create: CreateTask) -> StreamId {
        let task = StreamId::new(EntityKind::Task, client::ids::next());
        self.client.command(task, TaskCommand::from(create)).await.expect("it is made").stream
    }

    /// What the calendar shows of a week, of oneself or of somebody else.
    async fn week(&self, of: Option<AccountId>) -> Result<Vec<TaskItem>, client::ClientError> {
        let of = of.map(|of| format!("&of={of}")).unwrap_or_default();
        let (from, to) = (MONDAY_TEN - DAY, MONDAY_TEN + 7 * DAY);
        self.door().get(&format!("/v1/tasks?from={from}&to={to}{of}")).await
    }

    async fn calendar(&self, command: impl Into<CalendarCommand>) {
        let (own, command) = (StreamId::from(self.account), command.into());
        let done = self.client.command(own, command).await;
        done.expect("a calendar is its owner's");
    }
}

#[tokio::test]
async fn everybody_in_a_task_sees_it_change_at_once() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let second_device = hub.sign_in("wangwei").await;
    let mut own = wang.client.watch(wang.account.into(), 0).await.expect("connected");
    let repeat = Repeat { every: Every::Day, interval: 2, on: Vec::new(), until: None };
    let mut daily = create("盘点", &[wang.account]);
    daily.repeat = Some(repeat);
    let task = aygul.make_task(daily).await;
    // Told through the own stream that there is something new to watch.
    loop {
        let event = next(&mut own).await;
        let joined = event.body.as_ref().and_then(|body| body["stream"].as_str());
        if event.type_name == "account.stream_joined" && joined == Some(&task.to_string()) {
            break;
        }
    }
    let mut here = wang.client.watch(task, 1).await.expect("connected");
    let mut there = second_device.client.watch(task, 1).await.expect("connected");
    let later = MoveTask { starts_at: MONDAY_TEN + HOUR, ends_at: MONDAY_TEN + 2 * HOUR };
    aygul.client.command(task, TaskCommand::from(later)).await.expect("the owner moves it");
    for watch in [&mut here, &mut there] {
        assert_eq!(next(watch).await.type_name, "task.moved");
    }
    let days = wang.week(None).await.expect("a list");
    let on: Vec<String> =
        days.iter().filter_map(|item| item.on).map(|day| day.to_string()).collect();
    assert_eq!(on, ["2026-11-23", "2026-11-25", "2026-11-27", "2026-11-29"]);
    assert_eq!(days[0].starts_at, MONDAY_TEN + HOUR);
    let parts: Vec<TaskPart> = days[0].people.iter().map(|person| person.part).collect();
    assert_eq!(parts, [TaskPart::Owner, TaskPart::Assignee]);

    let finish = FinishTask { on: days[1].on };
    wang.client.command(task, TaskCommand::from(finish)).await.expect("an assignee finishes");
    assert_eq!(next(&mut there).await.type_name, "task.finished");
    let done: Vec<bool> =
        aygul.week(None).await.expect("a list").iter().map(|item| item.done).collect();
    assert_eq!(done, [false, true, false, false]);
}

#[tokio::test]
async fn a_shared_month_shows_no_private_task_and_no_note() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let open = aygul.make_task(create("例会", &[])).await;
    let mut secret = create("体检", &[]);
    secret.private = true;
    aygul.make_task(secret).await;
    aygul.calendar(WriteNote { task: open, text: "先问老王".to_owned() }).await;
    let stranger = wang.week(Some(aygul.account)).await.expect_err("not shared yet");
    assert!(stranger.to_string().contains("calendar.not_shared"), "{stranger}");

    aygul.calendar(ShareCalendar { account: wang.account, on: true }).await;
    let seen = wang.week(Some(aygul.account)).await.expect("shared");
    let titles: Vec<&str> = seen.iter().map(|item| item.title.as_str()).collect();
    assert_eq!((titles, seen[0].own_note.as_deref()), (vec!["例会"], None));
    let own = aygul.week(None).await.expect("a list");
    assert_eq!(own.len(), 2);
    let note = own.iter().find(|item| item.task == open).and_then(|item| item.own_note.clone());
    assert_eq!(note.as_deref(), Some("先问老王"));
    let shares: CalendarShares = wang.door().get("/v1/calendar").await.expect("a list");
    assert_eq!(shares.from.iter().map(|card| card.account).collect::<Vec<_>>(), [aygul.account]);
    // The calendar itself stays closed, notes and all.
    let calendar: CalendarShares = aygul.door().get("/v1/calendar").await.expect("a list");
    assert!(wang.door().events_after(calendar.calendar, 0, 10).await.is_err());

    aygul.calendar(ShareCalendar { account: wang.account, on: false }).await;
    assert!(wang.week(Some(aygul.account)).await.is_err(), "taken back");
}

#[tokio::test]
async fn a_feed_is_opened_by_its_secret_until_it_is_closed() {
    let folder = Folder::new();
    let mut hub = Hub::with(&folder.0, &["aygul"]).await;
    let aygul = hub.sign_in("aygul").await;
    let mut weekly = create("例会", &[]);
    weekly.repeat = Some(Repeat { every: Every::Week, interval: 1, on: Vec::new(), until: None });
    aygul.make_task(weekly).await;
    let secret = "5e".repeat(32);
    let hash: String = digest(secret.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    aygul.calendar(OpenFeed { hash: hash.clone() }).await;
    let address = format!("/v1/feeds/{secret}.ics");
    let (status, body) = hub.get(&address).await;
    assert_eq!(status, 200);
    for line in ["BEGIN:VCALENDAR", "RRULE:FREQ=WEEKLY", "DTSTART;TZID=Asia/Urumqi:20261123T100000"]
    {
        assert!(body.contains(line), "{line}: {body}");
    }
    assert_eq!(hub.get(&format!("/v1/feeds/{hash}.ics")).await.0, 404, "the hash opens nothing");
    // The secret is in no event, so it must outlive the process by its hash alone.
    hub.kill_and_restart().await;
    assert_eq!(hub.get(&address).await.0, 200);
    let aygul = hub.sign_in("aygul").await;
    aygul.calendar(CloseFeed {}).await;
    assert_eq!(hub.get(&address).await.0, 404);
}

#[tokio::test]
async fn one_occurrence_is_moved_another_left_out_and_the_rest_is_a_task_of_its_own() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let mut daily = create("盘点", &[wang.account]);
    daily.repeat = Some(Repeat { every: Every::Day, interval: 1, on: Vec::new(), until: None });
    let task = aygul.make_task(daily).await;
    let monday = Zone::Urumqi.day(MONDAY_TEN);
    let day = |n: i64| protocol::Day(monday.0 + n);
    let run = |command: TaskCommand| aygul.client.command(task, command);
    let starts_at = Some(MONDAY_TEN + DAY + 3 * HOUR);
    let ends_at = Some(MONDAY_TEN + DAY + 4 * HOUR);
    let (title, note) = (Some("年终盘点".to_owned()), None);
    let moved = AlterOccurrence { on: day(1), title, note, starts_at, ends_at };
    run(moved.into()).await.expect("the owner moves one");
    run(SkipOccurrence { on: day(2) }.into()).await.expect("the owner leaves one out");
    let finish = FinishTask { on: Some(day(5)) };
    wang.client.command(task, TaskCommand::from(finish)).await.expect("an assignee");
    let (title, note, private, repeat, people) = (None, None, None, None, None);
    let (starts_at, ends_at) = (Some(MONDAY_TEN + 4 * DAY + HOUR), None);
    let half = SplitTask {
        on: day(4),
        only: false,
        title,
        note,
        private,
        starts_at,
        ends_at,
        repeat,
        people,
    };
    run(half.clone().into()).await.expect_err("an end is missing");
    let ends_at = Some(MONDAY_TEN + 4 * DAY + 2 * HOUR);
    let split = run(SplitTask { ends_at, ..half }.into()).await.expect("the owner splits it");
    let rest: StreamId = serde_json::from_value(split.result.expect("named")["task"].clone())
        .expect("the id of a task");
    // It begins by an order of that commit: it comes a moment later.
    let days = loop {
        let days = wang.week(None).await.expect("a list");
        if days.iter().any(|item| item.task == rest) {
            break days;
        }
    };
    let seen: Vec<_> = days
        .iter()
        .map(|item| (item.task == rest, item.starts_at - MONDAY_TEN, item.done, item.altered))
        .collect();
    let (old, new) = (false, true);
    assert_eq!(
        seen,
        [
            (old, 0, false, false),
            (old, DAY + 3 * HOUR, false, true),
            (old, 3 * DAY, false, false),
            (new, 4 * DAY + HOUR, false, false),
            (new, 5 * DAY + HOUR, true, false),
            (new, 6 * DAY + HOUR, false, false),
        ]
    );
    assert_eq!(days[1].title, "年终盘点");
    assert_eq!(days[3].follows, Some(task));
}

#[tokio::test]
async fn a_reminder_outlives_the_hub_and_is_given_once() {
    let folder = Folder::new();
    let mut hub = Hub::with(&folder.0, &["aygul"]).await;
    let aygul = hub.sign_in("aygul").await;
    // The hub's own clock, by what it has just written.
    let first = aygul.make_task(create("前事", &[])).await;
    let written = aygul.door().events_after(first, 0, 1).await.expect("one's own");
    let soon = written.events[0].at + 4_000;
    let mut meeting = create("例会", &[]);
    (meeting.starts_at, meeting.ends_at, meeting.remind) = (soon, soon + HOUR, vec![0]);
    let task = aygul.make_task(meeting).await;
    hub.kill_and_restart().await;
    let aygul = hub.sign_in("aygul").await;
    let mut watch = aygul.client.watch(task, 1).await.expect("one's own");
    assert_eq!(next(&mut watch).await.type_name, "task.reminded");
    let todos = loop {
        let todos: Page<NoticeItem> =
            aygul.door().get("/v1/notices?kind=todo").await.expect("a list");
        if !todos.items.is_empty() {
            break todos.items;
        }
    };
    let [todo] = &todos[..] else { panic!("{todos:?}") };
    let on = Zone::Urumqi.day(soon);
    assert_eq!(todo.title, "例会");
    assert_eq!(todo.reminder, Some(Reminder::Task { task, on, starts_at: soon }));
}
