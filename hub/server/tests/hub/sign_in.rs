//! Sign-in, its lock-out, and the end of a session.

use crate::hub::{Folder, Hub, PASSWORD, PATIENCE, Person, next};
use client::{ClientError, State};
use protocol::account::{AccountCommand, SignOut};
use protocol::http::Conversation;
use protocol::room::{OpenDirect, RoomCommand, RoomKind};

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
async fn whoever_signs_in_has_a_room_of_their_own_whatever_program_they_use() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul"]).await;
    let first = hub.sign_in("aygul").await;
    let mut own = first.client.watch(first.account.into(), 0).await.expect("one's own");
    while next(&mut own).await.type_name != "account.stream_joined" {}
    let again = hub.sign_in("aygul").await;
    let rooms = again.page::<Conversation>("/v1/rooms").await.items;
    let [room] = &rooms[..] else { panic!("one, however often one comes: {rooms:?}") };
    assert_eq!((room.kind, room.members, room.unread), (RoomKind::Direct, 1, 0));
    // Opened as clients of before did, it is the same.
    let open = RoomCommand::from(OpenDirect { peer: again.account });
    let opened = again.client.command(None, open).await.expect("one's own");
    assert_eq!((opened.stream, opened.seq), (room.stream, 0));
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn one_s_own_word_is_never_unread() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("组", &[wang.account]).await;
    let unread = async |who: &Person| {
        let rooms = who.page::<Conversation>("/v1/rooms").await.items;
        rooms.into_iter().find(|one| one.stream == room).expect("a member").unread
    };
    // Asked at once, long before the cursor of the sender has followed.
    for said in 1..=5 {
        aygul.say(room, "一").await;
        assert_eq!((unread(&aygul).await, unread(&wang).await), (0, said));
    }
    wang.say(room, "二").await;
    assert_eq!(unread(&wang).await, 0, "whoever speaks has read what was said before");
    assert_eq!(hub.stop().await, Some(0));
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
