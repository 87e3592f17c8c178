//! Area `contact` on HTTP: what holds between the caller and other people, and the rules for
//! those who set them. Invariant: that somebody has blocked the caller is in no answer.

use crate::{
    Edge,
    account::may_read_people,
    auth::Caller,
    error::{Answer, Refusal, not_found},
    params,
};
use actix_web::{HttpRequest, HttpResponse, web};
use persistence::PairRow;
use protocol::{
    AccountId, ErrorBody, ErrorKind, Millis, Permission,
    contact::{
        ContactInfo, ContactLevel, ContactRules, ContactSide, ContactState, contact_rules_stream,
    },
    http::AccountCard,
};

/// Whom the caller has settled something with: requests, permissions, blocked people.
#[utoipa::path(
    get, path = "/v1/contacts", tag = "contact",
    responses(
        (status = 200, body = Vec<ContactInfo>),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn contacts(caller: Caller, edge: web::Data<Edge>) -> Answer {
    may_read_people(&caller)?;
    let pairs = edge.hub.queries().pairs_of(caller.account).await?;
    let peers: Vec<AccountId> = pairs.iter().map(|pair| pair.peer).collect();
    let mut lines = infos(&edge, &caller, &peers, pairs).await?;
    lines.retain(|line| {
        use ContactState as S;
        matches!(line.state, S::Granted | S::Asked | S::Asking | S::Blocked)
    });
    Ok(HttpResponse::Ok().json(lines))
}

/// What the caller and somebody else may do.
#[utoipa::path(
    get, path = "/v1/contacts/{account}", tag = "contact",
    params(("account" = AccountId, Path, description = "The other")),
    responses(
        (status = 200, body = ContactInfo),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn contact(request: HttpRequest, caller: Caller, edge: web::Data<Edge>) -> Answer {
    may_read_people(&caller)?;
    let account: AccountId = params::part(&request, "account", "the id of an account")?;
    if edge.hub.visible_among(&caller.who, &[account]).await?.is_empty() {
        return Err(not_found("such account").into());
    }
    let pairs = edge.hub.queries().pairs_of(caller.account).await?;
    let info = infos(&edge, &caller, &[account], pairs).await?.pop();
    Ok(HttpResponse::Ok().json(info.ok_or_else(|| not_found("such account"))?))
}

fn may_rule(caller: &Caller) -> bool {
    let may = |permission| caller.who.may_everywhere(permission);
    may(Permission::SystemOperate) || may(Permission::AuditRead)
}

/// The rules of who may talk to whom, for operators and auditors.
#[utoipa::path(
    get, path = "/v1/contact-rules", tag = "contact",
    responses(
        (status = 200, body = ContactRules),
        (status = "4XX", description = "Refused", body = ErrorBody),
    ),
    security(("session" = []))
)]
pub(crate) async fn rules(caller: Caller, edge: web::Data<Edge>) -> Answer {
    let stream = contact_rules_stream();
    // Whoever may watch the rules may read them.
    let head = match edge.hub.watch_head(&caller.who, stream).await {
        // Before the first rule there is no stream yet, and whoever sets it has to see that.
        Err(error) if error.kind == ErrorKind::NotFound && may_rule(&caller) => 0,
        head => head?,
    };
    let (rules, _) = edge.hub.queries().contact_rules().await?;
    let named = rules.iter().flat_map(|rule| [rule.one, rule.other]);
    let people: Vec<AccountId> = named
        .filter_map(|side| match side {
            ContactSide::Person { account } => Some(account),
            _ => None,
        })
        .collect();
    let people = edge.hub.queries().cards(&people).await?;
    let grant_seconds = edge.hub.contact_grant_ms().await? / 1_000;
    let grant_seconds = u32::try_from(grant_seconds).unwrap_or(u32::MAX);
    Ok(HttpResponse::Ok().json(ContactRules { stream, head, rules, grant_seconds, people }))
}

async fn infos(
    edge: &Edge,
    caller: &Caller,
    people: &[AccountId],
    pairs: Vec<PairRow>,
) -> Result<Vec<ContactInfo>, Refusal> {
    let reach = edge.hub.reach(&caller.who, people).await?;
    let mut cards = edge.hub.queries().cards(people).await?;
    let manages = |unit| caller.who.may(Permission::AccountManage, unit);
    edge.hub.queries().unmask(&mut cards, manages).await?;
    let now = edge.hub.clock().now();
    let info = |card: AccountCard| {
        let reach = reach.iter().find(|one| one.account == card.account);
        let level = reach.map_or(ContactLevel::White, |one| one.level);
        let pair = pairs.iter().find(|pair| pair.peer == card.account);
        let (state, until, text) = state(level, pair, now);
        ContactInfo { card, state, until, text }
    };
    Ok(cards.into_iter().map(info).collect())
}

fn state(
    level: ContactLevel,
    pair: Option<&PairRow>,
    now: Millis,
) -> (ContactState, Option<Millis>, Option<String>) {
    let terms = pair.map(|pair| pair.terms).unwrap_or_default();
    let until = terms.granted_until.filter(|until| now < *until);
    match level {
        _ if terms.blocked => (ContactState::Blocked, None, None),
        _ if terms.blocked_by => (ContactState::Closed, None, None),
        ContactLevel::White => (ContactState::Open, None, None),
        ContactLevel::Black => (ContactState::Closed, None, None),
        ContactLevel::Grey if until.is_some() => (ContactState::Granted, until, None),
        ContactLevel::Grey => match pair.and_then(|pair| Some((pair.peer, pair.asked.clone()?))) {
            Some((peer, (asker, text))) if asker == peer => {
                (ContactState::Asking, None, Some(text))
            }
            Some((_, (_, text))) => (ContactState::Asked, None, Some(text)),
            None => (ContactState::Ask, None, None),
        },
    }
}
