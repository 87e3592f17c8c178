//! Creating an account.
//! Invariant: its first password obeys policy, and its first roles are the creator's to give.

use super::{Account, AccountFacts, fact, not_allowed, password::check_password, private, roles};
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody, ErrorKind, Grant, Permission,
    account::{AccountCreated, AccountEvent, CreateAccount},
};

pub(super) fn decide(
    account: &Account,
    command: &CreateAccount,
    facts: &AccountFacts,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    if account.exists() {
        let message = "an account with this id exists";
        return Err(ErrorBody::new(ErrorKind::Conflict, "account.exists", message));
    }
    let place = roles::named_unit(facts, command.unit).map_err(|error| error.field("unit"))?;
    if !context.who.may(Permission::AccountManage, command.unit) {
        return Err(not_allowed());
    }
    if place.closed {
        let message = "the unit is closed";
        return Err(
            ErrorBody::new(ErrorKind::Conflict, "account.unit_closed", message).field("unit")
        );
    }
    check_username(&command.username)?;
    check_password(context.policy, &command.username, &command.password.0)
        .map_err(|error| error.field("password"))?;
    let mut grants: Vec<Grant> = Vec::with_capacity(command.roles.len());
    for role in &command.roles {
        let grant = Grant { role: *role, unit: command.unit };
        if !roles::covers(context.who, &grant) {
            return Err(roles::beyond_yours().field("roles"));
        }
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    let password_hash = fact(&facts.password_hash)?;
    let mut decision = Decision::event(AccountCreated {
        username: command.username.clone(),
        names: text::names(&command.names)?,
        unit: place.path.clone(),
        post: text::line("post", &command.post)?,
        phone: text::phone(command.phone.as_deref())?,
        grants,
        // At the machine itself a person types a password of their own.
        must_change_password: !context.who.is_hub(),
    });
    decision.private = private("password_hash", &password_hash);
    Ok(decision)
}

pub(super) fn apply(account: &mut Account, created: &AccountCreated) {
    account.username = created.username.clone();
    account.names = created.names.clone();
    account.unit = created.unit.unit();
    account.post = created.post.clone();
    account.phone = created.phone.clone();
    account.grants = created.grants.clone();
    account.must_change_password = created.must_change_password;
}

/// `^[a-z0-9][a-z0-9._-]{2,31}$`
fn check_username(username: &str) -> Result<(), ErrorBody> {
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = username.as_bytes();
    let good = (3..=32).contains(&bytes.len())
        && plain(bytes[0])
        && bytes.iter().all(|c| plain(*c) || b"._-".contains(c));
    if good {
        return Ok(());
    }
    let message = "3 to 32 of a-z 0-9 . _ - beginning with a letter or digit";
    Err(ErrorBody::new(ErrorKind::Invalid, "account.bad_username", message).field("username"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        UnitPlace, Who,
        testing::{Bench, account, place, unit, who},
    };
    use protocol::{
        Role,
        account::{Names, Secret},
        unit::UnitKind,
    };

    pub(crate) const RIGHT: &str = "Kashi-2026-x";

    /// Manages the region 1; the hall is 2.
    pub(crate) fn admin() -> Who {
        who(90, &[(Role::RegionAdmin, 1)])
    }

    pub(crate) fn named(username: &str, roles: &[Role]) -> CreateAccount {
        CreateAccount {
            username: username.into(),
            names: Names { zh: "古丽".into(), ..Names::default() },
            unit: unit(2),
            post: "综合受理岗".into(),
            phone: None,
            password: Secret(RIGHT.into()),
            roles: roles.to_vec(),
        }
    }

    pub(crate) fn facts() -> AccountFacts {
        AccountFacts {
            unit: Some(place(UnitKind::Hall, &[1, 2])),
            password_hash: Some("hash".into()),
            password_ok: Some(true),
            ..AccountFacts::default()
        }
    }

    /// The account 7 of the hall 2, made by the admin.
    pub(crate) fn made(roles: &[Role]) -> Bench<Account> {
        let mut bench = Bench::new(account(7).0);
        bench.run(&Who::hub(), named("guli", roles), facts()).unwrap();
        bench
    }

    #[test]
    fn creation() {
        let mut bench = Bench::<Account>::new(account(7).0);
        let twice = [Role::CounterStaff, Role::CounterStaff];
        let done = bench.run(&admin(), named("guli", &twice), facts()).unwrap();
        assert_eq!(done.private.as_deref(), Some(r#"{"password_hash":"hash"}"#));
        assert_eq!(bench.state.grants(), [Grant { role: Role::CounterStaff, unit: unit(2) }]);
        assert!(bench.state.must_change_password());
        let again = bench.run(&admin(), named("guli", &[]), facts()).unwrap_err();
        assert_eq!(again.code, "account.exists");
        assert!(!made(&[]).state.must_change_password());
    }

    #[test]
    fn what_is_refused() {
        let weak = CreateAccount { password: Secret("short".into()), ..named("guli", &[]) };
        let nameless = CreateAccount { names: Names::default(), ..named("guli", &[]) };
        let nowhere = AccountFacts { unit: None, ..facts() };
        let closed = UnitPlace { closed: true, ..place(UnitKind::Hall, &[1, 2]) };
        let closed = AccountFacts { unit: Some(closed), ..facts() };
        let elsewhere = who(9, &[(Role::RegionAdmin, 6)]);
        for (who, command, facts, code) in [
            (&elsewhere, named("guli", &[]), facts(), "account.not_allowed"),
            (
                &who(9, &[(Role::CounterStaff, 2)]),
                named("guli", &[]),
                facts(),
                "account.not_allowed",
            ),
            (&admin(), named("guli", &[]), nowhere, "account.unit_not_found"),
            (&admin(), named("guli", &[]), closed, "account.unit_closed"),
            (&admin(), weak, facts(), "account.password_too_short"),
            (&admin(), nameless, facts(), "hub.invalid"),
            (&admin(), named("guli", &[Role::Auditor]), facts(), "account.role_beyond_yours"),
            (&admin(), named("guli", &[Role::Operator]), facts(), "account.role_beyond_yours"),
        ] {
            let mut bench = Bench::<Account>::new(account(7).0);
            assert_eq!(bench.run(who, command, facts).unwrap_err().code, code);
            assert!(!bench.state.exists());
        }
    }

    #[test]
    fn usernames() {
        let long = "a".repeat(33);
        for (name, good) in [
            ("abc", true),
            ("0.a_b-c", true),
            (&long[1..], true),
            ("ab", false),
            (&long, false),
            ("-abc", false),
            ("Abc", false),
            ("ab c", false),
            ("古丽古", false),
            ("", false),
        ] {
            assert_eq!(check_username(name).is_ok(), good, "{name:?}");
        }
    }
}
