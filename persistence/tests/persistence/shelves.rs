//! What every shelf of files promises, held by one suite for both: a folder, and a bucket at a
//! server that checks every signature. Beside it what only a bucket has.

use crate::{
    s3::{ACCESS_KEY, BUCKET, REGION, S3, SECRET},
    support::Store,
};
use persistence::{Bucket, BucketOptions, Folder, SHARDS, Shelf};
use protocol::account::Secret;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Larger than two parts of a bucket.
const LARGE: usize = 20_000_003;

fn noise(bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 13) as u8).collect()
}

fn bucket(s3: &S3, secret: &str) -> Bucket {
    let _already = rustls::crypto::ring::default_provider().install_default();
    let options = BucketOptions {
        endpoint: s3.url.clone(),
        bucket: BUCKET.to_owned(),
        region: REGION.to_owned(),
        access_key: ACCESS_KEY.to_owned(),
        access_secret: Some(Secret(secret.to_owned())),
        bucket_in_host: false,
    };
    Bucket::open(&options).unwrap()
}

async fn conformance(shelf: &dyn Shelf, folder: &Path) {
    let name = "0195e3a4-7c1a-7000-8000-0000000000a7".to_owned();
    let staged = folder.join("staged");
    for content in [noise(400_000), noise(LARGE)] {
        fs::write(&staged, &content).unwrap();
        shelf.take(name.clone(), staged.clone()).await.unwrap();
        assert!(!staged.exists(), "taken, not copied");
        let read = |offset: usize, bytes| shelf.read(name.clone(), offset as u64, bytes);
        let end = content.len();
        assert!(read(0, end).await.unwrap() == content, "the same bytes");
        assert_eq!(read(70_000, 9).await.unwrap(), content[70_000..70_009]);
        assert_eq!(read(end - 10, 50).await.unwrap(), content[end - 10..], "short at the end");
        assert_eq!(read(end, 50).await.unwrap(), Vec::new());
    }
    let thumb = format!("{name}.thumb");
    shelf.put(thumb.clone(), b"small".to_vec()).await.unwrap();
    shelf.put(thumb.clone(), b"other".to_vec()).await.unwrap();
    assert_eq!(shelf.read(thumb.clone(), 0, 99).await.unwrap(), &b"other"[..]);
    let third = format!("{name}.third");
    shelf.put(third.clone(), Vec::new()).await.unwrap();
    let mut all = Vec::new();
    for shard in 0..SHARDS {
        all.extend(shelf.older(shard, Duration::ZERO).await.unwrap());
        let old = shelf.older(shard, Duration::from_secs(3600)).await.unwrap();
        assert_eq!(old, Vec::<String>::new());
    }
    all.sort();
    assert_eq!(all, [name.clone(), third, thumb], "each on one part of the shelf");
    shelf.remove(name.clone()).await.unwrap();
    shelf.remove(name.clone()).await.unwrap();
    let gone = shelf.read(name.clone(), 0, 1).await.unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    let never = shelf.take(name.clone(), folder.join("nothing")).await.unwrap_err();
    assert_eq!(never.kind(), io::ErrorKind::NotFound);
    assert!(shelf.read(name, 0, 1).await.is_err(), "nothing half there");
}

fn folder(store: &Store) -> PathBuf {
    let folder = store.path().parent().unwrap().to_owned();
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn a_folder_keeps_what_a_shelf_promises() {
    let store = Store::new();
    let shelf = Folder::open(folder(&store).join("shelf")).unwrap();
    conformance(&shelf, &folder(&store)).await;
}

#[tokio::test]
async fn a_bucket_keeps_what_a_shelf_promises_in_bounded_parts() {
    let (store, s3) = (Store::new(), S3::start().await);
    conformance(&bucket(&s3, SECRET), &folder(&store)).await;
    let (refused, largest, open) = s3.seen();
    assert_eq!((refused, largest, open), (0, 8 * 1024 * 1024, 0), "no part larger, none left");
    assert_eq!(s3.objects().len(), 2);
}

#[tokio::test]
async fn a_wrong_secret_opens_no_bucket_and_costs_no_file() {
    let (store, s3) = (Store::new(), S3::start().await);
    let shelf = bucket(&s3, "another");
    let staged = folder(&store).join("staged");
    for content in [noise(10), noise(LARGE)] {
        fs::write(&staged, content).unwrap();
        let refused = shelf.take("a".to_owned(), staged.clone()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied, "{refused}");
        assert!(!refused.to_string().contains("another"), "no secret in words: {refused}");
        assert!(staged.exists(), "what was not taken stays");
    }
    assert!(s3.objects().is_empty() && s3.seen().0 >= 2);
}
