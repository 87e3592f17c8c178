//! Week plans in the tables: a unit's counts are its people, a draft is read for its owner only,
//! and all of it the same after a rebuild.

use crate::{
    queries::{Hall, hall},
    support::Store,
    tasks::by,
};
use kernel::journal::{Head, Journal};
use persistence::{PlanFilter, rebuild};
use protocol::{
    AccountId, Day, EntityKind, Role, UnitId,
    plan::{
        PlanEvent, PlanPart, PlanReviewed, PlanState, PlanSubmitted, PlanTally, PlanVerdict,
        PlanWithdrawn, PlanWritten,
    },
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

const WEEK: Day = Day(4);

fn filter(state: Option<PlanState>) -> PlanFilter {
    PlanFilter { state, limit: 10, ..PlanFilter::default() }
}

#[tokio::test]
async fn a_week_of_a_unit_is_its_people() {
    let store = Store::new();
    let Hall { journal, queries, make, people, region, counter, .. } = hall(&store).await;
    let [owner, head, other] = people;
    let (plan, mut top) = (make.stream(EntityKind::Plan), Head::default());
    let part = PlanPart::Plan;
    let written = PlanWritten { week: WEEK, part, text: "草稿".to_owned() };
    let sent = PlanSubmitted {
        week: WEEK,
        part,
        text: "=1+1".to_owned(),
        unit: counter,
        to: vec![head],
        tasks: Vec::new(),
        omitted: 0,
    };
    let kept = PlanWritten { week: WEEK, part: PlanPart::Summary, text: "未完".to_owned() };
    let back = PlanReviewed {
        account: owner,
        part,
        seq: 2,
        verdict: PlanVerdict::Return,
        remark: "补充".to_owned(),
    };
    for (who, event) in [
        (owner, PlanEvent::from(written)),
        (owner, sent.clone().into()),
        (owner, kept.into()),
        (head, back.into()),
    ] {
        let append = by(&make, who, plan, &mut top, event.into());
        assert_eq!(journal.append(vec![append]).await, [Ok(())]);
    }
    for time in 0..2 {
        let own = queries.plan(plan, owner).await.unwrap().unwrap();
        let seen = queries.plan(plan, head).await.unwrap().unwrap();
        let drafts = |parts: &[protocol::plan::PlanEntry]| {
            parts.iter().map(|part| part.draft.clone()).collect::<Vec<_>>()
        };
        assert_eq!(drafts(&own.parts), [Some("=1+1".to_owned()), Some("未完".to_owned())]);
        assert_eq!(drafts(&seen.parts), [None, None]);
        assert_eq!((seen.parts[1].text.as_ref(), seen.lines.len()), (None, 2));
        assert_eq!(seen.parts[0].remark.as_deref(), Some("补充"));

        let all = queries.plan_overview(region, WEEK, &filter(None)).await.unwrap();
        let [unit] = &all.units[..] else { panic!("{all:?}") };
        assert_eq!((unit.unit, unit.people), (counter, 3));
        let tally = PlanTally { missing: 2, returned: 1, ..PlanTally::default() };
        assert_eq!((unit.plan, unit.summary.missing), (tally, 3));
        let plans: Vec<_> = all.items.iter().filter_map(|row| row.plan).collect();
        assert_eq!((all.items.len(), plans), (3, vec![plan]));
        let returned = filter(Some(PlanState::Returned));
        let few = queries.plan_overview(counter, WEEK, &returned).await.unwrap();
        let found: Vec<AccountId> = few.items.iter().map(|row| row.person.account).collect();
        assert_eq!(found, [owner]);
        let next_week = queries.plan_overview(region, Day(11), &filter(None)).await.unwrap();
        assert_eq!(next_week.units[0].plan.missing, 3);

        let report = queries.plan_report(region, WEEK, 10).await.unwrap().unwrap();
        let texts: Vec<_> = report.iter().filter_map(|one| one.parts[0].text.as_deref()).collect();
        assert_eq!((report.len(), texts), (3, vec!["=1+1"]));
        assert_eq!(queries.plan_report(region, WEEK, 2).await.unwrap(), None, "too many");
        if time == 0 {
            rebuild(&journal, |_, _| {}).await.unwrap();
        }
    }
    // Submitted again and taken back, it says nothing to anybody else.
    for event in [PlanEvent::from(sent), PlanWithdrawn { part }.into()] {
        let append = by(&make, owner, plan, &mut top, event.into());
        assert_eq!(journal.append(vec![append]).await, [Ok(())]);
    }
    let seen = queries.plan(plan, other).await.unwrap().unwrap();
    assert_eq!((seen.parts[0].state, seen.parts[0].text.as_ref()), (PlanState::Draft, None));
}

#[tokio::test]
async fn a_plan_goes_to_the_nearest_heads() {
    let store = Store::new();
    let Hall { queries, people, path, .. } = hall(&store).await;
    let [owner, ..] = people;
    // All three manage the hall, which stands above the counter: everybody but the owner.
    let roles = [Role::DepartmentHead, Role::HallManager];
    let mut others = people[1..].to_vec();
    others.sort();
    assert_eq!(queries.plan_reviewers(&path, owner, &roles).await.unwrap(), others);
    let none = queries.plan_reviewers(&path, owner, &[Role::RegionAdmin]).await.unwrap();
    assert_eq!(none, []);
    // From a unit above the hall it goes to nobody of the hall.
    let county = protocol::UnitPath(path.0[..2].to_vec());
    assert_eq!(queries.plan_reviewers(&county, owner, &roles).await.unwrap(), []);
}

/// Goal of the overview: 300 ms. The bound here is for a machine that does other things as well.
const OVERVIEW_MS_MAX: u128 = 3_000;

/// `RUST_LOG= cargo nextest run … --no-capture` prints the figure (docs/plans.md).
#[tokio::test]
async fn the_overview_of_fifty_thousand_people_is_read_in_time() {
    let store = Store::new();
    let (_journal, queries) = store.open().await;
    let options = SqliteConnectOptions::new().filename(store.path());
    let mut raw = SqliteConnection::connect_with(&options).await.unwrap();
    let numbers = "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ?1) ";
    let id = |kind: &str| format!("unhex(printf('{kind}%030x', n))");
    for (last, insert) in [
        (
            0,
            format!(
                "INSERT INTO account_units (unit_id, kind, name_zh, path, rank) \
                 SELECT {}, 'region', '地区', '/r/', 0 FROM n",
                id("01")
            ),
        ),
        (
            499,
            format!(
                "INSERT INTO account_units (unit_id, kind, name_zh, path, rank) \
                 SELECT {}, 'hall', '大厅', printf('/r/%04d/', n), 0 FROM n",
                id("02")
            ),
        ),
        (
            49_999,
            format!(
                "INSERT INTO account_accounts (account_id, username, name_zh, unit_id, post, \
                 search_names, pinyin_full, pinyin_initials) SELECT {}, printf('p%05d', n), '王', \
                 unhex(printf('02%030x', n % 500)), '', '', '', '' FROM n",
                id("03")
            ),
        ),
        (
            34_999,
            format!(
                "INSERT INTO plan_plans (plan_id, account_id, week, unit_id, state) \
                 SELECT {}, {}, 4, unhex(printf('02%030x', n % 500)), \
                 CASE n % 3 WHEN 0 THEN 'submitted' WHEN 1 THEN 'approved' ELSE 'returned' END \
                 FROM n",
                id("04"),
                id("03")
            ),
        ),
    ] {
        let statement = sqlx::AssertSqlSafe(format!("{numbers}{insert}"));
        sqlx::query(statement).bind(last).execute(&mut raw).await.unwrap();
    }
    let region = UnitId(uuid::Uuid::from_u128(1 << 120));
    let filter = PlanFilter { limit: 200, ..filter(None) };
    let mut times = Vec::new();
    for _ in 0..5 {
        let began = std::time::Instant::now();
        let page = queries.plan_overview(region, WEEK, &filter).await.unwrap();
        times.push(began.elapsed().as_millis());
        let people: u32 = page.units.iter().map(|unit| unit.people).sum();
        let missing: u32 = page.units.iter().map(|unit| unit.plan.missing).sum();
        assert_eq!((page.units.len(), people, missing), (500, 50_000, 15_000));
        assert_eq!((page.items.len(), page.next.is_some()), (200, true));
    }
    times.sort_unstable();
    println!("overview of 50,000 people, ms: {times:?}");
    assert!(times[0] < OVERVIEW_MS_MAX, "{times:?}");
}
