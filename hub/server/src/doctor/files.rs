//! Whether the store of files can be written and read, and whether their key is there.

use super::Found;
use crate::{config::Config, files};
use kernel::{IdSource, SystemIds};
use persistence::Shelf;
use std::io;

/// Writes a few bytes into the bucket, reads them back and takes them away.
pub(super) async fn bucket(config: &Config) -> Found {
    const CHECK: &str = "files";
    let shelf = match files::shelf(config) {
        Ok(Some(shelf)) => shelf,
        Ok(None) => return Found::ok(CHECK, "in the folder of the hub"),
        Err(why) => return Found::bad(CHECK, why),
    };
    let place = format!("bucket {} at {}", config.bucket.bucket, config.bucket.endpoint);
    match tried(&*shelf).await {
        Ok(()) => Found::ok(CHECK, format!("{place}: written, read and removed again")),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Found::bad(
            CHECK,
            format!("{place}: refused. Look at blobs.access_key, its secret and its rights"),
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Found::bad(CHECK, format!("{place}: there is no such bucket. Make it first"))
        }
        Err(error) => Found::bad(CHECK, format!("{place}: does not answer as it should: {error}")),
    }
}

async fn tried(shelf: &dyn Shelf) -> io::Result<()> {
    const TEXT: &[u8] = b"hub doctor";
    let name = format!("{}.doctor", SystemIds.next());
    shelf.put(name.clone(), TEXT.to_vec()).await?;
    let read = shelf.read(name.clone(), 0, TEXT.len()).await?;
    shelf.remove(name).await?;
    if read == TEXT { Ok(()) } else { Err(io::Error::other("other bytes came back")) }
}
