//! Which shelf the finished files lie on, as the settings say. Invariant: settings that cannot
//! work are told by their key before anything is opened; a store that merely does not answer is
//! told by each request, and by `hub doctor`.

use crate::config::Config;
use persistence::{BUCKET_FILE_BYTES_MAX, Bucket, Shelf};
use std::sync::Arc;

/// The bucket that is set; `None` is the folder.
pub(crate) fn shelf(config: &Config) -> Result<Option<Arc<dyn Shelf>>, String> {
    if !config.blobs_in_bucket {
        return Ok(None);
    }
    let bucket = &config.bucket;
    let secret = bucket.access_secret.as_ref().map_or("", |secret| &secret.0);
    for (key, text) in [
        ("blobs.endpoint", &*bucket.endpoint),
        ("blobs.bucket", &bucket.bucket),
        ("blobs.access_key", &bucket.access_key),
        ("blobs.access_secret", secret),
    ] {
        if text.is_empty() {
            return Err(format!("{key}: needed where blobs.store is s3"));
        }
    }
    if !bucket.endpoint.starts_with("https://") && !bucket.endpoint.starts_with("http://") {
        return Err("blobs.endpoint: expected an address: https://s3.example.cn".to_owned());
    }
    if config.file_bytes_max > BUCKET_FILE_BYTES_MAX {
        return Err(format!(
            "drive.file_bytes_max: at most {BUCKET_FILE_BYTES_MAX} where blobs.store is s3"
        ));
    }
    // One provider for everything that speaks TLS here; set already is as good.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let opened = Bucket::open(bucket).map_err(|error| format!("blobs.endpoint: {error}"))?;
    Ok(Some(Arc::new(opened)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Config {
        let flags: Vec<_> =
            settings.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        Config::read(None, |_| None, &flags).expect("each fits")
    }

    #[test]
    fn what_a_bucket_needs_is_named_and_its_secret_is_not() {
        assert!(shelf(&read(&[])).expect("a folder").is_none());
        let mut settings = vec![("blobs.store", "s3")];
        for (key, text) in [
            ("blobs.endpoint", "https://s3.example.cn"),
            ("blobs.bucket", "files"),
            ("blobs.access_key", "hub"),
            ("blobs.access_secret", "snow-and-sand"),
        ] {
            let missing = shelf(&read(&settings)).err().expect("something lacks");
            assert_eq!(missing, format!("{key}: needed where blobs.store is s3"));
            settings.push((key, text));
        }
        let whole = read(&settings);
        assert!(!format!("{whole:?}").contains("snow-and-sand"), "printed");
        assert!(shelf(&whole).expect("whole").is_some());
        settings.push(("drive.file_bytes_max", "100000000000"));
        let large = shelf(&read(&settings)).err().expect("more than 10,000 parts");
        assert!(large.starts_with("drive.file_bytes_max: "), "{large}");
    }
}
