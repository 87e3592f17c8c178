//! What the edge decides before and around the handlers: methods, origins, the client's
//! address behind proxies, who may measure, who owes a password, whose numbers are masked.

use super::{PASSWORD, Scene, Wire, command};
use crate::GatewayConfig;
use kernel::{IdSource, SystemClock, SystemIds};
use protocol::{
    AccountId, AnyCommand, Grant, Role, UnitId,
    account::{AccountCommand, GrantRole, ResetPassword, Secret, UpdateProfile},
};
use serde_json::{Value, json};
use std::sync::Arc;

const HALL: &str = "https://hall.example.cn";

async fn scene(set: impl FnOnce(&mut GatewayConfig)) -> Scene {
    Scene::start_with(Arc::new(SystemClock), set).await
}

/// This machine is the proxy of these tests.
fn behind_a_proxy(config: &mut GatewayConfig) {
    config.trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
}

fn sign_in_body() -> String {
    json!({ "username": "aygul", "password": PASSWORD }).to_string()
}

fn forwarded(client: &str) -> String {
    format!("X-Forwarded-For: {client}\r\n")
}

fn id<T: std::str::FromStr>(value: &Value) -> T {
    let text = value.as_str().expect("an id");
    text.parse().ok().expect("an id")
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_one() {
    let scene = scene(|_| {}).await;
    for (head, allowed) in [
        ("DELETE /v1/rooms", "get"),
        ("PUT /v1/streams/room:x/events", "get"),
        ("GET /v1/commands", "post"),
        ("POST /v1/ws", "get"),
        ("OPTIONS /v1/rooms", "get"),
        ("POST /metrics", "get"),
        ("POST /", "get, head"),
    ] {
        let (status, answer, error) = scene.exchange(head, "", "").await;
        assert_eq!((status, &error["code"]), (405, &json!("hub.method_not_allowed")), "{head}");
        assert!(answer.contains(&format!("\r\nallow: {allowed}\r\n")), "{head}: {answer}");
        assert_eq!((&error["kind"], &error["field"]), (&json!("invalid"), &json!("method")));
    }
}

#[actix_web::test]
async fn pages_of_listed_origins_read_answers_and_others_do_not() {
    let scene = scene(|config| config.origins = vec![HALL.to_owned()]).await;
    let named = format!("\r\naccess-control-allow-origin: {HALL}\r\n");
    let from = |origin: &str| format!("Origin: {origin}\r\n");
    let asks = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x\r\n";
    let preflight = format!("{}{asks}", from(HALL));
    let (status, answer, _) = scene.exchange("OPTIONS /v1/commands", &preflight, "").await;
    assert_eq!(status, 204);
    for line in [
        named.as_str(),
        "\r\naccess-control-allow-credentials: true\r\n",
        "\r\naccess-control-allow-methods: get, post, patch, delete\r\n",
        "\r\naccess-control-allow-headers: authorization, content-type, traceparent, upload-offset\r\n",
    ] {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    // A refusal is an answer, too: the page has to read why.
    for (body, expected) in [(sign_in_body(), 200), ("{}".to_owned(), 400)] {
        let (status, answer, _) = scene.exchange("POST /v1/sign-in", &from(HALL), &body).await;
        assert_eq!(status, expected);
        assert!(answer.contains(&named) && answer.contains("\r\nx-trace-id: "), "{answer}");
        assert!(answer.contains("\r\nvary: "), "{answer}");
    }
    let evil = from("https://evil.example");
    let preflight = format!("{evil}{asks}");
    for (head, headers, expected) in [
        ("OPTIONS /v1/commands", preflight.as_str(), 403),
        ("POST /v1/sign-in", evil.as_str(), 403),
        ("GET /v1/hello", evil.as_str(), 200),
    ] {
        let (status, answer, _) = scene.exchange(head, headers, "").await;
        assert_eq!(status, expected, "{head}");
        assert!(!answer.contains("access-control-"), "{head}: {answer}");
        assert!(answer.contains("\r\nx-trace-id: "), "{head}: {answer}");
    }
}

#[actix_web::test]
async fn the_audit_and_the_limits_see_the_client_behind_a_trusted_proxy() {
    let scene = scene(|config| {
        behind_a_proxy(config);
        config.sign_ins_per_minute = 2;
    })
    .await;
    for client in ["203.0.113.7", "2001:db8::9", "2001:db8:1::9"] {
        let (status, answer) =
            scene.http("POST /v1/sign-in", &forwarded(client), &sign_in_body()).await;
        assert_eq!(status, 200, "{client} has a limit of its own");
        let bearer =
            format!("Authorization: Bearer {}\r\n", answer["token"].as_str().expect("one"));
        let (_, sessions) = scene.http("GET /v1/sessions", &bearer, "").await;
        let own = sessions.as_array().expect("sessions").iter().find(|one| one["current"] == true);
        assert_eq!(own.expect("this one")["addr"], client);
    }
    // What a client puts before it does not help, nor does another address of its /64.
    for (client, expected) in [
        ("192.0.2.1, 203.0.113.7", 200),
        ("192.0.2.2, 203.0.113.7", 429),
        ("2001:db8::a", 200),
        ("2001:db8::b", 429),
    ] {
        let (status, _) = scene.http("POST /v1/sign-in", &forwarded(client), &sign_in_body()).await;
        assert_eq!(status, expected, "{client}");
    }
}

#[actix_web::test]
async fn the_header_of_a_stranger_is_not_believed() {
    let scene = scene(|_| {}).await;
    let (status, answer) =
        scene.http("POST /v1/sign-in", &forwarded("203.0.113.7"), &sign_in_body()).await;
    assert_eq!(status, 200);
    let bearer =
        format!("Authorization: Bearer {}\r\n", answer["token"].as_str().expect("a token"));
    let (_, sessions) = scene.http("GET /v1/sessions", &bearer, "").await;
    assert_eq!(sessions[0]["addr"], "127.0.0.1");
}

#[actix_web::test]
async fn counters_are_for_this_machine_and_who_has_the_token() {
    let get = "GET /metrics";
    let outside = forwarded("203.0.113.7");
    let token = "Authorization: Bearer 0123456789abcdef\r\n";
    let closed = scene(|_| {}).await;
    assert_eq!(closed.http(get, "", "").await.0, 200);
    let (status, error) = closed.http(get, &outside, "").await;
    assert_eq!(
        (status, &error["code"]),
        (403, &json!("hub.metrics_refused")),
        "a proxy nobody named"
    );
    assert_eq!(closed.http(get, &format!("{outside}{token}"), "").await.0, 403, "no token is set");
    assert_eq!(closed.http(get, "X-Real-IP: 203.0.113.7\r\n", "").await.0, 403);

    let open = scene(|config| {
        behind_a_proxy(config);
        config.metrics_networks = vec!["192.0.2.0/24".parse().expect("a network")];
        config.metrics_token = Some(Secret("0123456789abcdef".to_owned()));
    })
    .await;
    for (headers, expected) in [
        (outside.clone(), 403),
        (forwarded("192.0.2.9"), 200),
        (forwarded("203.0.113.7, 192.0.2.9"), 200),
        (forwarded("192.0.2.9, 203.0.113.7"), 403),
        (forwarded("192.0.2.9, unknown"), 403),
        (format!("{outside}{token}"), 200),
        (format!("{outside}{}", token.replace('f', "e")), 403),
        (String::new(), 403),
    ] {
        assert_eq!(open.http(get, &headers, "").await.0, expected, "{headers}");
    }
}

#[actix_web::test]
async fn who_owes_a_password_finds_both_doors_closed_until_it_is_changed() {
    let scene = scene(|_| {}).await;
    let (_, first) = scene.sign_in("aygul").await;
    let account: AccountId = id(&first["me"]["card"]["account"]);
    let reset = ResetPassword { password: Secret(PASSWORD.to_owned()) };
    scene.submit(account.into(), AnyCommand::Account(AccountCommand::ResetPassword(reset))).await;
    let (token, answer) = scene.sign_in("aygul").await;
    assert_eq!(answer["me"]["must_change_password"], true);
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let room = format!("room:{}", SystemIds.next());
    let own = format!("account:{account}");
    let create = json!({ "name": "大厅", "members": [] });
    let asked =
        json!({ "id": SystemIds.next(), "stream": room, "type": "room.create", "body": create });
    let events = format!("GET /v1/streams/{own}/events");
    for (head, body, expected) in [
        ("GET /v1/me", Value::Null, 200),
        ("GET /v1/sessions", Value::Null, 200),
        (events.as_str(), Value::Null, 200),
        ("GET /v1/people", Value::Null, 403),
        ("GET /v1/units", Value::Null, 403),
        ("GET /v1/rooms", Value::Null, 403),
        ("POST /v1/commands", asked, 403),
    ] {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, error) = scene.http(head, &bearer, &body).await;
        assert_eq!(status, expected, "{head}: {error}");
        let refused = json!("account.password_must_change");
        assert!(
            status == 200 || (&error["code"], &error["kind"]) == (&refused, &json!("forbidden"))
        );
    }
    let mut wire = Wire::signed_in(&scene, &token).await;
    wire.say(command(&room, "room.create", create.clone())).await;
    assert_eq!(wire.until("error").await["error"]["code"], "account.password_must_change");
    let change = json!({ "current": PASSWORD, "new": "Hotan-2027-hall" });
    wire.say(command(&own, "account.change_password", change)).await;
    wire.until("ack").await;
    wire.say(command(&room, "room.create", create)).await;
    wire.until("ack").await;
    assert_eq!(scene.http("GET /v1/rooms", &bearer, "").await.0, 200);
}

#[actix_web::test]
async fn whole_numbers_are_for_who_manages_the_unit() {
    let scene = scene(|_| {}).await;
    let (token, me) = scene.sign_in("aygul").await;
    let account: AccountId = id(&me["me"]["card"]["account"]);
    let unit: UnitId = id(&me["me"]["card"]["unit"]);
    let phone = UpdateProfile { phone: Some("13812341234".to_owned()), ..UpdateProfile::default() };
    let phone = AnyCommand::Account(AccountCommand::UpdateProfile(phone));
    scene.submit(account.into(), phone).await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    for (seen, role) in [("138****1234", Role::HallManager), ("13812341234", Role::Leader)] {
        let (_, page) = scene.http("GET /v1/people?q=aygul", &bearer, "").await;
        assert_eq!(page["items"][0]["phone"], seen);
        let grant = GrantRole { grant: Grant { role, unit } };
        scene.submit(account.into(), AnyCommand::Account(AccountCommand::GrantRole(grant))).await;
    }
}
