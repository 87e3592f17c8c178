//! The hub's own certificate: read from PEM files, shown to whoever connects, read again on
//! SIGHUP without cutting anybody off. Invariant: a file that cannot be used changes nothing;
//! the certificate of before goes on being shown.
//! Its end is told in the log thirty days before, seven, one, and when it is over.
//! Absent on purpose: getting certificates, and certificates of clients.

mod ends;

pub(crate) use ends::{days_left, stage};

use crate::config::Config;
use gateway::TlsConfig;
use protocol::Millis;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// What is shown to whoever connects next.
#[derive(Debug)]
pub(crate) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    shown: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// `None` where the settings name no certificate: the hub then speaks plain HTTP.
    pub(crate) fn of(config: &Config) -> Result<Option<Arc<Self>>, String> {
        match (&config.tls_cert, &config.tls_key) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => {
                let shown = RwLock::new(Arc::new(read(chain, key)?));
                let (chain, key) = (chain.clone(), key.clone());
                Ok(Some(Arc::new(Self { chain, key, shown })))
            }
            _ => Err("tls.cert and tls.key go together: a certificate is of no use without \
                      its key"
                .to_owned()),
        }
    }

    /// Shows what the files hold now. Connections that stand are not touched.
    pub(crate) fn reload(&self) {
        match read(&self.chain, &self.key) {
            Ok(fresh) => {
                *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                tracing::info!(file = %self.chain.display(), "certificate read again");
            }
            Err(why) => tracing::error!(%why, "certificate not read again; the old one stays"),
        }
    }

    /// When the first of the chain ends; `None` where no end can be read.
    pub(crate) fn ends_at(&self) -> Option<Millis> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner).clone();
        shown.cert.iter().filter_map(|one| ends::ends_at(one)).min()
    }

    pub(crate) fn config(self: &Arc<Self>) -> Result<TlsConfig, String> {
        let config = TlsConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        Ok(config.with_no_client_auth().with_cert_resolver(self.clone()))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(chain: &Path, key: &Path) -> Result<CertifiedKey, String> {
    let in_file =
        |file: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| in_file(chain, &error))?;
    if certificates.is_empty() {
        return Err(in_file(chain, &"no certificate in it; PEM is expected"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| in_file(key, &error))?;
    CertifiedKey::from_der(certificates, secret, &ring::default_provider())
        .map_err(|error| format!("{} and {}: {error}", chain.display(), key.display()))
}
