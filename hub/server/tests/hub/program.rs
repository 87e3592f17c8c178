//! The command line: settings, export and import, the demonstration hall.

use crate::hub::{Folder, Hub, PASSWORD, PATIENCE, add_user, program, run};
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

/// In the middle of its accounts; what is left behind is no hall and stands in nobody's way.
#[tokio::test]
async fn a_demonstration_killed_while_it_is_made_is_made_anew() {
    let folder = Folder::new();
    let mut command = program(&folder.0, &["demo", "--listen", "127.0.0.1:0"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().expect("it was built");
    let log = folder.0.join("demo-unfinished/hub.db-wal");
    let is_written = async {
        let mut look = tokio::time::interval(std::time::Duration::from_millis(2));
        while std::fs::metadata(&log).map_or(0, |log| log.len()) < 600_000 {
            look.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_written).await.expect("it writes");
    child.kill().await.expect("it ran");
    assert!(log.exists() && !folder.0.join("hub.db").exists(), "killed in the middle");

    let hub = Hub::start_as(&folder.0, &["demo", "--listen", "127.0.0.1:0"]).await;
    let hello: Hello = hub.door().get("/v1/hello").await.expect("before sign-in");
    assert!(hello.demo && hello.demo_accounts.len() >= 100, "{}", hello.demo_accounts.len());
    assert!(!folder.0.join("demo-unfinished").exists());
    let shown = hello.demo_accounts.clone();
    assert_eq!(hub.stop().await, Some(0));
    let hub = Hub::start_as(&folder.0, &["demo", "--listen", "127.0.0.1:0"]).await;
    let hello: Hello = hub.door().get("/v1/hello").await.expect("before sign-in");
    assert_eq!(hello.demo_accounts, shown, "made once");
}

#[tokio::test]
async fn a_real_hub_is_no_place_for_a_demonstration() {
    let folder = Folder::new();
    add_user(&folder.0, "aygul", "region_admin").await;
    let before = std::fs::read(folder.0.join("hub.db")).expect("it is closed and whole");
    let output = run(&folder.0, &["demo", "--listen", "127.0.0.1:0"], "").await;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("holds a real hub"), "{errors}");
    assert_eq!(std::fs::read(folder.0.join("hub.db")).expect("untouched"), before);
}

#[tokio::test]
async fn the_doctor_tells_people_and_programs_the_same() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("bound").to_string();
    let mut told = Vec::new();
    for listen in ["127.0.0.1:0", &taken] {
        let words = ["doctor", "--json", "--listen", listen];
        let output = run(&folder.0, &words, "").await;
        let report: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
        assert_eq!(report["ok"], output.status.success());
        let checks = report["checks"].as_array().expect("a list").clone();
        for name in [
            "open files",
            "memory",
            "IPv6",
            "data folder",
            "disk sync",
            "free disk",
            "file system",
            "database",
            "clock",
            "certificate",
            "port",
        ] {
            let found = checks.iter().find(|found| found["check"] == name);
            let words = found.and_then(|found| found["words"].as_str()).unwrap_or_default();
            assert!(!words.is_empty(), "{name}: {report}");
            told.push((name, words.to_owned()));
        }
    }
    let said = |check: &str| told.iter().rfind(|(name, _)| *name == check).expect("told").1.clone();
    assert!(said("open files").contains("connections at once"), "{}", said("open files"));
    assert!(said("port").contains(&format!("{taken} is taken")), "{}", said("port"));

    let output = run(&folder.0, &["doctor", "--listen", &taken], "").await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("BAD   port") && text.contains("must be put right"), "{text}");
    assert!(!folder.0.join("hub.db").exists(), "looking creates nothing");
}
