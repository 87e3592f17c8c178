//! How bytes are encrypted: AES-256-GCM in chunks, a key of its own for every file, wrapped by
//! the master key. Each chunk is `nonce ‖ ciphertext ‖ tag` and bound to its file, its place and
//! the file's size, so that none can be moved, swapped or cut off unseen.
//! Invariant: a nonce is random and never chosen by place: an upload that resumes seals the same
//! place again, perhaps with other bytes.

use super::BlobError;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};
use uuid::Uuid;

/// Plain bytes of a chunk.
pub(crate) const CHUNK: usize = 64 * 1024;
/// What sealing adds.
const OVERHEAD: usize = NONCE_LEN + 16;
/// Bytes of a full chunk as stored.
pub(crate) const SEALED: usize = CHUNK + OVERHEAD;

/// What is written beside every key: other suites may follow (SM4-GCM).
pub(crate) const SUITE: &str = "aes-256-gcm";

/// Size of the stored form of so many bytes.
pub(crate) fn sealed_bytes(plain: u64) -> u64 {
    plain + plain.div_ceil(CHUNK as u64) * OVERHEAD as u64
}

/// The key that wraps all others.
pub(crate) struct Master {
    key: LessSafeKey,
    /// Seals what is no file.
    seals: [u8; 32],
    links: hmac::Key,
    /// Tells one master key from another and nothing of it.
    pub(crate) fingerprint: [u8; 32],
}

impl Master {
    /// Reads the key file; made on first use, readable by its owner alone.
    pub(crate) fn open(path: &Path, may_make: bool) -> Result<Self, BlobError> {
        let told = |error: io::Error| BlobError::Key(format!("{}: {error}", path.display()));
        match fs::File::open(path) {
            Ok(mut file) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(told)?;
                let bytes = unhex(text.trim()).ok_or_else(|| {
                    BlobError::Key(format!("{}: not a key: 64 hex digits", path.display()))
                })?;
                Self::of(&bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => {
                let bytes = random::<32>()?;
                write_key(path, &hex(&bytes)).map_err(told)?;
                Self::of(&bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BlobError::Key(format!(
                "{}: missing, and files were sealed with it. Put it back from its copy",
                path.display()
            ))),
            Err(error) => Err(told(error)),
        }
    }

    fn of(bytes: &[u8; 32]) -> Result<Self, BlobError> {
        let derived = |label: &[u8]| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), label);
            let mut out = [0; 32];
            out.copy_from_slice(tag.as_ref());
            out
        };
        Ok(Self {
            key: key_of(&derived(b"hub: wraps file keys"))?,
            seals: derived(b"hub: seals secrets"),
            links: hmac::Key::new(hmac::HMAC_SHA256, &derived(b"hub: signs links")),
            fingerprint: derived(b"hub: tells keys apart"),
        })
    }

    /// The key that seals secrets which are no files.
    pub(crate) fn seals(&self) -> Result<LessSafeKey, BlobError> {
        key_of(&self.seals)
    }

    /// A fresh key for a file, wrapped as it is stored.
    pub(crate) fn make_key(&self, file: Uuid) -> Result<Vec<u8>, BlobError> {
        seal(&self.key, file.as_bytes(), &random::<32>()?)
    }

    pub(crate) fn seal_of(
        &self,
        file: Uuid,
        wrapped: &[u8],
        bytes: u64,
    ) -> Result<Seal, BlobError> {
        let mut wrapped = wrapped.to_vec();
        let plain = open(&self.key, file.as_bytes(), &mut wrapped)?;
        let key: &[u8; 32] = plain.try_into().map_err(|_| BlobError::Damaged)?;
        Ok(Seal { key: key_of(key)?, file, bytes })
    }

    /// Proof that this hub made a link.
    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&hmac::sign(&self.links, text).as_ref()[..16]);
        short
    }
}

/// Seals and opens the chunks of one file.
pub(crate) struct Seal {
    key: LessSafeKey,
    file: Uuid,
    pub(crate) bytes: u64,
}

/// The place of something sealed beside the chunks: the thumbnail.
const THUMB: u64 = u64::MAX;

impl Seal {
    /// Appends a chunk to `out`.
    pub(crate) fn chunk(
        &self,
        index: u64,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), BlobError> {
        seal_into(&self.key, &self.place(index), plain, out)
    }

    /// Opens a chunk where it lies.
    pub(crate) fn open<'a>(&self, index: u64, sealed: &'a mut [u8]) -> Result<&'a [u8], BlobError> {
        open(&self.key, &self.place(index), sealed)
    }

    pub(crate) fn thumb(&self, plain: &[u8]) -> Result<Vec<u8>, BlobError> {
        seal(&self.key, &self.place(THUMB), plain)
    }

    pub(crate) fn open_thumb<'a>(&self, sealed: &'a mut [u8]) -> Result<&'a [u8], BlobError> {
        self.open(THUMB, sealed)
    }

    fn place(&self, index: u64) -> [u8; 32] {
        let mut place = [0; 32];
        place[..16].copy_from_slice(self.file.as_bytes());
        place[16..24].copy_from_slice(&index.to_be_bytes());
        place[24..].copy_from_slice(&self.bytes.to_be_bytes());
        place
    }
}

/// Writes a new key file, readable by its owner alone, and has it on the disk before it is used.
pub(crate) fn write_key(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}").and_then(|()| file.sync_all())?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder).and_then(|folder| folder.sync_all()),
        None => Ok(()),
    }
}

pub(crate) fn key_of(bytes: &[u8; 32]) -> Result<LessSafeKey, BlobError> {
    UnboundKey::new(&AES_256_GCM, bytes).map(LessSafeKey::new).map_err(|_| BlobError::Damaged)
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], BlobError> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map(|()| bytes).map_err(|_| BlobError::Files("no random numbers".to_owned()))
}

pub(crate) fn seal(key: &LessSafeKey, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, BlobError> {
    let mut out = Vec::with_capacity(plain.len() + OVERHEAD);
    seal_into(key, place, plain, &mut out).map(|()| out)
}

/// Appends what was sealed: a gigabyte passes through here without a buffer of its own.
fn seal_into(
    key: &LessSafeKey,
    place: &[u8],
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), BlobError> {
    let nonce = random::<NONCE_LEN>()?;
    out.extend(nonce);
    let start = out.len();
    out.extend(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(place), &mut out[start..]);
    out.extend(tag.map_err(|_| BlobError::Damaged)?.as_ref());
    Ok(())
}

pub(crate) fn open<'a>(
    key: &LessSafeKey,
    place: &[u8],
    sealed: &'a mut [u8],
) -> Result<&'a [u8], BlobError> {
    let (nonce, rest) = sealed.split_at_mut_checked(NONCE_LEN).ok_or(BlobError::Damaged)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| BlobError::Damaged)?;
    let plain = key.open_in_place(nonce, Aad::from(place), rest);
    plain.map(|plain| &*plain).map_err(|_| BlobError::Damaged)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Of any length.
pub(crate) fn unhex_all(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal_for(bytes: u64) -> Seal {
        let master = Master::of(&[7; 32]).unwrap();
        let file = Uuid::from_u128(1);
        let wrapped = master.make_key(file).unwrap();
        assert!(master.seal_of(Uuid::from_u128(2), &wrapped, bytes).is_err(), "another file's key");
        master.seal_of(file, &wrapped, bytes).unwrap()
    }

    #[test]
    fn a_chunk_opens_only_where_it_was_sealed() {
        let seal = seal_for(3);
        let mut sealed = Vec::new();
        seal.chunk(4, b"abc", &mut sealed).unwrap();
        assert_eq!(seal.open(4, &mut sealed.clone()).unwrap(), b"abc");
        assert!(seal.open(5, &mut sealed.clone()).is_err(), "moved");
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(seal.open(4, &mut bent).is_err(), "byte {at}");
        }
        assert!(seal.open(4, &mut []).is_err());
        let mut again = Vec::new();
        seal.chunk(4, b"abc", &mut again).unwrap();
        assert_ne!(sealed, again, "never the same nonce");
    }

    #[test]
    fn sizes_and_hex() {
        assert_eq!([0, 1, 65_536, 65_537].map(sealed_bytes), [0, 29, 65_564, 65_593]);
        assert_eq!(unhex::<2>(&hex(&[0xab, 1])), Some([0xab, 1]));
        assert_eq!(unhex::<2>("zzzz"), None);
    }
}
