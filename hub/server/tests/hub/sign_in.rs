//! Sign-in, its lock-out, and the end of a session.

use crate::hub::{Folder, Hub, PASSWORD, PATIENCE};
use client::{ClientError, State};
use protocol::account::{AccountCommand, SignOut};

#[tokio::test]
async fn five_failures_lock_even_for_the_right_password() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    for n in 1..=5 {
        let failed = client::sign_in(&hub.url, "aygul", "Wrong-password-1", None).await;
        let error = failed.expect_err("a wrong password");
        let code = error.code().map(str::to_owned);
        let known = ["account.wrong_password", "account.locked"];
        assert!(code.as_deref().is_some_and(|code| known.contains(&code)), "{n}: {error}");
    }
    let locked = client::sign_in(&hub.url, "aygul", PASSWORD, None).await;
    let Err(ClientError::Refused(error)) = locked else { panic!("it is locked") };
    assert_eq!(error.code, "account.locked");
    assert!(error.retry.is_some_and(|ms| ms > 14 * 60_000 && ms <= 15 * 60_000), "{error:?}");
    client::sign_in(&hub.url, "wangwei", PASSWORD, None).await.expect("nobody else is touched");
}

#[tokio::test]
async fn an_unknown_user_looks_like_a_wrong_password() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul"]).await;
    let unknown = client::sign_in(&hub.url, "nobody", PASSWORD, None).await;
    assert_eq!(unknown.expect_err("unknown").code(), Some("account.wrong_password"));
}

#[tokio::test]
async fn signing_out_closes_the_socket_for_good() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul"]).await;
    let (here, there) = (hub.sign_in("aygul").await, hub.sign_in("aygul").await);
    let out = AccountCommand::from(SignOut { session: there.signed.session });
    here.client.command(Some(here.account.into()), out).await.expect("one's own session");
    let mut state = there.client.state();
    let ended = tokio::time::timeout(PATIENCE, state.wait_for(|s| matches!(s, State::Ended(_))));
    assert_eq!(*ended.await.expect("soon").expect("it ended"), State::Ended(4500));
    assert!(there.door().get::<serde_json::Value>("/v1/me").await.is_err(), "and the token too");
    here.door().get::<serde_json::Value>("/v1/me").await.expect("the other session lives");
}
