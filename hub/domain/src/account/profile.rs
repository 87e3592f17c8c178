//! Names, post and telephone number. Invariant: names and post come from a manager, so that
//! nobody can pass for somebody else; the owner keeps the telephone number.

use super::{Account, forbidden};
use crate::{Context, Decision, text};
use protocol::{
    ErrorBody,
    account::{AccountEvent, ProfileUpdated, UpdateProfile},
};

pub(super) fn decide(
    account: &Account,
    command: &UpdateProfile,
    context: &Context<'_>,
) -> Result<Decision<AccountEvent>, ErrorBody> {
    if let Err(refused) = account.by_manager(context) {
        account.by_owner(context).map_err(|_| refused)?;
        if command.names.is_some() || command.post.is_some() {
            return Err(forbidden("account.profile_managed", "names and post are a manager's"));
        }
    }
    let names = command.names.as_ref().map(text::names).transpose()?;
    let post = command.post.as_deref().map(|post| text::line("post", post)).transpose()?;
    let updated = ProfileUpdated {
        names: names.unwrap_or_else(|| account.names.clone()),
        post: post.unwrap_or_else(|| account.post.clone()),
        phone: match &command.phone {
            Some(phone) => text::phone(Some(phone))?,
            None => account.phone.clone(),
        },
    };
    let same = (&updated.names, &updated.post, &updated.phone)
        == (&account.names, &account.post, &account.phone);
    Ok(if same { Decision::nothing() } else { Decision::event(updated) })
}

pub(super) fn apply(account: &mut Account, updated: &ProfileUpdated) {
    account.names = updated.names.clone();
    account.post = updated.post.clone();
    account.phone = updated.phone.clone();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{
        AccountFacts,
        create::tests::{admin, made},
    };
    use crate::testing::who;

    #[test]
    fn who_changes_what() {
        let post = UpdateProfile { post: Some("后台".into()), ..UpdateProfile::default() };
        let phone = UpdateProfile { phone: Some("13999123456".into()), ..UpdateProfile::default() };
        let bad = UpdateProfile { phone: Some("x".into()), ..UpdateProfile::default() };
        for (who, command, expected) in [
            (admin(), &post, Ok(1)),
            (admin(), &phone, Ok(1)),
            (admin(), &UpdateProfile::default(), Ok(0)),
            (admin(), &bad, Err("hub.invalid")),
            (who(7, &[]), &phone, Ok(1)),
            (who(7, &[]), &post, Err("account.profile_managed")),
            (who(8, &[]), &phone, Err("account.not_allowed")),
        ] {
            let outcome = made(&[]).run(&who, command.clone(), AccountFacts::default());
            let events = outcome.map(|done| done.events.len());
            assert_eq!(
                events.map_err(|error| error.code.into_owned()),
                expected.map_err(str::to_owned)
            );
        }
    }
}
