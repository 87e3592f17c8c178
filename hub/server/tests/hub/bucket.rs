//! A hub whose files lie in a bucket: through kill -9, in ranges, by `hub doctor`, and moved to
//! another hub by an export. The bucket checks the signature of every request.

use crate::drive::{fetch, noise};
use crate::hub::{Folder, Hub, run};
use crate::s3::{ACCESS_KEY, BUCKET, REGION, S3, SECRET};
use protocol::account::Secret;
use protocol::drive::{
    AddFile, CreateFolder, DriveLink, LinkedFolder, OpenPersonal, ShareLink, SpaceCommand,
};
use std::io::Cursor;
use std::path::Path;

fn settings(s3: &S3, secret: &str) -> Vec<String> {
    vec![
        "blobs.store=s3".to_owned(),
        format!("blobs.endpoint={}", s3.url),
        format!("blobs.bucket={BUCKET}"),
        format!("blobs.region={REGION}"),
        format!("blobs.access_key={ACCESS_KEY}"),
        format!("blobs.access_secret={secret}"),
    ]
}

async fn command(data: &Path, words: &[&str], settings: &[String]) -> (bool, String) {
    let mut words = words.to_vec();
    words.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    let output = run(data, &words, "").await;
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_a_bucket_survive_a_kill_and_move_to_another_hub() {
    let (folder, s3) = (Folder::new(), S3::start().await);
    let (one, other) = (folder.0.join("one"), folder.0.join("other"));
    Hub::people(&one, &["gulnar"]).await;
    let set = settings(&s3, SECRET);
    let mut hub = Hub::start_set(&one, "127.0.0.1:0", &set).await;
    let content = noise(9_000_000);
    let gulnar = hub.sign_in("gulnar").await;
    let begun = gulnar.door().begin_upload("档案.bin", 9_000_000).await.expect("room");
    let sent = gulnar.door().send_piece(begun.upload, 0, content[..2_000_000].to_vec()).await;
    let kept = sent.expect("it takes pieces").offset;
    hub.kill_and_restart().await;
    assert_eq!(gulnar.door().upload_state(begun.upload).await.expect("there").offset, kept);
    let file = gulnar.door().resume_upload(begun.upload, Cursor::new(content.clone())).await;
    let file = file.expect("it is whole");
    let objects = s3.objects();
    assert_eq!(objects.len(), 1, "in the bucket");
    assert!(!one.join("drive/uploads").join(begun.upload.to_string()).exists(), "and not here");
    let sealed = objects.values().next().expect("one");
    assert!(!sealed.windows(32).any(|window| window == &content[10_000..10_032]), "sealed");

    let ask = async |command: SpaceCommand, stream| {
        gulnar.client.command(stream, command).await.expect("the owner may")
    };
    let space = ask(OpenPersonal {}.into(), None).await.stream;
    let folder = CreateFolder { parent: 0, name: "卷宗".into() };
    let parent = ask(folder.into(), Some(space)).await.seq;
    let node = ask(AddFile { parent, file: file.clone() }.into(), Some(space)).await.seq;
    let password = Some(Secret("2026".into()));
    ask(ShareLink { node: parent, password, expires_at: None }.into(), Some(space)).await;
    let here = format!("/v1/blobs/{}?drive={}&node={node}", file.blob, space.id);
    hub.kill_and_restart().await;
    let gulnar = hub.sign_in("gulnar").await;
    assert!(fetch(&gulnar, &here).await == Ok(content.clone()), "the same bytes");
    let part = 8_388_600..8_388_700;
    let range = hub.get_range(&gulnar, &here, part.clone()).await;
    assert_eq!(range, (206, content[part].to_vec()), "over a boundary of parts");
    let links = format!("/v1/drive/{}/links", space.id);
    let links: Vec<DriveLink> = gulnar.door().get(&links).await.expect("a list");
    let token = links[0].token.clone();
    let (refused, largest, open) = s3.seen();
    assert_eq!((refused, open), (0, 0), "each signed, nothing left in parts");
    assert!(largest <= 8 * 1024 * 1024, "{largest}");
    assert_eq!(hub.stop().await, Some(0));

    let (well, said) = command(&one, &["doctor"], &set).await;
    assert!(said.contains("written, read and removed again"), "{well} {said}");
    let (well, said) = command(&one, &["doctor"], &settings(&s3, "wrong")).await;
    assert!(!well && said.contains("blobs.access_key") && !said.contains("wrong"), "{said}");

    let export = folder_file(&one);
    let (well, said) = command(&one, &["export", &export], &set).await;
    assert!(well && said.contains("and 1 files written") && said.contains("drive.key"), "{said}");
    // The other hub keeps its files in a folder, and needs the key of the first.
    let (well, said) = command(&other, &["import", &export], &[]).await;
    assert!(!well && said.contains("drive.key there first"), "{said}");
    std::fs::copy(one.join("drive.key"), other.join("drive.key")).expect("both are there");
    let (well, said) = command(&other, &["import", &export], &[]).await;
    assert!(well && said.contains("and 1 files read"), "{said}");
    let hub = Hub::start(&other, "127.0.0.1:0").await;
    let gulnar = hub.sign_in("gulnar").await;
    assert!(fetch(&gulnar, &here).await == Ok(content), "the same bytes at another hub");
    let path = format!("/v1/links/{token}/nodes");
    let body = serde_json::json!({ "password": "2026" });
    let listed: LinkedFolder = hub.door().post(&path, &body).await.expect("the link came along");
    assert_eq!(listed.items[0].name, "档案.bin");
}

fn folder_file(data: &Path) -> String {
    data.with_file_name("all.jsonl").to_str().expect("an ASCII path").to_owned()
}
