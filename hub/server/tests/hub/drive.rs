//! Files from outside: uploads through kill -9, attachments for who may see the message, spaces,
//! links, and what is refused.

use crate::hub::{Folder, Hub, Person, next};
use protocol::account::Secret;
use protocol::drive::{
    AddFile, CreateFolder, DriveLink, DriveListing, EraseNode, LinkedFile, LinkedFolder,
    OpenPersonal, RemoveNode, ShareLink, SpaceCard, SpaceCommand,
};
use protocol::file::FileRef;
use protocol::room::{Part, RecallMessage, RoomCommand, SendMessage};
use protocol::{BlobId, Seq, StreamId};
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Where a download is written to.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one writer").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) async fn fetch(person: &Person, path: &str) -> Result<Vec<u8>, String> {
    let sink = Sink::default();
    let fetched = person.door().download(path, sink.clone()).await;
    fetched.map_err(|error| error.code().unwrap_or("no answer").to_owned())?;
    Ok(std::mem::take(&mut sink.0.lock().expect("it is done")))
}

/// Bytes that nobody can guess and no disk compresses.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let step = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state as u8
    };
    (0..bytes).map(|_| step(&mut state)).collect()
}

fn document(file: &FileRef) -> RoomCommand {
    let part = Some(Box::new(Part::Document { file: file.clone() }));
    SendMessage { part, ..SendMessage::default() }.into()
}

fn in_event(blob: BlobId, stream: StreamId, seq: Seq) -> String {
    format!("/v1/blobs/{blob}?stream={stream}&seq={seq}")
}

/// Whether some file below a folder holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).expect("it is there").flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        let content = std::fs::read(path).expect("it can be read");
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_after_kill_nine_and_is_for_who_sees_the_message() {
    let folder = Folder::new();
    let mut hub = Hub::with(&folder.0, &["gulnar", "wangfang", "batur"]).await;
    let content = noise(3_000_000);
    let gulnar = hub.sign_in("gulnar").await;
    let begun = gulnar.door().begin_upload("../施工图\u{202e}.dwg", 3_000_000).await.expect("room");
    assert_eq!((&*begun.name, begun.offset), ("施工图.dwg", 0));
    let sent = gulnar.door().send_piece(begun.upload, 0, content[..1_500_000].to_vec()).await;
    let kept = sent.expect("it takes pieces").offset;
    assert!(kept > 1_400_000 && kept % begun.piece_bytes == 0, "whole pieces: {kept}");
    hub.kill_and_restart().await;

    let state = gulnar.door().upload_state(begun.upload).await.expect("it is still there");
    assert_eq!(state.offset, kept, "what was acknowledged is kept");
    let wrong = gulnar.door().send_piece(begun.upload, 0, vec![0; 10]).await;
    assert_eq!(wrong.expect_err("not there").code(), Some("drive.wrong_offset"));
    let early = gulnar.door().finish_upload(begun.upload, None).await;
    assert_eq!(early.expect_err("a half").code(), Some("drive.incomplete"));
    let file = gulnar.door().resume_upload(begun.upload, Cursor::new(content.clone())).await;
    let file = file.expect("it is whole");
    assert_eq!((&*file.name, file.bytes), ("施工图.dwg", 3_000_000));
    assert!(!holds(&folder.0.join("drive"), &content[10_000..10_032]), "sealed at rest");
    let same = gulnar.door().upload("again.dwg", Cursor::new(content.clone())).await;
    assert_eq!(same.expect("it is whole").blob, file.blob, "stored once");

    let wangfang = hub.sign_in("wangfang").await;
    let batur = hub.sign_in("batur").await;
    let room = gulnar.make_room("工程", &[wangfang.account]).await;
    let other = batur.make_room("别处", &[wangfang.account]).await;
    let seq = gulnar.client.command(room, document(&file)).await.expect("own file").seq;
    let path = in_event(file.blob, room, seq);
    assert!(fetch(&wangfang, &path).await == Ok(content), "the same bytes");
    assert_eq!(fetch(&batur, &path).await, Err("hub.may_not_watch".into()));
    let bare = format!("/v1/blobs/{}", file.blob);
    assert_eq!(fetch(&wangfang, &bare).await, Err("drive.file_not_found".into()));
    // Nobody gives away what they may not see; whoever sees it may pass it on.
    let stolen = batur.client.command(other, document(&file)).await.expect_err("not his");
    assert_eq!(stolen.code(), Some("drive.file_not_found"));
    let lie = FileRef { bytes: 1, ..file.clone() };
    let lie = wangfang.client.command(other, document(&lie)).await.expect_err("another size");
    assert_eq!(lie.code(), Some("hub.invalid"));
    let passed = wangfang.client.command(other, document(&file)).await.expect("seen, so may be");
    assert_eq!(
        fetch(&batur, &in_event(file.blob, other, passed.seq)).await.map(|b| b.len()),
        Ok(3_000_000)
    );
    let recall = RoomCommand::from(RecallMessage { seq });
    gulnar.client.command(room, recall).await.expect("own message");
    assert_eq!(fetch(&wangfang, &path).await, Err("drive.file_not_found".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_space_keeps_shares_and_erases() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["gulnar", "wangfang"]).await;
    let gulnar = hub.sign_in("gulnar").await;
    let wangfang = hub.sign_in("wangfang").await;
    let ask = async |command: SpaceCommand, stream: Option<StreamId>| {
        gulnar.client.command(stream, command).await.expect("the owner may")
    };
    let space = ask(OpenPersonal {}.into(), None).await.stream;
    let spaces: Vec<SpaceCard> = gulnar.door().get("/v1/drive").await.expect("a list");
    assert_eq!((spaces.len(), spaces[0].stream), (1, space));
    let folder = CreateFolder { parent: 0, name: "合同".into() };
    let parent = ask(folder.into(), Some(space)).await.seq;
    let file = gulnar.door().upload("合同.txt", Cursor::new("租赁合同".repeat(100))).await;
    let file = file.expect("a text");
    let node = ask(AddFile { parent, file: file.clone() }.into(), Some(space)).await.seq;
    let path = format!("/v1/drive/{}/nodes?folder={parent}", space.id);
    let listing: DriveListing = gulnar.door().get(&path).await.expect("a folder");
    assert_eq!((listing.path.len(), &listing.items[0].file), (1, &Some(file.clone())));
    let refused = wangfang.door().get::<DriveListing>(&path).await.expect_err("not his");
    assert_eq!(refused.code(), Some("hub.may_not_watch"));
    let here = format!("/v1/blobs/{}?drive={}&node={node}", file.blob, space.id);
    assert_eq!(fetch(&gulnar, &here).await.map(|bytes| bytes.len()), Ok(1_200));

    let password = Some(Secret("2026".into()));
    let link = ShareLink { node, password, expires_at: None };
    ask(link.into(), Some(space)).await;
    let links: Vec<DriveLink> =
        gulnar.door().get(&format!("/v1/drive/{}/links", space.id)).await.expect("a list");
    let token = &links[0].token;
    let stranger = hub.door();
    let told: LinkedFile = stranger.get(&format!("/v1/links/{token}")).await.expect("a link");
    assert_eq!((told.protected, told.name), (true, None));
    let open = async |password: Option<&str>| {
        let body = serde_json::json!({ "password": password });
        let path = format!("/v1/links/{token}/file");
        let opened = stranger.post::<_, serde_json::Value>(&path, &body);
        opened.await.expect_err("never JSON").code().map(str::to_owned)
    };
    assert_eq!(open(None).await.as_deref(), Some("drive.link_password_needed"));
    assert_eq!(open(Some("2025")).await.as_deref(), Some("drive.link_wrong_password"));
    assert_eq!(open(Some("2026")).await, None, "the file itself");
    let bent = format!("/v1/links/{}", token.replace(|c: char| c.is_ascii_digit(), "0"));
    let bent = stranger.get::<LinkedFile>(&bent).await.expect_err("made by nobody");
    assert_eq!(bent.code(), Some("drive.link_not_found"));

    ask(RemoveNode { node: parent }.into(), Some(space)).await;
    assert_eq!(open(Some("2026")).await.as_deref(), Some("drive.link_not_found"), "in the bin");
    ask(EraseNode { node: parent }.into(), Some(space)).await;
    assert_eq!(fetch(&gulnar, &here).await, Err("drive.file_not_found".into()));
    let spaces: Vec<SpaceCard> = gulnar.door().get("/v1/drive").await.expect("a list");
    assert_eq!(spaces[0].used_bytes, 0);
}

/// A ZIP of one entry, as far as its list of contents goes.
fn zip(name: &str, unfolded: u32) -> Vec<u8> {
    let mut entry = b"PK\x01\x02".to_vec();
    entry.resize(46, 0);
    entry[24..28].copy_from_slice(&unfolded.to_le_bytes());
    entry[28] = u8::try_from(name.len()).expect("a short name");
    entry.extend(name.as_bytes());
    let bytes = u32::try_from(entry.len()).expect("a short list");
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &bytes.to_le_bytes(),
        &4_u32.to_le_bytes(),
        &[0; 2],
    ];
    [&b"PK\x03\x04"[..], &entry, &end.concat()].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_files_are_refused_and_put_on_record() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["gulnar"]).await;
    let gulnar = hub.sign_in("gulnar").await;
    let huge = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xff\xff\0\0\xff\xff\x08\x06\0\0\0".to_vec();
    let space = gulnar.client.command(None, SpaceCommand::from(OpenPersonal {})).await;
    let space = space.expect("his own").stream;
    let mut watch = gulnar.client.watch(space, 1).await.expect("his own");
    for (name, content, code) in [
        ("发票.txt", b"MZ\x90\0\x03\0\0\0\x04".to_vec(), "drive.type_refused"),
        ("照片.jpg.vbs", b"MsgBox 1".to_vec(), "drive.type_refused"),
        ("照片.png", b"%PDF-1.7 no picture".to_vec(), "drive.type_mismatch"),
        ("照片.png", huge, "drive.picture_too_large"),
        ("资料.zip", b"PK\x03\x04 cut off".to_vec(), "drive.archive_broken"),
        ("资料.zip", zip("../../etc/cron.d/x", 9), "drive.archive_hostile"),
        ("资料.zip", zip("a", u32::MAX), "drive.archive_bomb"),
        (
            "资料.7z",
            b"7z\xbc\xaf\x27\x1c\0\x04 cut off, and no list in it".to_vec(),
            "drive.archive_broken",
        ),
    ] {
        let refused = gulnar.door().upload(name, Cursor::new(content)).await;
        assert_eq!(refused.expect_err(name).code(), Some(code), "{name}");
        let event = next(&mut watch).await;
        assert_eq!(event.type_name, "drive.upload_refused");
        assert_eq!(event.body.expect("on record")["code"], code);
    }
    for (name, bytes, code) in
        [("a", 1 << 40, "drive.file_too_large"), ("更新.exe", 9, "drive.type_refused")]
    {
        let refused = gulnar.door().begin_upload(name, bytes).await.expect_err(name);
        assert_eq!(refused.code(), Some(code), "before a byte of it travels");
        let event = next(&mut watch).await;
        assert_eq!(event.body.expect("on record")["code"], code);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_to_a_folder_leads_down_by_its_page_and_never_out() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["gulnar"]).await;
    let gulnar = hub.sign_in("gulnar").await;
    let ask = async |command: SpaceCommand, stream: Option<StreamId>| {
        gulnar.client.command(stream, command).await.expect("the owner may")
    };
    let own = ask(OpenPersonal {}.into(), None).await.stream;
    let space = Some(own);
    let make = async |parent, name: &str| {
        ask(CreateFolder { parent, name: name.into() }.into(), space).await.seq
    };
    let keep = async |parent, name: &str| {
        let file = gulnar.door().upload(name, Cursor::new(name.to_owned())).await.expect("a text");
        ask(AddFile { parent, file }.into(), space).await.seq
    };
    let (outside, shared) = (make(0, "内部").await, make(0, "公开").await);
    let inner = make(shared, "附件").await;
    let (secret, open) = (keep(outside, "秘密.txt").await, keep(inner, "办事指南.txt").await);
    let password = Some(Secret("2026".into()));
    ask(ShareLink { node: shared, password, expires_at: None }.into(), space).await;
    let links = format!("/v1/drive/{}/links", own.id);
    let links: Vec<DriveLink> = gulnar.door().get(&links).await.expect("a list");
    let token = &links[0].token;

    let stranger = hub.door();
    let nodes = async |node: Option<Seq>, password: &str| {
        let body = serde_json::json!({ "password": password, "node": node });
        let path = format!("/v1/links/{token}/nodes");
        let listed = stranger.post::<_, LinkedFolder>(&path, &body).await;
        listed.map_err(|error| error.code().unwrap_or("no answer").to_owned())
    };
    let names = |folder: LinkedFolder| -> Vec<String> {
        folder.items.into_iter().map(|node| node.name).collect()
    };
    assert_eq!(nodes(None, "2025").await, Err("drive.link_wrong_password".into()));
    assert_eq!(nodes(None, "2026").await.map(names), Ok(vec!["附件".to_owned()]));
    let below = nodes(Some(inner), "2026").await.expect("it lies below");
    assert_eq!(below.path.iter().map(|node| node.node).collect::<Vec<_>>(), [shared, inner]);
    for out in [0, outside, secret, 99] {
        assert_eq!(nodes(Some(out), "2026").await, Err("hub.not_found".into()), "{out}");
    }

    // The same by the page: the password once, then a cookie of this link alone.
    let page = format!("/links/{token}");
    let (_, shown) = hub.get(&page).await;
    assert!(shown.contains("type=password") && !shown.contains("附件"), "{shown}");
    let (status, cookie) = hub.post_form(&page, "password=2026").await;
    assert_eq!(status, 303);
    let (_, shown) = hub.get_with(&page, &cookie).await;
    assert!(shown.contains("附件") && !shown.contains("内部"), "{shown}");
    let (_, shown) = hub.get_with(&format!("{page}?folder={inner}"), &cookie).await;
    assert!(shown.contains(&format!("{page}/files/{open}")), "{shown}");
    let (status, content) = hub.get_with(&format!("{page}/files/{open}"), &cookie).await;
    assert_eq!((status, &*content), (200, "办事指南.txt"));
    assert_eq!(hub.get_with(&format!("{page}/files/{secret}"), &cookie).await.0, 404);
    assert_eq!(hub.get(&format!("{page}/files/{open}")).await.0, 303, "no password was given");
    ask(RemoveNode { node: inner }.into(), space).await;
    assert_eq!(hub.get_with(&format!("{page}/files/{open}"), &cookie).await.0, 404, "in the bin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_without_its_key_says_so_and_does_not_start() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["gulnar"]).await;
    assert_eq!(hub.stop().await, Some(0));
    let key = folder.0.join("drive.key");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&key).expect("made"));
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(&key).expect("it is there");
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let ended = crate::hub::run(&folder.0, &serve, "").await;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && said.contains("drive.key: missing"), "{said}");
}
