//! What a file may be: its name, what its bytes are, how large a picture or an archive may
//! unfold. Pure: bytes in, verdict out. Invariant: the content decides, never what a sender says
//! of it; a name that passed is safe to show, to store and to hand to any operating system.
//! Absent on purpose: where bytes lie (`persistence::blobs`) and who may read them.

mod archive;
mod kind;
mod name;
mod picture;

pub use archive::{
    DIRECTORY_BYTES_MAX, Directory, TAIL_BYTES, check_directory, check_seven_zip, find_directory,
};
pub use kind::{FileKind, check_ending, inline};
pub use name::clean_name;
pub use picture::{PIXELS_MAX, Size, check_size, picture_size};

use protocol::{ErrorBody, ErrorKind};

/// Bytes from the beginning that tell what a file is.
pub const HEAD_BYTES: usize = 64 * 1024;

/// What the bytes come to, or why they are not taken.
pub fn inspect(name: &str, head: &[u8]) -> Result<(FileKind, Option<Size>), ErrorBody> {
    let kind = FileKind::of(head);
    kind.check(name)?;
    let size = picture_size(kind, head);
    if let Some(size) = size {
        check_size(size)?;
    }
    Ok((kind, size))
}

fn refused(code: &'static str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorKind::Invalid, code, message).field("name")
}
