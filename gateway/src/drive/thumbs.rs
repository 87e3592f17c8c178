//! Small pictures of pictures, made when first asked for and kept sealed beside the file.
//! Invariant: one picture is decoded at a time, on a thread that may take long, and none larger
//! than `domain::file::PIXELS_MAX`: decoding is where a hostile file costs most.

use crate::error::Refusal;
use image::{
    DynamicImage, ImageDecoder, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};
use persistence::{Blob, Blobs, PIXELS_MAX};
use protocol::{ErrorBody, ErrorKind};
use std::io::Cursor;
use tokio::sync::Semaphore;

/// The longer side: what a message shows on a dense screen.
const SIDE: u32 = 480;
/// A larger file gets none: it would have to be held in memory to be decoded.
const FILE_BYTES_MAX: u64 = 48 * 1024 * 1024;
/// Requests that may wait for their turn.
const WAITING_MAX: usize = 64;

pub(crate) struct Thumbs {
    turn: Semaphore,
    waiting: Semaphore,
}

impl Default for Thumbs {
    fn default() -> Self {
        Self { turn: Semaphore::new(1), waiting: Semaphore::new(WAITING_MAX) }
    }
}

impl Thumbs {
    /// The thumbnail of a picture, as JPEG.
    pub(crate) async fn of(&self, blobs: &Blobs, blob: &Blob) -> Result<Vec<u8>, Refusal> {
        if let Some(kept) = blobs.thumb(blob).await? {
            return Ok(kept);
        }
        if blob.size.is_none() || blob.bytes > FILE_BYTES_MAX {
            return Err(none().into());
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| ErrorBody::busy())?;
        let _turn = self.turn.acquire().await.map_err(|_| ErrorBody::internal())?;
        // Whoever had the turn before may have made it.
        if let Some(kept) = blobs.thumb(blob).await? {
            return Ok(kept);
        }
        let mut reader = blobs.read(blob, 0..blob.bytes)?;
        let mut bytes = Vec::with_capacity(usize::try_from(blob.bytes).unwrap_or_default());
        while let Some(piece) = reader.next().await? {
            bytes.extend_from_slice(&piece);
        }
        let made = tokio::task::spawn_blocking(move || shrink(&bytes)).await;
        let made = made.map_err(|_| ErrorBody::internal())?.map_err(|error| {
            tracing::debug!(%error, "no thumbnail");
            none()
        })?;
        blobs.keep_thumb(blob, &made).await?;
        Ok(made)
    }
}

fn none() -> ErrorBody {
    let message = "there is no small picture of this file";
    ErrorBody::new(ErrorKind::NotFound, "drive.no_thumbnail", message)
}

fn shrink(bytes: &[u8]) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(PIXELS_MAX * 4);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut small = DynamicImage::from_decoder(decoder)?.thumbnail(SIDE, SIDE);
    small.apply_orientation(turned);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 80).encode_image(&on_white(&small))?;
    Ok(out)
}

/// JPEG has no transparency: what shows through is white.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    let mut flat = image::RgbImage::new(picture.width(), picture.height());
    let picture = picture.to_rgba8();
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let over = |part: u32| ((part * alpha + 255 * (255 - alpha)) / 255) as u8;
        to.0 = [over(red), over(green), over(blue)];
    }
    DynamicImage::ImageRgb8(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};

    #[test]
    fn a_picture_becomes_small_and_flat() {
        let mut picture = RgbaImage::from_pixel(1_000, 500, Rgba([0, 0, 0, 0]));
        picture.put_pixel(0, 0, Rgba([255, 0, 0, 255]));
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let mut file = Cursor::new(Vec::new());
            picture.write_to(&mut file, format).expect("it can be written");
            let small = shrink(file.get_ref()).expect("a picture");
            let small = image::load_from_memory(&small).expect("a JPEG").to_rgb8();
            assert_eq!((small.width(), small.height()), (480, 240));
            assert!(small.get_pixel(200, 200).0.iter().all(|part| *part > 250), "white below");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_an_error() {
        assert!(shrink(b"\x89PNG\r\n\x1a\n").is_err());
        assert!(shrink(b"").is_err());
    }
}
