//! Area `account`: what the shells add to the rules. Guesses are counted though the sender is
//! refused, a flag in a long-lived sender is not believed for ever, scopes follow the tree.

use super::{PASSWORD, Scene, run};
use actors::Request;
use domain::Who;
use futures_util::future::join;
use kernel::{Clock, IdSource, journal::StoredEvent};
use protocol::{
    AccountId, AnyCommand, EntityKind, ErrorBody, ErrorKind, Role, StreamId, UnitId,
    account::{
        AccountCommand, ChangePassword, ConfirmTotp, CreateAccount, EnrolTotp, Names, RemoveTotp,
        Secret, SignOut, UpdateProfile,
    },
    room::{CreateRoom, RoomCommand},
    unit::{CloseUnit, CreateUnit, MoveUnit, ReopenUnit, UnitCommand, UnitKind},
};

const NEW: &str = "Other-Horse-8";

fn change(current: &str) -> AccountCommand {
    ChangePassword { current: Secret(current.to_owned()), new: Secret(NEW.to_owned()) }.into()
}

fn own(who: &Who) -> StreamId {
    who.account.expect("a person").into()
}

fn names(zh: &str) -> Names {
    Names { zh: zh.to_owned(), ..Names::default() }
}

fn room() -> RoomCommand {
    CreateRoom { name: "综窗组".to_owned(), members: Vec::new() }.into()
}

impl Scene {
    async fn unit_below(&self, kind: UnitKind, parent: UnitId) -> UnitId {
        let unit = UnitId(self.ids.next());
        let create = CreateUnit { kind, names: names("单位"), parent: Some(parent), rank: 0 };
        self.ask_unit(&Who::hub(), unit, create).await.expect("created");
        unit
    }

    async fn ask_unit(
        &self,
        who: &Who,
        unit: UnitId,
        command: impl Into<UnitCommand>,
    ) -> Result<(), ErrorBody> {
        let stream = StreamId::new(EntityKind::Unit, unit.0);
        self.ask(who, Some(stream), command.into()).await.map(|_| ())
    }

    async fn employ(
        &self,
        by: &Who,
        unit: UnitId,
        username: &str,
        role: Role,
    ) -> Result<AccountId, ErrorBody> {
        let account = AccountId(self.ids.next());
        let create = CreateAccount {
            username: username.to_owned(),
            names: names("古丽"),
            unit,
            post: String::new(),
            phone: None,
            password: Secret(PASSWORD.to_owned()),
            roles: vec![role],
        };
        self.ask(by, Some(account.into()), AccountCommand::from(create)).await.map(|_| account)
    }

    async fn with_role(&self, unit: UnitId, username: &str, role: Role) -> Who {
        self.employ(&Who::hub(), unit, username, role).await.expect("created");
        self.sign_in(username).await
    }
}

#[test]
fn guesses_beside_a_live_session_lock_the_account() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let unit = scene.unit().await;
        let who = scene.person(unit, "aynur").await;
        let stream = own(&who);
        let first = scene.request(Some(stream), change("Wrong-Horse-1"));
        for request in [first.clone(), first] {
            let error = scene.hub.submit(&who, request).await.expect_err("wrong");
            assert_eq!(
                (error.kind, &*error.code),
                (ErrorKind::Forbidden, "account.wrong_password")
            );
            assert_eq!((error.field.as_deref(), error.retry), (Some("current"), None));
        }
        let remove = RemoveTotp { password: Secret("Wrong-Horse-2".to_owned()) };
        let remove = AccountCommand::from(remove);
        for command in [remove.clone(), change("Wrong-Horse-3"), remove.clone(), remove] {
            let error = scene.ask(&who, Some(stream), command).await.expect_err("wrong");
            assert_eq!(error.code, "account.wrong_password");
        }
        let error = scene.ask(&who, Some(stream), change(PASSWORD)).await.expect_err("locked");
        assert_eq!((error.kind, &*error.code), (ErrorKind::RateLimited, "account.locked"));
        assert!(error.retry.is_some_and(|ms| ms > 14 * 60_000), "{error:?}");
        let error = scene.try_sign_in("aynur", PASSWORD).await.err().expect("locked");
        assert_eq!(error.code, "account.locked");
        let events = scene.hub.journal().read_after(stream, 0, 100).await.expect("read");
        let counted = |event: &&StoredEvent| event.type_name == "account.check_failed";
        assert_eq!(events.iter().filter(counted).count(), 5, "the repetition counts once");
        scene.clock.advance(15 * 60 * 1000 + 1);
        scene.ask(&who, Some(stream), change(PASSWORD)).await.expect("the lock has ended");
    });
}

#[test]
fn who_owes_a_password_can_change_it_and_nothing_else() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let root = scene.unit().await;
        let admin = scene.with_role(root, "admin", Role::RegionAdmin).await;
        scene.employ(&admin, root, "aynur", Role::CounterStaff).await.expect("created");
        let who = scene.sign_in("aynur").await;
        let other = scene.sign_in("aynur").await;
        assert!(who.must_change_password && !admin.must_change_password);
        let stream = StreamId::new(EntityKind::Room, scene.ids.next());
        let phone = UpdateProfile { phone: Some("13912345678".to_owned()), ..Default::default() };
        for (stream, command) in [
            (stream, AnyCommand::from(room())),
            (own(&who), AccountCommand::from(phone).into()),
            (own(&who), AccountCommand::from(EnrolTotp {}).into()),
            (own(&admin), change(PASSWORD).into()),
        ] {
            let error = scene.ask(&who, Some(stream), command).await.expect_err("not yet");
            assert_eq!(
                (error.kind, &*error.code),
                (ErrorKind::Forbidden, "account.password_must_change")
            );
        }
        let error = scene.hub.watch_head(&who, own(&admin)).await.expect_err("not yet");
        assert_eq!(error.code, "account.password_must_change");
        scene.hub.watch_head(&who, own(&who)).await.expect("one's own stream");
        let out = SignOut { session: other.session.expect("signed in") };
        scene.ask(&who, Some(own(&who)), AccountCommand::from(out)).await.expect("signed out");
        scene.ask(&who, Some(own(&who)), change(PASSWORD)).await.expect("changed");
        // A socket still holds the sender of before.
        scene.ask(&who, Some(stream), room()).await.expect("free now");
        scene.hub.watch_head(&who, stream).await.expect("a member");
    });
}

#[test]
fn a_second_factor_is_told_once_and_kept_sealed() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await.with_keys(&dir).await;
        let unit = scene.unit().await;
        let who = scene.person(unit, "aynur").await;
        let (stream, account) = (own(&who), who.account.expect("a person"));
        let enrol = AccountCommand::from(EnrolTotp {});
        let request = scene.request(Some(stream), enrol);
        let told = scene.hub.submit(&who, request.clone()).await.expect("enrolled");
        let again = scene.hub.submit(&who, request).await.expect("the same command");
        assert_eq!(told.result, again.result, "a lost answer can be asked for again");
        let result = told.result.expect("told");
        let secret = result["secret"].as_str().expect("text").to_owned();
        let uri = result["uri"].as_str().expect("text");
        assert!(uri.starts_with("otpauth://totp/Hub:aynur?") && uri.contains(&secret), "{uri}");

        let kept = scene.hub.journal().find_command(told.id).await.expect("read").expect("stored");
        let kept = kept.record.result.expect("sealed");
        let queries = scene.hub.queries();
        let row = queries.credentials(account).await.expect("read").expect("a person");
        let row = row.totp_secret.expect("enrolled");
        assert!(!kept.contains(&secret) && !row.contains(&secret), "{kept} {row}");

        let bytes = totp_rs::Secret::try_from_base32(&secret).expect("base32");
        let totp = totp_rs::Builder::new().with_secret(bytes).with_account_name("account").build();
        let seconds = u64::try_from(scene.clock.now() / 1000).expect("after 1970");
        let code = totp.expect("as an authenticator has it").generate(seconds);
        let confirm = AccountCommand::from(ConfirmTotp { code: Secret(code.to_string()) });
        scene.ask(&who, Some(stream), confirm).await.expect("the right code");
        let error = scene.try_sign_in("aynur", PASSWORD).await.err().expect("asked for a code");
        assert_eq!(error.code, "account.code_required");
        assert_eq!(queries.seal_second_factors(scene.hub.keys().expect("open")).await, Ok(0));
    });
}

#[test]
fn scopes_follow_a_unit_that_moves() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let root = scene.unit().await;
        let (here, there) = (
            scene.unit_below(UnitKind::Hall, root).await,
            scene.unit_below(UnitKind::Hall, root).await,
        );
        let department = scene.unit_below(UnitKind::Department, here).await;
        let admin = scene.with_role(root, "admin", Role::RegionAdmin).await;
        let one = scene.with_role(here, "one", Role::HallManager).await;
        let two = scene.with_role(there, "two", Role::HallManager).await;
        let staff =
            scene.employ(&one, department, "aynur", Role::CounterStaff).await.expect("below");
        let refused = scene.employ(&two, department, "batur", Role::CounterStaff).await;
        assert_eq!(refused.expect_err("elsewhere").code, "account.not_allowed");
        let post = |post: &str| {
            let update = UpdateProfile { post: Some(post.to_owned()), ..Default::default() };
            AccountCommand::from(update)
        };
        scene.ask(&one, Some(staff.into()), post("一号")).await.expect("the manager's own");
        for (who, allowed) in [(&one, false), (&two, false), (&admin, true)] {
            let to = MoveUnit { parent: there, rank: None };
            assert_eq!(scene.ask_unit(who, department, to).await.is_ok(), allowed);
        }
        // Both hold their senders since before the move.
        let error = scene.ask(&one, Some(staff.into()), post("二号")).await.expect_err("gone");
        assert_eq!(error.code, "account.not_allowed");
        scene.ask(&two, Some(staff.into()), post("三号")).await.expect("arrived");
        let found = scene
            .hub
            .queries()
            .find_people("aynur", persistence::Among::unit(there), None, 9)
            .await;
        assert_eq!(found.expect("read").items.len(), 1);
    });
}

#[test]
fn a_unit_is_closed_or_gets_a_child_never_both() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let root = scene.unit().await;
        let hub = Who::hub();
        let mut refusals = Vec::new();
        for _ in 0..20 {
            let hall = scene.unit_below(UnitKind::Hall, root).await;
            let child = UnitId(scene.ids.next());
            let kind = UnitKind::Department;
            let create = CreateUnit { kind, names: names("科"), parent: Some(hall), rank: 0 };
            let side_by_side =
                join(scene.ask_unit(&hub, hall, CloseUnit {}), scene.ask_unit(&hub, child, create));
            let (closed, created) = side_by_side.await;
            assert!(closed.is_ok() != created.is_ok(), "{closed:?} {created:?}");
            refusals.extend(closed.err().into_iter().chain(created.err()).map(|e| e.code));
            // What was refused is no longer believed by anybody.
            let again = scene.ask_unit(&hub, hall, ReopenUnit {}).await;
            again.expect("the hub may");
            scene.unit_below(kind, hall).await;
            let refused = scene.ask_unit(&hub, hall, CloseUnit {}).await.expect_err("in use");
            assert_eq!(
                (refused.kind, &*refused.code),
                (ErrorKind::Conflict, "unit.has_open_units")
            );
        }
        let known = ["unit.parent_closed", "unit.has_open_units"];
        assert!(refusals.iter().all(|code| known.contains(&&**code)), "{refusals:?}");
        assert!(scene.hub.journal().verify(None).await.expect("walked").is_empty());
    });
}

#[test]
fn kinds_and_roots_are_held_over_the_wire_too() {
    run(|dir| async move {
        let scene = Scene::open(&dir).await;
        let root = scene.unit().await;
        let admin = scene.with_role(root, "admin", Role::RegionAdmin).await;
        let hall = scene.unit_below(UnitKind::Hall, root).await;
        let counter = scene.unit_below(UnitKind::Counter, hall).await;
        let code = |outcome: Result<(), ErrorBody>| outcome.expect_err("refused").code;
        let below_counter = MoveUnit { parent: counter, rank: None };
        assert_eq!(
            code(scene.ask_unit(&admin, hall, below_counter).await),
            "unit.kind_not_allowed"
        );
        let nowhere = MoveUnit { parent: UnitId(scene.ids.next()), rank: None };
        assert_eq!(code(scene.ask_unit(&admin, hall, nowhere).await), "unit.parent_not_found");
        assert_eq!(code(scene.ask_unit(&admin, root, CloseUnit {}).await), "unit.is_root");
        scene.ask_unit(&admin, counter, CloseUnit {}).await.expect("empty");
        let refused = scene.employ(&admin, counter, "aynur", Role::CounterStaff).await;
        assert_eq!(refused.expect_err("closed").code, "account.unit_closed");
        let request = scene.request(None, UnitCommand::from(CloseUnit {}));
        let request = Request { stream: Some(own(&admin)), ..request };
        assert_eq!(
            scene.hub.submit(&admin, request).await.expect_err("no unit").kind,
            ErrorKind::Invalid
        );
    });
}
