//! The check of bearer tokens. Tokens are kept as hashes only.
//! Invariant: a token that was forgotten is not remembered again by a check that began
//! before, so whoever is signed out stays out.

use super::sign_in::token_hash;
use crate::{env::Env, unit};
use dashmap::DashMap;
use domain::Who;
use protocol::{AccountId, ErrorBody, ErrorKind, Millis};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Bearer tokens remembered as valid; beyond this the memory starts over from the store.
const REMEMBERED_MAX: usize = 100_000;

/// Valid tokens by hash. Emptied for an account by its own events, after their commit.
#[derive(Default)]
pub(crate) struct AuthCache {
    valid: DashMap<String, (Arc<Who>, Millis)>,
    /// The hashes of an account's tokens, so that a sign-out costs what it ends.
    held: DashMap<AccountId, Vec<String>>,
    /// Rises before anything is forgotten.
    forgotten: AtomicU64,
}

impl AuthCache {
    pub(super) fn forget(&self, account: AccountId) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        let (_, hashes) = self.held.remove(&account).unwrap_or((account, Vec::new()));
        for hash in hashes {
            self.valid.remove(&hash);
        }
    }

    fn get(&self, hash: &str, now: Millis) -> Option<Arc<Who>> {
        self.valid.get(hash).filter(|known| known.1 > now).map(|known| known.0.clone())
    }

    /// To be asked for before the store is read.
    fn ticket(&self) -> u64 {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// Remembers what was read from the store, unless anything was forgotten since: then the
    /// row may be older than the event that made it worthless.
    fn remember(&self, ticket: u64, hash: String, who: Arc<Who>, until: Millis) {
        let Some(account) = who.account else { return };
        if self.valid.len() >= REMEMBERED_MAX {
            self.held.clear();
            self.valid.clear();
        }
        self.held.entry(account).or_default().push(hash.clone());
        self.valid.insert(hash, (who, until));
        // Looked at after the insertion: whoever forgets later finds the token there.
        if self.ticket() != ticket {
            self.forget(account);
        }
    }
}

pub(crate) async fn authenticate(env: &Env, token: &str) -> Result<Who, ErrorBody> {
    let hash = token_hash(token);
    let now = env.clock.now();
    let tree = unit::tree(env).await?;
    if let Some(known) = env.auth.get(&hash, now) {
        return Ok(Who { tree, ..(*known).clone() });
    }
    let ticket = env.auth.ticket();
    let row = env.queries.session_by_token(&hash).await.map_err(|_| ErrorBody::unavailable())?;
    let row = row.filter(|row| row.expires_at > now && !row.disabled).ok_or_else(|| {
        ErrorBody::new(ErrorKind::Unauthenticated, "account.no_session", "nobody is signed in")
    })?;
    let who = Who {
        account: Some(row.account),
        session: Some(row.session),
        grants: row.grants,
        must_change_password: row.must_change_password,
        ..Who::default()
    };
    env.auth.remember(ticket, hash, Arc::new(who.clone()), row.expires_at);
    Ok(Who { tree, ..who })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{IdSource, SeededIds};

    fn person(ids: &SeededIds) -> (AccountId, Arc<Who>) {
        let account = AccountId(ids.next());
        (account, Arc::new(Who { account: Some(account), ..Who::default() }))
    }

    #[test]
    fn a_token_forgotten_while_it_was_looked_up_is_not_remembered() {
        let (cache, ids) = (AuthCache::default(), SeededIds::new(1));
        let (account, who) = person(&ids);
        let before = cache.ticket();
        cache.forget(account);
        cache.remember(before, "a".to_owned(), who.clone(), 10);
        assert!(cache.get("a", 0).is_none(), "the row was read before the sign-out");
        cache.remember(cache.ticket(), "a".to_owned(), who, 10);
        assert!(cache.get("a", 9).is_some() && cache.get("a", 10).is_none());
    }

    #[test]
    fn forgetting_ends_every_token_of_one_account_only() {
        let (cache, ids) = (AuthCache::default(), SeededIds::new(1));
        let ((one, who), (_, other)) = (person(&ids), person(&ids));
        for (hash, who) in [("a", &who), ("b", &who), ("c", &other)] {
            cache.remember(cache.ticket(), hash.to_owned(), who.clone(), 10);
        }
        cache.forget(one);
        let left = ["a", "b", "c"].map(|hash| cache.get(hash, 0).is_some());
        assert_eq!(left, [false, false, true]);
    }
}
