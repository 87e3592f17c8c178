//! A small server that speaks S3 as far as a bucket of files needs it, for tests. It believes
//! nobody: of every request the signature (version 4) is computed again, over what really
//! arrived, and the content's hash with it. It holds to what the real one refuses: parts under
//! 5 MiB, a range behind the end, a list of more than a page.
//! Absent on purpose: everything that the hub does not ask for.

use ring::{digest, hmac};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub(crate) const ACCESS_KEY: &str = "hub-of-the-hall";
pub(crate) const SECRET: &str = "Tianshan+snow/2026";
pub(crate) const BUCKET: &str = "files";
pub(crate) const REGION: &str = "cn-urumqi";
const PART_LEAST: usize = 5 * 1024 * 1024;
/// Names on one page of a list: few, so that a test meets a second page.
const PAGE: usize = 2;

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    uploads: u32,
    refused: u32,
    largest: usize,
}

/// The running server; it ends with the test's runtime.
pub(crate) struct S3 {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

struct Request {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Answer(u16, Vec<(&'static str, String)>, Vec<u8>);

impl S3 {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let state = Arc::new(Mutex::new(State::default()));
        let held = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, held.clone()));
            }
        });
        Self { url, state }
    }

    /// What lies in the bucket.
    pub(crate) fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.lock().expect("no panic before").objects.clone()
    }

    /// Requests whose signature was wrong; the largest body of all; uploads in parts that were
    /// begun and neither put together nor given up.
    pub(crate) fn seen(&self) -> (u32, usize, usize) {
        let state = self.state.lock().expect("no panic before");
        (state.refused, state.largest, state.parts.len())
    }
}

async fn talk(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let Answer(status, headers, body) = {
            let mut state = state.lock().expect("no panic before");
            state.largest = state.largest.max(request.body.len());
            answer(&mut state, &request)
        };
        let mut head = format!("HTTP/1.1 {status} Said\r\n");
        if !headers.iter().any(|(name, _)| *name == "Content-Length") {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        if stream.write_all(head.as_bytes()).await.is_err()
            || stream.write_all(&body).await.is_err()
        {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    });
    let (path, query) = (path.to_owned(), pairs.collect());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { method, path, query, headers, body })
}

/// As a form is written: `+` is a space.
fn decoded(text: &str) -> String {
    let (mut bytes, mut at) = (Vec::new(), 0);
    let text = text.as_bytes();
    while at < text.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| text[at] == b'%');
        let byte = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                at += 3;
            }
            None => {
                bytes.push(if text[at] == b'+' { b' ' } else { text[at] });
                at += 1;
            }
        }
    }
    String::from_utf8(bytes).expect("names are text")
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Whether the request is signed with the secret, over what arrived and nothing else.
fn is_signed(request: &Request) -> bool {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let Some(claims) = header("authorization").strip_prefix("AWS4-HMAC-SHA256 ") else {
        return false;
    };
    let claims: BTreeMap<&str, &str> =
        claims.split(',').filter_map(|claim| claim.trim().split_once('=')).collect();
    let (Some(credential), Some(signed), Some(signature)) =
        (claims.get("Credential"), claims.get("SignedHeaders"), claims.get("Signature"))
    else {
        return false;
    };
    let at = header("x-amz-date");
    let scope = format!("{}/{REGION}/s3/aws4_request", at.get(..8).unwrap_or_default());
    let hash = sha256(&request.body);
    if *credential != format!("{ACCESS_KEY}/{scope}") || header("x-amz-content-sha256") != hash {
        return false;
    }
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(name, of)| format!("{}={}", encoded(name), encoded(of)))
        .collect();
    let headers: String =
        signed.split(';').map(|name| format!("{name}:{}\n", header(name))).collect();
    let (method, path, query) = (&request.method, &request.path, query.join("&"));
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{signed}\n{hash}");
    let text = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/').chain([text.as_str()]) {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes());
        key = tag.as_ref().to_vec();
    }
    hex(&key) == *signature
}

fn error(status: u16, code: &str) -> Answer {
    Answer(status, vec![], format!("<Error><Code>{code}</Code></Error>").into_bytes())
}

fn answer(state: &mut State, request: &Request) -> Answer {
    if !is_signed(request) {
        state.refused += 1;
        return error(403, "SignatureDoesNotMatch");
    }
    let mut place = request.path.trim_start_matches('/').splitn(2, '/');
    if place.next() != Some(BUCKET) {
        return error(404, "NoSuchBucket");
    }
    let key = decoded(place.next().unwrap_or_default());
    let asked = |name: &str| request.query.get(name);
    match (request.method.as_str(), asked("uploadId")) {
        ("GET", _) if key.is_empty() => list(state, request),
        ("GET" | "HEAD", _) => read_object(state, request, &key),
        ("POST", None) if asked("uploads").is_some() => {
            state.uploads += 1;
            let id = format!("upload-{}", state.uploads);
            state.parts.insert(id.clone(), BTreeMap::new());
            let told = format!(
                "<InitiateMultipartUploadResult><UploadId>{id}</UploadId>\
                 </InitiateMultipartUploadResult>"
            );
            Answer(200, vec![], told.into_bytes())
        }
        ("POST", Some(id)) => complete(state, id, key),
        ("PUT", Some(id)) => {
            let number = asked("partNumber").and_then(|number| number.parse().ok());
            let Some((number, parts)) = number.zip(state.parts.get_mut(id)) else {
                return error(404, "NoSuchUpload");
            };
            let tag = format!("\"{}\"", sha256(&request.body));
            parts.insert(number, request.body.clone());
            Answer(200, vec![("ETag", tag)], vec![])
        }
        ("PUT", None) => {
            let tag = format!("\"{}\"", sha256(&request.body));
            state.objects.insert(key, request.body.clone());
            Answer(200, vec![("ETag", tag)], vec![])
        }
        ("DELETE", Some(id)) => {
            state.parts.remove(id);
            Answer(204, vec![], vec![])
        }
        ("DELETE", None) => {
            state.objects.remove(&key);
            Answer(204, vec![], vec![])
        }
        _ => error(405, "MethodNotAllowed"),
    }
}

fn complete(state: &mut State, id: &str, key: String) -> Answer {
    let Some(parts) = state.parts.get(id) else { return error(404, "NoSuchUpload") };
    let all: Vec<&Vec<u8>> = parts.values().collect();
    if all.iter().rev().skip(1).any(|part| part.len() < PART_LEAST) {
        return error(400, "EntityTooSmall");
    }
    let whole = parts.values().flatten().copied().collect();
    state.parts.remove(id);
    state.objects.insert(key, whole);
    let told = "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag>\
                </CompleteMultipartUploadResult>";
    Answer(200, vec![], told.into())
}

fn read_object(state: &State, request: &Request, key: &str) -> Answer {
    let Some(object) = state.objects.get(key) else { return error(404, "NoSuchKey") };
    let size = object.len();
    let mut headers = vec![
        ("ETag", format!("\"{}\"", sha256(object))),
        ("Last-Modified", now().0),
        ("Accept-Ranges", "bytes".to_owned()),
    ];
    if request.method == "HEAD" {
        headers.push(("Content-Length", size.to_string()));
        return Answer(200, headers, vec![]);
    }
    let range = request.headers.get("range").and_then(|range| range.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return Answer(200, headers, object.clone());
    };
    let first: usize = first.parse().expect("the hub asks from a place on");
    let end = last.parse::<usize>().map_or(size, |last| size.min(last + 1));
    if first >= size {
        return error(416, "InvalidRange");
    }
    headers.push(("Content-Range", format!("bytes {first}-{}/{size}", end - 1)));
    Answer(206, headers, object[first..end].to_vec())
}

fn list(state: &State, request: &Request) -> Answer {
    let asked = |name: &str| request.query.get(name).map_or("", String::as_str);
    let (prefix, after) = (asked("prefix"), asked("continuation-token"));
    let mut found =
        state.objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
    let mut told = "<ListBucketResult>".to_owned();
    let mut last = None;
    for (key, object) in found.by_ref().take(PAGE) {
        let _ = write!(
            told,
            "<Contents><Key>{key}</Key><LastModified>{}</LastModified><ETag>\"one\"</ETag>\
             <Size>{}</Size></Contents>",
            now().1,
            object.len()
        );
        last = Some(key);
    }
    if let (Some(last), true) = (last, found.next().is_some()) {
        let _ = write!(told, "<NextContinuationToken>{last}</NextContinuationToken>");
    }
    told.push_str("</ListBucketResult>");
    Answer(200, vec![], told.into_bytes())
}

/// The time of every object: a moment ago, as headers and as lists write it.
fn now() -> (String, String) {
    let clock: &dyn kernel::Clock = &kernel::SystemClock;
    let seconds = u64::try_from(clock.now() / 1000).expect("after 1970");
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    // Days to a date: Howard Hinnant's `civil_from_days`, for years after 1970.
    let z = days + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let name = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize];
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let word = months[(month - 1) as usize];
    (
        format!("{name}, {day:02} {word} {year} {hour:02}:{minute:02}:{second:02} GMT"),
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z"),
    )
}
