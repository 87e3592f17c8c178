//! Area `plan` on HTTP: one's own week, those that colleagues share, and for heads the weeks of
//! their units, as a list and as a table. Invariant: one plan is shown to who may watch its
//! stream; a unit's weeks to who reviews them there.

mod table;

use crate::{
    Edge,
    auth::Caller,
    error::{Answer, not_found},
    params::{self, Params},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use persistence::{PlanFilter, Queries};
use protocol::{
    AccountId, Day, EntityKind, ErrorBody, ErrorKind, Permission, StreamId, UnitId, Zone,
    plan::{PlanInfo, PlanOverview, PlanPart, PlanRow, PlanState},
};

/// People of one exported table: what an office program opens at once.
const TABLE_PEOPLE_MAX: usize = 5_000;

/// The caller's own plan of a week, whether anything is written in it or not.
#[utoipa::path(
    get, path = "/v1/plans/own", tag = "plan",
    params(("week" = Option<Day>, Query, description = "Its Monday; this week's when absent")),
    responses(
        (status = 200, body = PlanInfo),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn own(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let week = week(&Params::of(&request, &["week"])?, &edge)?;
    let stream = actors::plan_of(caller.account, week);
    let found = edge.hub.queries().plan(stream, caller.account).await?;
    let plan = found.unwrap_or_else(|| Queries::no_plan(stream, caller.account, week));
    Ok(HttpResponse::Ok().json(with_people(plan, &edge).await?))
}

/// One plan: its owner's, shared with the caller, or one that the caller reviews.
#[utoipa::path(
    get, path = "/v1/plans/{plan}", tag = "plan",
    params(("plan" = String, Path, description = "The id of the plan")),
    responses(
        (status = 200, body = PlanInfo),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn plan(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let id: uuid::Uuid = params::part(&request, "plan", "the id of a plan")?;
    Params::of(&request, &[])?;
    let stream = StreamId::new(EntityKind::Plan, id);
    edge.hub.watch_head(&caller.who, stream).await?;
    let queries = edge.hub.queries();
    let found = queries.plan(stream, caller.account).await?;
    let mut plan = found.ok_or_else(|| not_found("such plan"))?;
    if let Some(unit) = queries.plan_unit(stream).await? {
        plan.reviews =
            plan.account != caller.account && caller.who.may(Permission::PlanReview, unit);
    }
    Ok(HttpResponse::Ok().json(with_people(plan, &edge).await?))
}

/// Plans of a week that colleagues share with the caller.
#[utoipa::path(
    get, path = "/v1/plans/shared", tag = "plan",
    params(("week" = Option<Day>, Query, description = "Its Monday; this week's when absent")),
    responses(
        (status = 200, body = Vec<PlanRow>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn shared(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let week = week(&Params::of(&request, &["week"])?, &edge)?;
    let rows = edge.hub.queries().plans_shared(caller.account, week).await?;
    Ok(HttpResponse::Ok().json(rows))
}

/// A week of a unit and all below it, for its heads: counts by unit, and its people.
#[utoipa::path(
    get, path = "/v1/plans", tag = "plan",
    params(
        ("week" = Option<Day>, Query, description = "Its Monday; this week's when absent"),
        ("unit" = Option<UnitId>, Query, description = "The unit that the caller heads when absent"),
        ("part" = Option<PlanPart>, Query, description = "Of which part the state is meant; the plan when absent"),
        ("state" = Option<PlanState>, Query, description = "`draft`: not handed in"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent"),
    ),
    responses(
        (status = 200, body = PlanOverview),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn plans(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["week", "unit", "part", "state", "after", "limit"])?;
    let (week, unit) = (week(&params, &edge)?, headed(&params, &caller)?);
    let filter = PlanFilter {
        state: one_of(&params, "state")?,
        part: one_of(&params, "part")?,
        after: params.short("after")?,
        limit: params.limit()?,
    };
    let overview = edge.hub.queries().plan_overview(unit, week, &filter).await?;
    Ok(HttpResponse::Ok().json(overview))
}

/// The same as a table for office programs (XLSX): the counts, what was submitted, the reviews.
#[utoipa::path(
    get, path = "/v1/plans.xlsx", tag = "plan",
    params(
        ("week" = Option<Day>, Query, description = "Its Monday; this week's when absent"),
        ("unit" = Option<UnitId>, Query, description = "The unit that the caller heads when absent"),
        ("language" = Option<String>, Query, description = "Of the headings: zh, ug or en; zh when absent"),
    ),
    responses(
        (status = 200, description = "Three sheets; 5,000 people at most", body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn table(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    let params = Params::of(&request, &["week", "unit", "language"])?;
    let (week, unit) = (week(&params, &edge)?, headed(&params, &caller)?);
    let language = match params.text("language").unwrap_or("zh") {
        "zh" => table::Language::Zh,
        "ug" => table::Language::Ug,
        "en" => table::Language::En,
        _ => return Err(ErrorBody::invalid("language", "zh, ug or en").into()),
    };
    let queries = edge.hub.queries();
    let found = queries.plan_report(unit, week, TABLE_PEOPLE_MAX).await?;
    let people =
        found.ok_or_else(|| ErrorBody::invalid("unit", "too many people: a unit below"))?;
    let filter = PlanFilter { limit: 1, ..PlanFilter::default() };
    let units = queries.plan_overview(unit, week, &filter).await?.units;
    let mut named: Vec<AccountId> = people
        .iter()
        .flat_map(|one| one.parts.iter().filter_map(|part| part.reviewed_by))
        .collect();
    named.sort();
    named.dedup();
    let reviewers = queries.cards(&named).await?;
    let report = table::Report { language, week, units, people, reviewers };
    // Some hundred milliseconds of a large region: not on the thread that serves others.
    let written = web::block(move || report.write()).await.map_err(|error| {
        tracing::error!(%error, "no table written");
        ErrorBody::internal()
    })?;
    let file = written.map_err(|error| {
        tracing::error!(%error, "no table written");
        ErrorBody::internal()
    })?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, table::TYPE))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"plans-{week}.xlsx\""),
        ))
        .body(file))
}

fn week(params: &Params, edge: &Edge) -> Result<Day, ErrorBody> {
    let this = || Zone::default().day(edge.hub.clock().now()).monday();
    let week = params.value::<Day>("week", "a day, as in 2026-11-23")?.unwrap_or_else(this);
    if week.monday() == week {
        return Ok(week);
    }
    Err(ErrorBody::invalid("week", "a week is told by its Monday"))
}

/// The unit that is asked for, or the first that the caller heads.
fn headed(params: &Params, caller: &Caller) -> Result<UnitId, ErrorBody> {
    let asked = params.value::<UnitId>("unit", "the id of a unit")?;
    let own = || {
        let units = caller.who.grants.iter().map(|grant| grant.unit);
        units.into_iter().find(|unit| caller.who.may(Permission::PlanReview, *unit))
    };
    asked.or_else(own).filter(|unit| caller.who.may(Permission::PlanReview, *unit)).ok_or_else(
        || {
            let message = "the heads of a unit review its plans";
            ErrorBody::new(ErrorKind::Forbidden, "plan.not_reviewer", message)
        },
    )
}

/// A word of the protocol, as it is written on the wire.
fn one_of<T: serde::de::DeserializeOwned>(
    params: &Params,
    name: &str,
) -> Result<Option<T>, ErrorBody> {
    let Some(text) = params.text(name) else { return Ok(None) };
    serde_json::from_value(serde_json::Value::from(text))
        .map(Some)
        .map_err(|_| ErrorBody::invalid(name, "not one of its words"))
}

/// Fills in everybody whom it names.
async fn with_people(mut plan: PlanInfo, edge: &Edge) -> Result<PlanInfo, ErrorBody> {
    let parts = plan.parts.iter().flat_map(|part| part.to.iter().chain(&part.reviewed_by));
    let mut named: Vec<AccountId> = parts
        .chain(&plan.shared)
        .copied()
        .chain(plan.lines.iter().map(|line| line.by))
        .chain([plan.account])
        .collect();
    named.sort();
    named.dedup();
    let cards = edge.hub.queries().cards(&named).await;
    plan.people = cards.map_err(|_| ErrorBody::unavailable())?;
    Ok(plan)
}
