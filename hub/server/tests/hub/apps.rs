//! Applications from outside: the square, signing people in to a real application by OpenID
//! Connect, chats with applications and of tasks, and a bot that talks through the SDK.

use crate::hub::{Folder, Hub, PATIENCE, Person, next, next_text, say};
use crate::machine::{Answer, Asked, Machine, http};
use crate::me::upload;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use client::Client;
use kernel::journal::digest;
use protocol::{
    AccountId, EntityKind, StreamId, Zone,
    account::Secret,
    app::{AppCommand, AppIcon, ChangeApp, CreateApp, IssueToken, Scope, SquareApp},
    http::{Conversation, RoomMember},
    notice::Target,
    room::{OpenApp, OpenTask, RoomCommand, RoomKind},
    task::{AssignTask, CreateTask, ReleaseTask, RemoveTask, TaskCommand, TaskPart},
};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use url::Url;

fn new(kind: EntityKind) -> StreamId {
    StreamId::new(kind, client::ids::next())
}

/// An application that acts as this account.
pub(crate) async fn register(admin: &Person, name: &str, account: AccountId) -> StreamId {
    let create = AppCommand::from(CreateApp { name: name.to_owned(), account });
    let app = new(EntityKind::App);
    admin.client.command(app, create).await.expect("registered").stream
}

pub(crate) async fn change(admin: &Person, app: StreamId, change: ChangeApp) {
    admin.client.command(app, AppCommand::from(change)).await.expect("changed");
}

pub(crate) async fn token(admin: &Person, app: StreamId, scopes: &[Scope]) -> Secret {
    let secret = format!("app_{}", client::ids::next().simple());
    let issue = IssueToken {
        token: client::ids::next(),
        label: "测试".to_owned(),
        scopes: scopes.to_vec(),
        hash: digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
        expires_at: None,
    };
    admin.client.command(app, AppCommand::from(issue)).await.expect("issued");
    Secret(secret)
}

/// The same client that people use, with a token of an application.
pub(crate) async fn program(hub: &Hub, secret: Secret) -> Client {
    let program = Client::through(hub.door().with_token(secret), client::Options::default());
    tokio::time::timeout(PATIENCE, program.ready()).await.expect("soon").expect("welcome");
    program
}

/// What managers read of what has happened to an application.
pub(crate) async fn happened(admin: &Person, app: StreamId) -> Vec<(String, Value)> {
    let page = admin.door().events_after(app, 0, 100).await.expect("managers look");
    page.events.into_iter().map(|one| (one.type_name, one.body.unwrap_or_default())).collect()
}

/// A browser: keeps the hub's cookie to itself, goes where it is sent, and tells where it ended.
struct Browser {
    http: reqwest::Client,
    hub: String,
    cookie: Option<String>,
}

impl Browser {
    fn new(hub: &Hub, person: Option<&Person>) -> Self {
        let cookie = person.map(|person| format!("hub_session={}", person.token.0));
        Self { http: http(), hub: hub.url.clone(), cookie }
    }

    /// The cookie is for pages of the hub alone (`SameSite=Strict`): it does not come with a
    /// request that a page of another site has led to.
    async fn open(&self, url: &str) -> (u16, String, Url) {
        let mut at = Url::parse(url).expect("an address");
        let mut from_hub = at.as_str().starts_with(&self.hub);
        for _ in 0..10 {
            let mut request = self.http.get(at.clone());
            let here = at.as_str().starts_with(&self.hub);
            if let Some(cookie) = self.cookie.as_ref().filter(|_| here && from_hub) {
                request = request.header("cookie", cookie);
            }
            let answer = request.send().await.expect("an answer");
            let status = answer.status().as_u16();
            let location = answer.headers().get("location").map(|to| to.to_str().expect("text"));
            let next = location.map(str::to_owned);
            let body = answer.text().await.expect("text");
            let refresh = body
                .split_once("content=\"0; url=")
                .and_then(|(_, rest)| rest.split_once('"').map(|(to, _)| to.replace("&amp;", "&")));
            // A redirect keeps where the whole way began; a page that goes on begins anew.
            from_hub = if refresh.is_some() { here } else { from_hub };
            match next.or(refresh) {
                Some(next) => at = at.join(&next).expect("an address"),
                None => return (status, body, at),
            }
        }
        panic!("it goes round in circles: {at}");
    }
}

/// What the application keeps between sending a browser away and its coming back.
#[derive(Default)]
struct Kept {
    verifiers: HashMap<String, String>,
    codes: Vec<String>,
}

/// A real application: `/start` sends the browser to the hub, `/back` changes the code, checks
/// the signed statement and greets by name.
struct CaseApp {
    client_id: String,
    secret: Option<Secret>,
    hub: String,
    own: Mutex<String>,
    kept: Mutex<Kept>,
    http: reqwest::Client,
}

async fn json(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.expect("an answer").text().await.expect("text");
    serde_json::from_str(&answer).expect("JSON")
}

const NONCE: &str = "n-0S6_WzA2Mj";

impl CaseApp {
    async fn start(hub: &Hub, app: StreamId, secret: Option<Secret>) -> (Arc<Self>, Machine) {
        let case = Arc::new(Self {
            client_id: app.id.to_string(),
            secret,
            hub: hub.url.clone(),
            own: Mutex::default(),
            kept: Mutex::default(),
            http: http(),
        });
        let served = case.clone();
        let machine = Machine::at("127.0.0.1:0", move |asked| {
            let case = served.clone();
            async move { case.answer(asked).await }
        });
        let machine = machine.await;
        *case.own.lock().expect("lock") = machine.url.clone();
        (case, machine)
    }

    fn redirect(&self) -> String {
        format!("{}/back", self.own.lock().expect("lock"))
    }

    async fn answer(&self, asked: Asked) -> Answer {
        let url = Url::parse("http://app").and_then(|base| base.join(&asked.path)).expect("path");
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        match url.path() {
            "/start" => self.send_away().await,
            "/back" => match (query.get("code"), query.get("error")) {
                (Some(code), _) => self.welcome(code, &query["state"]).await,
                (_, error) => Answer::text(403, error.cloned().unwrap_or_default()),
            },
            _ => Answer::text(404, ""),
        }
    }

    async fn discovered(&self, name: &str) -> String {
        let url = format!("{}/.well-known/openid-configuration", self.hub);
        let found = json(self.http.get(url)).await;
        assert_eq!(found["issuer"], self.hub.as_str());
        found[name].as_str().expect("an address").to_owned()
    }

    async fn send_away(&self) -> Answer {
        let (state, verifier) =
            (client::ids::next().to_string(), client::ids::next().simple().to_string().repeat(2));
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(verifier.as_bytes()));
        self.kept.lock().expect("lock").verifiers.insert(state.clone(), verifier);
        let mut to = Url::parse(&self.discovered("authorization_endpoint").await).expect("address");
        to.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect())
            .append_pair("scope", "openid profile")
            .append_pair("state", &state)
            .append_pair("nonce", NONCE)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Answer::to(to)
    }

    /// Changes a code for what the hub says; status and body.
    async fn change(&self, code: &str, verifier: &str) -> (u16, Value) {
        let redirect = self.redirect();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
            ("client_id", self.client_id.as_str()),
            ("code_verifier", verifier),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self
            .http
            .post(self.discovered("token_endpoint").await)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        if let Some(Secret(secret)) = &self.secret {
            request = request.basic_auth(&self.client_id, Some(secret));
        }
        let answer = request.send().await.expect("an answer");
        (
            answer.status().as_u16(),
            serde_json::from_str(&answer.text().await.expect("text")).expect("JSON"),
        )
    }

    async fn welcome(&self, code: &str, state: &str) -> Answer {
        let verifier = self.kept.lock().expect("lock").verifiers.remove(state).expect("our state");
        self.kept.lock().expect("lock").codes.push(format!("{code} {verifier}"));
        let (status, told) = self.change(code, &verifier).await;
        if status != 200 {
            return Answer::text(status, told.to_string());
        }
        let claims = self.checked(told["id_token"].as_str().expect("a statement")).await;
        assert_eq!(
            (&claims["aud"], &claims["nonce"]),
            (&self.client_id.as_str().into(), &NONCE.into())
        );
        let access = told["access_token"].as_str().expect("a token");
        let url = self.discovered("userinfo_endpoint").await;
        let info = json(self.http.get(&url).bearer_auth(access)).await;
        assert_eq!((&info["sub"], &info["name"]), (&claims["sub"], &claims["name"]));
        // The statement opens nothing itself.
        let wrong = self.http.get(&url).bearer_auth(told["id_token"].as_str().expect("text"));
        assert_eq!(wrong.send().await.expect("an answer").status().as_u16(), 401);
        Answer::text(200, format!("您好，{}", info["name"].as_str().expect("a name")))
    }

    /// The claims of a statement that the hub has signed.
    async fn checked(&self, statement: &str) -> Value {
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let (signed, signature) = statement.rsplit_once('.').expect("three parts");
        let (header, claims) = signed.split_once('.').expect("three parts");
        let header: Value = serde_json::from_slice(&decode(header)).expect("JSON");
        let keys = json(self.http.get(self.discovered("jwks_uri").await)).await;
        let key =
            keys["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == header["kid"]);
        let key = key.expect("the key that it names");
        let mut point = vec![4];
        point.extend(decode(key["x"].as_str().expect("x")));
        point.extend(decode(key["y"].as_str().expect("y")));
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(signed.as_bytes(), &decode(signature))
            .expect("signed by the hub");
        serde_json::from_slice(&decode(claims)).expect("JSON")
    }
}

fn for_people(people: &[&Person]) -> Target {
    Target::People { accounts: people.iter().map(|person| person.account).collect() }
}

async fn square(person: &Person) -> Vec<String> {
    let square: Vec<SquareApp> = person.door().get("/v1/apps/square").await.expect("a list");
    square.into_iter().map(|app| app.name).collect()
}

#[tokio::test]
async fn the_square_shows_each_what_they_may_open_in_the_operators_order() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "gulnar", "bot"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let (gulnar, bot) = (hub.sign_in("gulnar").await, hub.sign_in("bot").await);
    let mut apps = Vec::new();
    for (name, order, target) in [
        ("办件查询", 20, Target::All {}),
        ("好差评", 10, for_people(&[&wang])),
        ("排班", 5, Target::All {}),
    ] {
        let app = register(&aygul, name, bot.account).await;
        apps.push(app);
        let shown = Some(name != "排班");
        let place =
            ChangeApp { order: Some(order), target: Some(target), shown, ..Default::default() };
        change(&aygul, app, place).await;
    }
    assert_eq!(square(&wang).await, ["好差评", "办件查询"]);
    assert_eq!(square(&gulnar).await, ["办件查询"]);
    let found: Vec<SquareApp> = wang.door().get("/v1/apps/square").await.expect("a list");
    assert!(found[1].keys.contains("banjianchaxun") && found[1].keys.contains("bjcx"), "{found:?}");
    let hidden = ChangeApp { name: Some("办件".into()), ..ChangeApp::default() };
    let refused = wang.client.command(apps[0], AppCommand::from(hidden)).await.expect_err("theirs");
    assert_eq!(refused.code(), Some("app.not_allowed"));
}

#[tokio::test]
async fn an_application_learns_who_opens_it_and_a_code_works_once() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "gulnar", "bot"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let (gulnar, bot) = (hub.sign_in("gulnar").await, hub.sign_in("bot").await);
    let app = register(&aygul, "办件查询", bot.account).await;
    let secret = token(&aygul, app, &[Scope::SignIn]).await;
    let (case, machine) = CaseApp::start(&hub, app, Some(secret)).await;
    let start = format!("{}/start", machine.url);

    // Not registered yet: nobody is sent anywhere.
    let browser = Browser::new(&hub, Some(&wang));
    let (status, body, at) = browser.open(&start).await;
    assert_eq!((status, at.path()), (400, "/oauth/authorize"));
    assert!(body.contains("app.redirect_unknown"), "{body}");

    let register = ChangeApp {
        url: Some(start.clone()),
        redirects: Some(vec![case.redirect()]),
        target: Some(for_people(&[&wang])),
        shown: Some(true),
        ..ChangeApp::default()
    };
    change(&aygul, app, register).await;
    let (status, body, _) = browser.open(&start).await;
    assert_eq!((status, body.as_str()), (200, "您好，wangwei"));

    let code = case.kept.lock().expect("lock").codes[0].clone();
    let (code, verifier) = code.split_once(' ').expect("two");
    let (status, told) = case.change(code, verifier).await;
    assert_eq!(
        (status, &told["error"], &told["code"]),
        (400, &"invalid_grant".into(), &"app.code_used".into())
    );

    let (status, body, _) = Browser::new(&hub, Some(&gulnar)).open(&start).await;
    assert_eq!((status, body.as_str()), (403, "access_denied"), "it is for others");
    let (_, _, at) = Browser::new(&hub, None).open(&start).await;
    let onward = at.query_pairs().find(|(name, _)| name == "next").map(|(_, to)| to.into_owned());
    assert_eq!(at.path(), "/");
    assert!(onward.expect("it comes back").starts_with("/oauth/authorize?"));

    let log = happened(&aygul, app).await;
    let reasons: Vec<&str> = log
        .iter()
        .filter(|(name, _)| name == "app.sign_in_refused")
        .filter_map(|(_, body)| body["reason"].as_str())
        .collect();
    assert_eq!(reasons, ["redirect_unknown", "code_used", "not_for_you"]);
    assert_eq!(log.iter().filter(|(name, _)| name == "app.signed_in").count(), 1);
    assert!(!format!("{log:?}").contains(code), "a code in an event");
}

#[tokio::test]
async fn an_application_must_prove_itself() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "bot"]).await;
    let (aygul, bot) = (hub.sign_in("aygul").await, hub.sign_in("bot").await);
    let app = register(&aygul, "办件查询", bot.account).await;
    let other = register(&aygul, "另一个", bot.account).await;
    let browser = Browser::new(&hub, Some(&aygul));
    for (secret, expected) in [
        (None, (200, "您好，aygul")),
        (Some(token(&aygul, app, &[Scope::Read]).await), (401, "app.scope_missing")),
        (Some(token(&aygul, other, &[Scope::SignIn]).await), (401, "app.secret_wrong")),
        (Some(Secret("app_guess".into())), (401, "app.secret_wrong")),
    ] {
        // Without a secret PKCE proves that it is the one who asked.
        let (case, machine) = CaseApp::start(&hub, app, secret).await;
        let redirects = Some(vec![case.redirect()]);
        change(&aygul, app, ChangeApp { redirects, ..ChangeApp::default() }).await;
        let (status, body, _) = browser.open(&format!("{}/start", machine.url)).await;
        assert_eq!(status, expected.0, "{body}");
        assert!(body.contains(expected.1), "{body}");
    }
    let log = happened(&aygul, app).await;
    assert!(log.iter().any(|(name, _)| name == "app.scope_missing"), "{log:?}");
}

async fn conversation(person: &Person, room: StreamId) -> Option<Conversation> {
    let page = person.page::<Conversation>("/v1/rooms").await;
    page.items.into_iter().find(|one| one.stream == room)
}

#[tokio::test]
async fn a_bot_talks_with_a_person_through_the_same_sdk() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "bot"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let bot = hub.sign_in("bot").await.account;
    let app = register(&aygul, "办件助手", bot).await;
    let program = program(&hub, token(&aygul, app, &[Scope::Read, Scope::Messages]).await).await;

    let open = |account| RoomCommand::from(OpenApp { app, account });
    let receipt = program.command(app, open(Some(wang.account))).await.expect("its own rooms");
    let room = receipt.stream;
    program.command(room, say("您的办件已受理")).await.expect("its scope");
    let mut heard = wang.client.watch(room, 0).await.expect("connected");
    assert_eq!(next_text(&mut heard).await, "您的办件已受理");
    let listed = conversation(&wang, room).await.expect("it stands in the list");
    assert_eq!((listed.kind, listed.name.as_str(), listed.unread), (RoomKind::App, "办件助手", 1));

    // A picture of its own: small, square, and decoded before anybody sees it.
    let icon = async |width| {
        let file = upload(&aygul, width, 64).await;
        ChangeApp { icon: Some(AppIcon::Picture { file }), ..ChangeApp::default() }
    };
    let oblong = aygul.client.command(app, AppCommand::from(icon(32).await)).await;
    assert_eq!(oblong.expect_err("not square").code(), Some("hub.invalid"));
    change(&aygul, app, icon(64).await).await;
    let face = conversation(&wang, room).await.expect("listed").app.expect("an application's");
    assert!(face.app == app && matches!(face.icon, Some(AppIcon::Picture { .. })), "{face:?}");
    let cookie = format!("hub_session={}", wang.token.0);
    let request = format!("/v1/apps/{}/icon", app.id);
    let picture = http().get(format!("{}{request}", hub.url)).header("Cookie", &cookie).send();
    let picture = picture.await.expect("an answer");
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    assert_eq!(hub.get(&request).await.0, 401, "nobody is signed in");

    // The person comes to the same room, and the bot hears and answers.
    let same = wang.client.command(app, open(None)).await.expect("one's own room");
    assert_eq!(same.stream, room);
    let mut hears = program.watch(room, 0).await.expect("its scope");
    wang.say(room, "什么时候办完？").await;
    while next_text(&mut hears).await != "什么时候办完？" {}
    program.command(room, say("预计周五。")).await.expect("its scope");
    assert_eq!(next_text(&mut heard).await, "什么时候办完？");
    assert_eq!(next_text(&mut heard).await, "预计周五。");

    let stranger = wang.client.command(app, open(Some(aygul.account))).await.expect_err("theirs");
    assert_eq!(stranger.code(), Some("room.not_your_app"));
    change(&aygul, app, ChangeApp { target: Some(for_people(&[&wang])), ..Default::default() })
        .await;
    let others = aygul.client.command(app, open(None)).await.expect_err("for others");
    assert_eq!(others.code(), Some("room.app_not_for_you"));
}

/// The ids of a room's members once the watch has shown this event.
async fn members_after(person: &Person, watch: &mut client::Watch, event: &str) -> Vec<AccountId> {
    while next(watch).await.type_name != event {}
    let id = watch.stream().id;
    let page = person.page::<RoomMember>(&format!("/v1/rooms/{id}/members")).await;
    page.items.into_iter().map(|one| one.member.account).collect()
}

#[tokio::test]
async fn the_chat_of_a_task_has_the_people_of_the_task() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei", "gulnar"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let gulnar = hub.sign_in("gulnar").await;
    let create = CreateTask {
        title: "月度盘点".to_owned(),
        note: String::new(),
        starts_at: 1_795_406_400_000,
        ends_at: 1_795_410_000_000,
        zone: Zone::Urumqi,
        assignees: vec![wang.account],
        watchers: Vec::new(),
        private: false,
        repeat: None,
        files: Vec::new(),
        remind: Vec::new(),
    };
    let task = new(EntityKind::Task);
    aygul.client.command(task, TaskCommand::from(create)).await.expect("made");
    let open = RoomCommand::from(OpenTask { task });
    let refused = gulnar.client.command(task, open.clone()).await.expect_err("not in it");
    assert_eq!(refused.code(), Some("room.not_in_task"));
    let room = wang.client.command(task, open.clone()).await.expect("one of its people").stream;
    assert_eq!(aygul.client.command(task, open).await.expect("the same").stream, room);
    let listed = conversation(&aygul, room).await.expect("it stands in the list");
    assert_eq!((listed.kind, listed.name.as_str()), (RoomKind::Task, "月度盘点"));

    let mut own = wang.client.watch(room, 0).await.expect("a member");
    let mut watch = aygul.client.watch(room, 0).await.expect("a member");
    let mut of_task = aygul.client.watch(task, 0).await.expect("its owner");
    while next(&mut of_task).await.type_name != "task.room_set" {}
    let assign = AssignTask { accounts: vec![gulnar.account], part: TaskPart::Watcher };
    aygul.client.command(task, TaskCommand::from(assign)).await.expect("the owner adds");
    let members = members_after(&aygul, &mut watch, "room.member_added").await;
    assert!(members.contains(&gulnar.account));
    gulnar.say(room, "我来旁听").await;
    while next_text(&mut own).await != "我来旁听" {}
    let release = ReleaseTask { account: wang.account };
    aygul.client.command(task, TaskCommand::from(release)).await.expect("the owner releases");
    let members = members_after(&aygul, &mut watch, "room.member_removed").await;
    assert!(!members.contains(&wang.account));
    assert!(wang.client.command(room, say("还在吗")).await.is_err(), "out of both");
    aygul.client.command(task, TaskCommand::from(RemoveTask {})).await.expect("removed");
    while next(&mut watch).await.type_name != "room.dissolved" {}
}
