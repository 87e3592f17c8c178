//! Whom the client believes to be the hub. The machine's own certificates by default; a hall
//! that signs its own gives its authority instead, and then nobody else is believed.

use crate::ClientError;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_tungstenite::Connector;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Both doors' idea of it, so that neither believes what the other does not.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) agent: ureq::Agent,
    /// `None`: the machine's certificates, read when a socket is opened.
    socket: Option<Arc<ClientConfig>>,
}

impl Trust {
    /// The machine's certificates.
    pub(crate) fn machine() -> Self {
        static AGENT: OnceLock<ureq::Agent> = OnceLock::new();
        let agent = AGENT.get_or_init(|| agent(RootCerts::PlatformVerifier)).clone();
        Self { agent, socket: None }
    }

    /// These and no others, as PEM.
    pub(crate) fn only(pem: &[u8]) -> Result<Self, ClientError> {
        let wrong = |reason: String| ClientError::Certificate(reason);
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong(error.to_string()))?;
        if certificates.is_empty() {
            return Err(wrong("no certificate in it; PEM is expected".to_owned()));
        }
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let certificates: Vec<Certificate<'static>> =
            certificates.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        let agent = agent(RootCerts::new_with_certs(&certificates));
        Ok(Self { agent, socket: Some(Arc::new(config)) })
    }

    pub(crate) fn connector(&self) -> Option<Connector> {
        self.socket.clone().map(Connector::Rustls)
    }
}

fn agent(roots: RootCerts) -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .user_agent(concat!("hub-client/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_in_words() {
        for (pem, word) in [
            ("", "no certificate"),
            ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "certificate"),
        ] {
            let error = Trust::only(pem.as_bytes()).expect_err("no certificate");
            assert!(error.to_string().to_lowercase().contains(word), "{error}");
        }
    }
}
