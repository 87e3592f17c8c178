//! The command line: settings, export and import, the demonstration hall.

use crate::hub::{Folder, Hub, PASSWORD, run};
use protocol::http::{Conversation, Hello};

#[tokio::test]
async fn a_bad_setting_is_named_and_nothing_starts() {
    let folder = Folder::new();
    let output = run(&folder.0, &["serve", "--set", "web.workers=many"], "").await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("web.workers = \"many\""), "{errors}");
    assert!(!folder.0.join("hub.db").exists());
}

#[tokio::test]
async fn what_is_exported_can_be_imported_and_rebuilt() {
    let folder = Folder::new();
    let (one, other) = (folder.0.join("one"), folder.0.join("other"));
    let hub = Hub::with(&one, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("搬家", &[wang.account]).await;
    aygul.say(room, "都带走").await;
    assert_eq!(aygul.units().await.len(), 1);
    assert_eq!(hub.stop().await, Some(0));

    let file = folder.0.join("all.jsonl");
    let file = file.to_str().expect("an ASCII path");
    for (data, words) in [
        (&one, &["export", file][..]),
        (&other, &["import", file]),
        (&other, &["rebuild"]),
        (&other, &["verify"]),
    ] {
        let output = run(data, words, "").await;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {errors}");
    }
    let hub = Hub::start(&other, "127.0.0.1:0").await;
    let wang = hub.sign_in("wangwei").await;
    let list = wang.page::<Conversation>("/v1/rooms?limit=10").await;
    assert_eq!((list.items[0].name.as_str(), list.items[0].unread), ("搬家", 1));
}

#[tokio::test]
async fn the_demonstration_hall_lets_one_click_through() {
    let folder = Folder::new();
    let hub = Hub::start_as(&folder.0, &["demo", "--listen", "127.0.0.1:0"]).await;
    let door = client::Door::new(&hub.url).expect("a good address");
    let hello: Hello = door.get("/v1/hello").await.expect("before sign-in");
    assert!(hello.demo && hello.demo_accounts.len() >= 100, "{}", hello.demo_accounts.len());
    assert!(hello.demo_accounts.iter().all(|shown| shown.password != PASSWORD));
    let shown = &hello.demo_accounts[0];
    let signed = client::sign_in(&hub.url, &shown.card.username, &shown.password, None).await;
    let signed = signed.expect("the shown password is right");
    let door = door.with_token(signed.token);
    let list: protocol::http::Page<Conversation> =
        door.get("/v1/rooms?limit=50").await.expect("rooms");
    assert!(!list.items.is_empty(), "with history");
}
