//! TLS: the hub's own, and that of a proxy before it. Each test has an authority of its own.

use crate::hub::{Folder, Hub, PASSWORD, Person, next_text};
use client::{ClientError, Door};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Signs what it is asked to; the machine knows nothing of it.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("randomness");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("signed").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A fresh certificate for this machine and its key, both as PEM.
    fn certify(&self) -> (String, String) {
        let key = KeyPair::generate().expect("randomness");
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let params = CertificateParams::new(names).expect("good names");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        (certificate.pem(), key.serialize_pem())
    }

    /// The certificate that is shown at an address, if this authority has signed it.
    async fn shown_at(&self, address: &str) -> CertificateDer<'static> {
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_slice(self.pem.as_bytes()).expect("PEM");
        roots.add(own).expect("a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address).await.expect("it listens");
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let stream = stream.expect("a certificate of this authority");
        let chain = stream.get_ref().1.peer_certificates().expect("shown");
        chain[0].clone().into_owned()
    }
}

/// Where a hub's certificate lies.
struct Files {
    cert: PathBuf,
    key: PathBuf,
}

impl Files {
    fn write(folder: &Path, (cert, key): &(String, String)) -> Self {
        let files = Self { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&files.cert, cert).expect("written");
        std::fs::write(&files.key, key).expect("written");
        files
    }

    fn settings(&self) -> [String; 2] {
        [format!("tls.cert={}", self.cert.display()), format!("tls.key={}", self.key.display())]
    }
}

async fn secured(folder: &Folder, authority: &Authority, people: &[&str]) -> Hub {
    let files = Files::write(&folder.0, &authority.certify());
    Hub::people(&folder.0, people).await;
    let hub = Hub::start_set(&folder.0, "127.0.0.1:0", &files.settings()).await;
    assert!(hub.url.starts_with("https://127.0.0.1:"), "{}", hub.url);
    hub.trusting(&authority.pem)
}

fn der((cert, _): &(String, String)) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(cert.as_bytes()).expect("PEM")
}

#[tokio::test]
async fn the_client_resumes_over_tls_after_the_hub_was_killed() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let mut hub = secured(&folder, &authority, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("加密", &[wang.account]).await;
    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    aygul.say(room, "before").await;
    assert_eq!(next_text(&mut watch).await, "before");
    hub.kill_and_restart().await;
    aygul.say(room, "after").await;
    assert_eq!(next_text(&mut watch).await, "after", "each once, in order, over a new socket");
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn who_does_not_know_the_authority_does_not_talk() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let hub = secured(&folder, &authority, &["aygul"]).await;
    let stranger = Authority::new();
    let doors = [
        Door::new(&hub.url).expect("an address"),
        Door::new(&hub.url).expect("an address").trusting(stranger.pem.as_bytes()).expect("PEM"),
    ];
    for door in doors {
        let refused = door.sign_in("aygul", PASSWORD, None).await;
        let Err(ClientError::Unreachable(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("certificate"), "{why}");
    }
    hub.sign_in("aygul").await;
}

#[tokio::test]
async fn a_new_certificate_is_shown_after_sighup_and_a_bad_one_is_not() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let mut hub = secured(&folder, &authority, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("换证", &[wang.account]).await;
    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    let first = authority.shown_at(hub.listen()).await;

    let renewed = authority.certify();
    let files = Files::write(&folder.0, &renewed);
    hub.signal("-HUP").await;
    hub.says("certificate read again").await;
    assert_eq!(authority.shown_at(hub.listen()).await, der(&renewed));
    assert_ne!(first, der(&renewed));

    // A key that is not its key, and a file that is no certificate: the one of before stays.
    let (_, other) = authority.certify();
    for (cert, key) in [(&*renewed.0, &*other), ("no certificate", &*renewed.1)] {
        std::fs::write(&files.cert, cert).expect("written");
        std::fs::write(&files.key, key).expect("written");
        hub.signal("-HUP").await;
        hub.says("certificate not read again").await;
        assert_eq!(authority.shown_at(hub.listen()).await, der(&renewed));
    }
    aygul.say(room, "still here").await;
    assert_eq!(next_text(&mut watch).await, "still here", "over the sockets of before");
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_named_and_nothing_starts() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let ((cert, _), (_, other)) = (authority.certify(), authority.certify());
    let files = Files::write(&folder.0, &(cert, other));
    let [cert, key] = files.settings();
    for (settings, word) in [
        (vec!["--set", &cert, "--set", &key], "key.pem"),
        (vec!["--set", &cert], "go together"),
        (vec!["--set", &cert, "--set", "tls.key=/nowhere"], "/nowhere"),
    ] {
        for command in [&["serve"][..], &["config", "check"]] {
            let words: Vec<&str> = command.iter().chain(&settings).copied().collect();
            let output = crate::hub::run(&folder.0.join("data"), &words, "").await;
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{words:?}");
            assert!(errors.contains(word), "{words:?}: {errors}");
        }
    }
    assert!(!folder.0.join("data").exists());
}

/// Ends TLS and passes bytes on, as nginx would; cuts everybody off when told.
async fn proxy(to: String, tls: ServerConfig, cut: watch::Receiver<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    tokio::spawn(async move {
        while let Ok((outside, _)) = listener.accept().await {
            let (acceptor, to, mut cut) = (acceptor.clone(), to.clone(), cut.clone());
            cut.mark_unchanged();
            tokio::spawn(async move {
                let Ok(mut outside) = acceptor.accept(outside).await else { return };
                let Ok(mut inside) = TcpStream::connect(&to).await else { return };
                tokio::select! {
                    // Neither side says goodbye.
                    _ = cut.changed() => {}
                    _ = tokio::io::copy_bidirectional(&mut outside, &mut inside) => {}
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn the_client_resumes_through_a_tls_proxy_that_cuts_everybody_off() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let certified = authority.certify();
    let key = PrivateKeyDer::from_pem_slice(certified.1.as_bytes()).expect("PEM");
    let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks them")
        .with_no_client_auth()
        .with_single_cert(vec![der(&certified)], key)
        .expect("they belong together");
    let (cut, cutting) = watch::channel(());
    let address = proxy(hub.listen().to_owned(), tls, cutting).await;
    let door = || {
        let door = Door::new(&format!("https://{address}")).expect("an address");
        door.trusting(authority.pem.as_bytes()).expect("PEM")
    };
    let aygul = Person::through(door(), "aygul").await;
    let wang = Person::through(door(), "wangwei").await;
    let room = aygul.make_room("代理", &[wang.account]).await;
    let mut watch = wang.client.watch(room, 0).await.expect("connected");
    for n in 0..5 {
        let text = format!("{n}");
        aygul.say(room, &text).await;
        assert_eq!(next_text(&mut watch).await, text, "each once, in order");
        cut.send_replace(());
    }
}
