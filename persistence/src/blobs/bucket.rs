//! The adapter of [`Shelf`] for a bucket of anything that speaks S3. A file goes up in parts of
//! [`PART`], two files at a time, so that memory stays bounded whatever their size; it is whole
//! under its name once the last part was put together, and not there before.
//! Names lie as in a folder (`3f/{name}`): files move between the two with any copying tool.
//! Absent on purpose: keys of the machine (metadata services), encryption by the store: what
//! arrives there was sealed here.

use super::shelf::{Shelf, blocking, remove_if_there, shard_of};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{
    BackoffConfig, ClientOptions, Error, MultipartUpload, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path as Key,
};
use protocol::account::Secret;
use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};
use tokio::sync::Semaphore;

/// Bytes of one part; S3 takes none smaller than 5 MiB but the last.
const PART: usize = 8 * 1024 * 1024;
/// Of how many parts S3 makes one file.
const PARTS_MAX: u64 = 10_000;
/// Files that go up at once: each holds one part in memory.
const TAKING_MAX: usize = 2;
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// One part or one piece, up or down.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const RETRIES: usize = 3;

/// The largest file that fits into a bucket.
pub const BUCKET_FILE_BYTES_MAX: u64 = PARTS_MAX * PART as u64;

/// Where a bucket is and who opens it.
#[derive(Clone, Debug, Default)]
pub struct BucketOptions {
    /// `https://s3.example.cn`; with [`BucketOptions::bucket_in_host`] the bucket's own name.
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
    pub access_secret: Option<Secret>,
    /// Some stores know a bucket by its host only.
    pub bucket_in_host: bool,
}

pub struct Bucket {
    store: AmazonS3,
    taking: Semaphore,
}

impl Bucket {
    /// Asks nothing yet: a store that does not answer is told by each request.
    pub fn open(options: &BucketOptions) -> io::Result<Self> {
        let plain = options.endpoint.starts_with("http://");
        let client = ClientOptions::new()
            .with_allow_http(plain)
            .with_connect_timeout(CONNECT_WITHIN)
            .with_timeout(ANSWER_WITHIN);
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: ANSWER_WITHIN,
        };
        let secret = options.access_secret.as_ref().map_or("", |secret| &secret.0);
        let store = AmazonS3Builder::new()
            .with_endpoint(options.endpoint.trim_end_matches('/'))
            .with_bucket_name(&options.bucket)
            .with_region(&options.region)
            .with_access_key_id(&options.access_key)
            .with_secret_access_key(secret)
            .with_virtual_hosted_style_request(options.bucket_in_host)
            // Not every store that speaks S3 knows how to remove many at once.
            .with_disable_bulk_delete(true)
            .with_client_options(client)
            .with_retry(retry)
            .build()
            .map_err(told)?;
        Ok(Self { store, taking: Semaphore::new(TAKING_MAX) })
    }

    async fn send(
        &self,
        mut file: File,
        mut bytes: u64,
        to: &mut dyn MultipartUpload,
    ) -> io::Result<()> {
        while bytes > 0 {
            let (part, rest) = blocking(move || {
                let mut part = Vec::with_capacity(PART);
                file.by_ref().take(PART as u64).read_to_end(&mut part)?;
                Ok((part, file))
            })
            .await?;
            if part.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            (file, bytes) = (rest, bytes.saturating_sub(part.len() as u64));
            to.put_part(Bytes::from(part).into()).await.map_err(told)?;
        }
        to.complete().await.map(drop).map_err(told)
    }
}

fn key(name: &str) -> Key {
    Key::from(format!("{:02x}/{name}", shard_of(name)))
}

fn told(error: Error) -> io::Error {
    let kind = match error {
        Error::NotFound { .. } => io::ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            io::ErrorKind::PermissionDenied
        }
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

#[async_trait]
impl Shelf for Bucket {
    async fn take(&self, name: String, file: PathBuf) -> io::Result<()> {
        let path = file.clone();
        let (opened, bytes) = blocking(move || {
            let opened = File::open(path)?;
            let bytes = opened.metadata()?.len();
            Ok((opened, bytes))
        })
        .await?;
        let _turn = self.taking.acquire().await.map_err(io::Error::other)?;
        if bytes <= PART as u64 {
            let content = blocking(move || {
                let mut content = Vec::new();
                (&opened).read_to_end(&mut content).map(|_| content)
            });
            self.put(name, content.await?).await?;
        } else {
            let mut upload = self.store.put_multipart(&key(&name)).await.map_err(told)?;
            if let Err(error) = self.send(opened, bytes, &mut *upload).await {
                // The first failure is what is told; parts left behind cost money, so this is
                // tried, and a rule of the bucket does it otherwise (docs/drive.md).
                if let Err(left) = upload.abort().await {
                    tracing::warn!(%left, "parts of a broken upload stay in the bucket");
                }
                return Err(error);
            }
        }
        remove_if_there(file).await
    }

    async fn put(&self, name: String, bytes: Vec<u8>) -> io::Result<()> {
        self.store.put(&key(&name), bytes.into()).await.map(drop).map_err(told)
    }

    async fn read(&self, name: String, offset: u64, bytes: usize) -> io::Result<Bytes> {
        let key = key(&name);
        let error = match self.store.get_range(&key, offset..offset + bytes as u64).await {
            Ok(read) => return Ok(read),
            Err(error) => error,
        };
        // A range behind the end is an error there and nothing to read here.
        match self.store.head(&key).await {
            Ok(found) if offset >= found.size => Ok(Bytes::new()),
            _ => Err(told(error)),
        }
    }

    async fn remove(&self, name: String) -> io::Result<()> {
        match self.store.delete(&key(&name)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => removed.map_err(told),
        }
    }

    async fn older(&self, shard: u8, age: Duration) -> io::Result<Vec<String>> {
        let folder = Key::from(format!("{shard:02x}"));
        let mut found = self.store.list(Some(&folder));
        let mut names = Vec::new();
        while let Some(file) = found.try_next().await.map_err(told)? {
            let at = u64::try_from(file.last_modified.timestamp_millis()).unwrap_or_default();
            // Two clocks: one that is behind makes a file young, and it is looked at again later.
            let lain = (UNIX_EPOCH + Duration::from_millis(at)).elapsed().unwrap_or_default();
            if lain >= age {
                names.extend(file.location.filename().map(str::to_owned));
            }
        }
        Ok(names)
    }
}
