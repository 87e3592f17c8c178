//! Files over the HTTP door: uploads that go on where they broke off, and downloads.
//! Invariant: a file passes through in pieces, whatever its size; what the hub says it keeps
//! is never sent again.

use crate::{
    ClientError, Door,
    http::{blocking, read},
};
use protocol::{
    ErrorKind, UploadId,
    file::{BeginUpload, FileRef, FinishUpload, UploadState},
};
use std::{
    io::{Read, Seek, SeekFrom, Write},
    time::Duration,
};

/// Bytes of one request: a broken connection costs less than this.
const REQUEST_BYTES: u64 = 8 * 1024 * 1024;
/// Reading a large file back, or sending it, takes its time.
const LONG: Duration = Duration::from_secs(60 * 60);
/// A hub that restarts is back within this many pauses.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);

impl Door {
    pub async fn begin_upload(&self, name: &str, bytes: u64) -> Result<UploadState, ClientError> {
        let asked = BeginUpload { name: name.to_owned(), bytes };
        self.post("/v1/uploads", &asked).await
    }

    pub async fn upload_state(&self, upload: UploadId) -> Result<UploadState, ClientError> {
        self.get(&format!("/v1/uploads/{upload}")).await
    }

    /// Sends bytes that belong at `offset`.
    pub async fn send_piece(
        &self,
        upload: UploadId,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<UploadState, ClientError> {
        let request = self.trust.agent.patch(format!("{}/v1/uploads/{upload}", self.base));
        let request = request
            .header("Content-Type", "application/octet-stream")
            .header("Upload-Offset", offset.to_string());
        let request = match self.bearer() {
            Some(bearer) => request.header("Authorization", bearer),
            None => request,
        };
        blocking(move || read(request.send(bytes))).await
    }

    pub async fn finish_upload(
        &self,
        upload: UploadId,
        sha256: Option<String>,
    ) -> Result<FileRef, ClientError> {
        let text = serde_json::to_string(&FinishUpload { sha256 });
        let text = text.map_err(|error| ClientError::Unreachable(error.to_string()))?;
        let path = format!("{}/v1/uploads/{upload}/finish", self.base);
        let request = self.trust.agent.post(path).config().timeout_global(Some(LONG)).build();
        let request = request.header("Content-Type", "application/json");
        let request = match self.bearer() {
            Some(bearer) => request.header("Authorization", bearer),
            None => request,
        };
        blocking(move || read(request.send(text))).await
    }

    /// Sends what is missing of an upload, through restarts of the hub, and finishes it.
    pub async fn resume_upload(
        &self,
        upload: UploadId,
        mut source: impl Read + Seek + Send + 'static,
    ) -> Result<FileRef, ClientError> {
        let mut state = self.patiently(async || self.upload_state(upload).await).await?;
        while state.offset < state.bytes {
            let offset = state.offset;
            let wanted = (state.bytes - offset).min(REQUEST_BYTES);
            let (bytes, back) = blocking(move || {
                let mut bytes = Vec::new();
                let sought = source.seek(SeekFrom::Start(offset));
                sought
                    .and_then(|_| source.by_ref().take(wanted).read_to_end(&mut bytes))
                    .map_err(|error| ClientError::Source(error.to_string()))?;
                Ok((bytes, source))
            })
            .await?;
            source = back;
            if (bytes.len() as u64) < wanted {
                return Err(ClientError::Source("it is shorter than announced".to_owned()));
            }
            state = match self.send_piece(upload, offset, bytes).await {
                Ok(state) => state,
                // The place may have moved, or the hub be gone: it says where to go on.
                Err(error) if passes(&error) => {
                    tokio::time::sleep(PAUSE).await;
                    self.patiently(async || self.upload_state(upload).await).await?
                }
                Err(error) => return Err(error),
            };
        }
        self.patiently(async || self.finish_upload(upload, None).await).await
    }

    /// Uploads a file of which the length is found by seeking.
    pub async fn upload(
        &self,
        name: &str,
        mut source: impl Read + Seek + Send + 'static,
    ) -> Result<FileRef, ClientError> {
        let bytes = source.seek(SeekFrom::End(0));
        let bytes = bytes.map_err(|error| ClientError::Source(error.to_string()))?;
        let begun = self.begin_upload(name, bytes).await?;
        self.resume_upload(begun.upload, source).await
    }

    /// Writes what is at a path of the hub; answers how many bytes.
    pub async fn download(
        &self,
        path: &str,
        mut into: impl Write + Send + 'static,
    ) -> Result<u64, ClientError> {
        let request = self.trust.agent.get(format!("{}{path}", self.base));
        let request = request.config().timeout_global(Some(LONG)).build();
        let request = match self.bearer() {
            Some(bearer) => request.header("Authorization", bearer),
            None => request,
        };
        blocking(move || {
            let answer = request.call();
            let unreachable = |error: String| ClientError::Unreachable(error);
            let mut answer = answer.map_err(|error| unreachable(error.to_string()))?;
            if !answer.status().is_success() {
                return read::<serde_json::Value>(Ok(answer)).and_then(|_| {
                    Err(unreachable("an answer that is neither file nor refusal".to_owned()))
                });
            }
            let mut body = answer.body_mut().as_reader();
            std::io::copy(&mut body, &mut into).map_err(|error| unreachable(error.to_string()))
        })
        .await
    }

    async fn patiently<T>(
        &self,
        mut ask: impl AsyncFnMut() -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let mut tries = 0;
        loop {
            match ask().await {
                Err(error) if passes(&error) && tries < TRIES => tries += 1,
                outcome => return outcome,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Whether the same may work a little later.
fn passes(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable(_) => true,
        ClientError::Refused(refused) => {
            let kind = matches!(refused.kind, ErrorKind::Busy | ErrorKind::Unavailable);
            kind || matches!(&*refused.code, "drive.wrong_offset" | "drive.upload_busy")
        }
        _ => false,
    }
}
