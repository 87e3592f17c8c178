//! Configuration: defaults, then a TOML file, then the environment, then flags.
//! Invariant: a value that is wrong stops the program with its key, its text, where it came
//! from and what was expected; an unknown key in a file or a flag is refused.

use crate::keys::{KEYS, Key, variable};
use crate::mail::MailTls;
use crate::push::PushSettings;
use domain::Policy;
use gateway::{ForwardedHeader, Network};
use persistence::{BlobOptions, BucketOptions};
use protocol::account::Secret;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Everything an operator may set. What each means stands in `keys.rs`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) data: PathBuf,
    pub(crate) arbiters: usize,
    pub(crate) readers: u32,
    pub(crate) origins: Vec<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) workers: usize,
    pub(crate) secure_cookie: bool,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) connections_per_address: usize,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) forwarded_header: ForwardedHeader,
    pub(crate) metrics_networks: Vec<Network>,
    pub(crate) metrics_token: Option<Secret>,
    pub(crate) commands_per_second: u32,
    pub(crate) commands_burst: u32,
    pub(crate) sign_ins_per_minute: u32,
    pub(crate) outbox_bytes_max: usize,
    pub(crate) argon2_memory_kib: u32,
    pub(crate) drive_folder: Option<PathBuf>,
    pub(crate) drive_key: Option<PathBuf>,
    pub(crate) file_bytes_max: u64,
    pub(crate) account_bytes_max: u64,
    /// Files lie in a bucket and not in the folder.
    pub(crate) blobs_in_bucket: bool,
    pub(crate) bucket: BucketOptions,
    pub(crate) policy: Policy,
    pub(crate) mail_server: Option<String>,
    pub(crate) mail_tls: MailTls,
    pub(crate) mail_from: String,
    pub(crate) mail_user: String,
    pub(crate) mail_password: Option<Secret>,
    pub(crate) outbound_allow: Vec<Network>,
    pub(crate) push: PushSettings,
    pub(crate) media_listen: Vec<SocketAddr>,
    pub(crate) media_announce: Vec<IpAddr>,
    pub(crate) log_level: String,
    pub(crate) log_json: bool,
}

impl Config {
    /// `variables` is the environment; `flags` are `(key, text)` in order.
    pub(crate) fn read(
        file: Option<&Path>,
        variables: impl Fn(&str) -> Option<String>,
        flags: &[(String, String)],
    ) -> Result<Self, String> {
        let mut config = Self::default();
        for key in KEYS {
            config.set(key, key.default, "default")?;
        }
        if let Some(path) = file {
            config.read_file(path)?;
        }
        // Only known names are looked up: an orchestrator puts HUB_… of its own there.
        for key in KEYS {
            let name = variable(key.name);
            if let Some(text) = variables(&name) {
                config.set(key, &text, &format!("environment {name}"))?;
            }
        }
        for (name, text) in flags {
            let key = find(name).map_err(|known| format!("--set {name}: {known}"))?;
            config.set(key, text, "flag")?;
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for threads in [&mut config.arbiters, &mut config.workers] {
            if *threads == 0 {
                *threads = cores;
            }
        }
        Ok(config)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("hub.db")
    }

    /// Where files go, and what of them.
    pub(crate) fn files(&self) -> BlobOptions {
        let or = |set: &Option<PathBuf>, name| set.clone().unwrap_or_else(|| self.data.join(name));
        BlobOptions {
            folder: or(&self.drive_folder, "drive"),
            key: or(&self.drive_key, "drive.key"),
            file_bytes_max: self.file_bytes_max,
            account_bytes_max: self.account_bytes_max,
        }
    }

    fn set(&mut self, key: &Key, text: &str, from: &str) -> Result<(), String> {
        (key.set)(self, text).map_err(|expected| {
            // A secret is not repeated, not even a wrong one.
            let shown = if key.is_secret() { "…".to_owned() } else { format!("{text:?}") };
            format!("{} = {shown} ({from}): expected {expected}", key.name)
        })
    }

    fn read_file(&mut self, path: &Path) -> Result<(), String> {
        let place = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| format!("{place}: {error}"))?;
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| format!("{place}: {error}"))?;
        let mut found = Vec::new();
        flatten("", &table, &mut found);
        for (name, value) in found {
            let key = find(&name).map_err(|known| format!("{place}: {name}: {known}"))?;
            self.set(key, &value, &place)?;
        }
        Ok(())
    }
}

fn find(name: &str) -> Result<&'static Key, String> {
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| {
        let last = name.rsplit('.').next().unwrap_or(name);
        let near = KEYS.iter().find(|key| key.name.ends_with(last) || key.name.contains(last));
        match near {
            Some(key) => format!("no such setting; did you mean {}?", key.name),
            None => "no such setting; `hub config schema` lists them all".to_owned(),
        }
    })
}

fn flatten(prefix: &str, table: &toml::Table, found: &mut Vec<(String, String)>) {
    for (name, value) in table {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(table) => flatten(&name, table, found),
            toml::Value::Array(parts) => {
                found.push((name, parts.iter().map(plain).collect::<Vec<_>>().join(",")));
            }
            value => found.push((name, plain(value))),
        }
    }
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, flags: &[(&str, &str)]) -> Result<Config, String> {
        // One file a test thread: tests of this module run side by side.
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("config").replace(':', "_");
        let path = std::env::temp_dir().join(format!("{name}-{}.toml", std::process::id()));
        std::fs::write(&path, file).expect("the temporary folder is writable");
        let flags: Vec<(String, String)> =
            flags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let config = Config::read(Some(&path), |_| None, &flags);
        std::fs::remove_file(&path).expect("the file was written above");
        config
    }

    #[test]
    fn the_schema_is_a_file_that_changes_nothing() {
        let (written, bare) = (read(&crate::keys::schema(), &[]), read("", &[]));
        assert_eq!(format!("{written:?}"), format!("{bare:?}"));
        assert!(written.is_ok());
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let config = read("[web]\ncommands_burst = 7", &[]).expect("it fits");
        assert_eq!(config.commands_burst, 7);
        let from_environment = |name: &str| (name == "HUB_DATA").then(|| "there".to_owned());
        let config = Config::read(None, from_environment, &[]).expect("it fits");
        assert_eq!(config.data, PathBuf::from("there"));
        let flag = [("data".to_owned(), "here".to_owned())];
        let config = Config::read(None, from_environment, &flag).expect("it fits");
        assert_eq!(config.data, PathBuf::from("here"));
    }

    #[test]
    fn a_bad_value_is_named_with_its_key_and_what_was_expected() {
        let error = read("[web]\ncommands_burst = \"many\"", &[]).expect_err("not a number");
        assert!(error.starts_with("web.commands_burst = \"many\" ("), "{error}");
        assert!(error.ends_with("expected a whole number from 1 to 1000000"), "{error}");
        let error = read("", &[("listen", "8080")]).expect_err("no address");
        assert!(error.contains("listen = \"8080\" (flag)"), "{error}");
    }

    #[test]
    fn a_wildcard_is_no_origin_because_cookies_come_along() {
        let error = read("[web]\norigins = [\"*\"]", &[]).expect_err("everybody");
        assert!(error.contains("origins without a path"), "{error}");
        let file = "[web]\norigins = [\"https://a.cn\", \"http://[::1]:8080\"]";
        assert_eq!(read(file, &[]).expect("two").origins.len(), 2);
    }

    #[test]
    fn the_public_address_is_one_origin() {
        assert_eq!(read("", &[]).expect("defaults").public_url, None);
        let set = read("", &[("web.public_url", "https://hall.example/")]).expect("an origin");
        assert_eq!(set.public_url.as_deref(), Some("https://hall.example"));
        for wrong in ["hall.example", "https://a.cn,https://b.cn", "https://a.cn/hub"] {
            let error = read("", &[("web.public_url", wrong)]).expect_err(wrong);
            assert!(error.contains("one address without a path"), "{error}");
        }
    }

    #[test]
    fn networks_and_the_header_of_the_proxies_are_read() {
        let file = "[web]\ntrusted_proxies = \"10.0.0.0/8, 2001:db8::/32\"\n\
                    forwarded_header = \"forwarded\"\n[metrics]\nnetworks = []";
        let config = read(file, &[]).expect("it fits");
        assert_eq!(config.trusted_proxies.len(), 2);
        assert_eq!(config.forwarded_header, ForwardedHeader::Forwarded);
        assert!(config.metrics_networks.is_empty() && config.metrics_token.is_none());
        let bare = read("", &[]).expect("it fits");
        assert!(bare.trusted_proxies.is_empty(), "nobody is believed unless named");
        let here = ["127.0.0.1", "::1"].map(|here| here.parse().expect("an address"));
        assert!(here.iter().all(|here| bare.metrics_networks.iter().any(|n| n.contains(*here))));
        let error = read("", &[("web.trusted_proxies", "10.0.0.0/40")]).expect_err("too long");
        assert!(error.ends_with("expected networks: 10.0.0.0/8, 2001:db8::/32"), "{error}");
    }

    #[test]
    fn a_token_is_long_and_never_printed() {
        assert!(read("", &[("metrics.token", "short")]).is_err());
        let token = "0123456789abcdef-secret";
        let config = read("", &[("metrics.token", token)]).expect("long enough");
        assert_eq!(config.metrics_token.as_ref().map(|token| token.0.as_str()), Some(token));
        assert!(!format!("{config:?}").contains(token));
        let spaced = read("", &[("metrics.token", "0123456789 abcdef")]).expect_err("a space");
        assert!(!spaced.contains("0123456789"), "{spaced}");
    }

    #[test]
    fn unknown_keys_are_refused_and_the_near_one_named() {
        let error = read("commands_burst = 7", &[]).expect_err("it lives in a table");
        assert!(error.ends_with("did you mean web.commands_burst?"), "{error}");
        assert!(read("[web]\ncolour = 1", &[]).is_err());
    }
}
