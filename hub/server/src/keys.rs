//! The settings of the hub, one line each: key, default, meaning and how it is read.
//! File, environment, flags and the printed schema all come from this one table, so none
//! of them can know a key that the others do not.

mod read;

use crate::config::Config;
use protocol::account::Secret;
use read::*;
use std::fmt::Write as _;

/// One setting. `set` says in words what it expected when the text does not fit.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) about: &'static str,
    pub(crate) set: fn(&mut Config, &str) -> Result<(), String>,
}

impl Key {
    /// Its value is written in no error and no log.
    pub(crate) fn is_secret(&self) -> bool {
        [".token", ".password", "_secret"].iter().any(|end| self.name.ends_with(end))
    }
}

/// Every setting. A dot in a name is a table in the file and `_` in the environment.
pub(crate) const KEYS: &[Key] = &[
    Key {
        name: "listen",
        default: "127.0.0.1:8080, [::1]:8080",
        about: "Addresses to serve at, separated by commas; port 0 takes any free one.",
        set: |c, t| addresses(t).map(|v| c.listen = v),
    },
    Key {
        name: "data",
        default: "data",
        about: "Folder of the database; created when missing.",
        set: |c, t| text(t).map(|v| c.data = v.into()),
    },
    Key {
        name: "arbiters",
        default: "0",
        about: "Threads that run rooms and accounts; 0 takes one for each core.",
        set: |c, t| number(t, 0, 1024).map(|v| c.arbiters = v),
    },
    Key {
        name: "store.readers",
        default: "4",
        about: "Database connections that only read.",
        set: |c, t| number(t, 1, 256).map(|v| c.readers = v),
    },
    Key {
        name: "web.origins",
        default: "",
        about: "Origins allowed besides the hub's own (WebSocket, CORS): https://hall.example",
        set: |c, t| origins(t).map(|v| c.origins = v),
    },
    Key {
        name: "web.public_url",
        default: "",
        about: "The one address that people type: https://hall.example. Applications know the hub by it.",
        set: |c, t| public_url(t).map(|v| c.public_url = v),
    },
    Key {
        name: "web.workers",
        default: "0",
        about: "Threads that serve HTTP and WebSocket; 0 takes one for each core.",
        set: |c, t| number(t, 0, 1024).map(|v| c.workers = v),
    },
    Key {
        name: "web.secure_cookie",
        default: "false",
        about: "Send the session cookie over HTTPS only. Set it where TLS ends before the hub.",
        set: |c, t| yes_or_no(t).map(|v| c.secure_cookie = v),
    },
    Key {
        name: "web.connections_per_address",
        default: "200",
        about: "Connections that one network address may hold; a hall shares one. 0: no limit.",
        set: |c, t| number(t, 0, 1_000_000).map(|v| c.connections_per_address = v),
    },
    Key {
        name: "web.trusted_proxies",
        default: "",
        about: "Proxies whose word on the client's address is taken: 10.0.0.0/8, 2001:db8::/32",
        set: |c, t| networks(t).map(|v| c.trusted_proxies = v),
    },
    Key {
        name: "web.forwarded_header",
        default: "x-forwarded-for",
        about: "The header they write it in: `x-forwarded-for`, or `forwarded` (RFC 7239).",
        set: |c, t| forwarded_header(t).map(|v| c.forwarded_header = v),
    },
    Key {
        name: "web.commands_per_second",
        default: "20",
        about: "Commands a second that one account may send for long.",
        set: |c, t| number(t, 1, 1_000_000).map(|v| c.commands_per_second = v),
    },
    Key {
        name: "web.commands_burst",
        default: "100",
        about: "Commands that one account may send at once.",
        set: |c, t| number(t, 1, 1_000_000).map(|v| c.commands_burst = v),
    },
    Key {
        name: "web.sign_ins_per_minute",
        default: "60",
        about: "Sign-ins a minute that one network address may try.",
        set: |c, t| number(t, 1, 1_000_000).map(|v| c.sign_ins_per_minute = v),
    },
    Key {
        name: "web.outbox_bytes_max",
        default: "262144",
        about: "Bytes that wait for one slow reader before its queue is dropped.",
        set: |c, t| number(t, 16 * 1024, 64 * 1024 * 1024).map(|v| c.outbox_bytes_max = v),
    },
    Key {
        name: "tls.cert",
        default: "",
        about: "File of the hub's certificate and those above it (PEM); none: plain HTTP.",
        set: |c, t| file(t).map(|v| c.tls_cert = v),
    },
    Key {
        name: "tls.key",
        default: "",
        about: "File of the certificate's key (PEM). SIGHUP reads both files again.",
        set: |c, t| file(t).map(|v| c.tls_key = v),
    },
    Key {
        name: "metrics.networks",
        default: "127.0.0.0/8, ::1",
        about: "Networks that may read /metrics; by default this machine alone.",
        set: |c, t| networks(t).map(|v| c.metrics_networks = v),
    },
    Key {
        name: "metrics.token",
        default: "",
        about: "Bearer token that opens /metrics from anywhere else; none when empty.",
        set: |c, t| token(t).map(|v| c.metrics_token = v),
    },
    Key {
        name: "passwords.memory_kib",
        default: "19456",
        about: "Memory of one argon2id hash; 19456 is what OWASP asks for at least.",
        set: |c, t| number(t, 64, 4 * 1024 * 1024).map(|v| c.argon2_memory_kib = v),
    },
    Key {
        name: "passwords.chars_min",
        default: "10",
        about: "Shortest password.",
        set: |c, t| number(t, 8, 128).map(|v| c.policy.password_chars_min = v),
    },
    Key {
        name: "sign_in.failures_max",
        default: "5",
        about: "Failures in a row that lock an account.",
        set: |c, t| number(t, 1, 100).map(|v| c.policy.sign_in_failures_max = v),
    },
    Key {
        name: "sign_in.lock_seconds",
        default: "900",
        about: "How long such a lock lasts.",
        set: |c, t| seconds(t).map(|ms| c.policy.lock_ms = ms),
    },
    Key {
        name: "sign_in.session_seconds",
        default: "43200",
        about: "How long a sign-in lasts.",
        set: |c, t| seconds(t).map(|ms| c.policy.session_ms = ms),
    },
    Key {
        name: "sign_in.sessions_max",
        default: "10",
        about: "Sign-ins that one account may hold; the oldest gives way.",
        set: |c, t| number(t, 1, 1000).map(|v| c.policy.sessions_max = v),
    },
    Key {
        name: "rooms.members_max",
        default: "500",
        about: "Members of one group.",
        set: |c, t| number(t, 2, 100_000).map(|v| c.policy.room_members_max = v),
    },
    Key {
        name: "rooms.announcement_members_max",
        default: "100000",
        about: "Members of one announcement room.",
        set: |c, t| number(t, 2, 100_000).map(|v| c.policy.announcement_members_max = v),
    },
    Key {
        name: "rooms.urgent_repeat_seconds",
        default: "300",
        about: "How soon an urgent message is shown again to who has not acknowledged it.",
        set: |c, t| seconds(t).map(|ms| c.policy.urgent_repeat_ms = ms),
    },
    Key {
        name: "rooms.urgent_mail_after",
        default: "2",
        about: "The repetition at which a mail goes out as well.",
        set: |c, t| number(t, 1, 100).map(|v| c.policy.urgent_mail_after = v),
    },
    Key {
        name: "rooms.urgent_times_max",
        default: "6",
        about: "Repetitions of an urgent message.",
        set: |c, t| number(t, 1, 100).map(|v| c.policy.urgent_times_max = v),
    },
    Key {
        name: "rooms.recall_seconds",
        default: "7200",
        about: "How long a sender may take a message back.",
        set: |c, t| seconds(t).map(|ms| c.policy.recall_within_ms = ms),
    },
    Key {
        name: "plans.remind_seconds",
        default: "86400",
        about: "How long a week's plan waits until those who review it are reminded.",
        set: |c, t| seconds(t).map(|ms| c.policy.plan_remind_ms = ms),
    },
    Key {
        name: "contacts.grant_seconds",
        default: "43200",
        about: "How long a permission to talk lasts, until operators say otherwise on their page.",
        set: |c, t| seconds(t).map(|ms| c.policy.contact_grant_ms = ms),
    },
    Key {
        name: "mail.server",
        default: "",
        about: "Mail server (SMTP) for urgent messages: smtp.example.cn:587; none: no mail.",
        set: |c, t| optional(t).map(|v| c.mail_server = v),
    },
    Key {
        name: "mail.tls",
        default: "starttls",
        about: "`starttls`, `tls` from the first byte, or `none` for a relay on this machine.",
        set: |c, t| mail_tls(t).map(|v| c.mail_tls = v),
    },
    Key {
        name: "mail.from",
        default: "hub@localhost",
        about: "The sender's address of the hub's mails.",
        set: |c, t| text(t).map(|v| c.mail_from = v),
    },
    Key {
        name: "mail.user",
        default: "",
        about: "User of the hub at the mail server; none: no sign-in there.",
        set: |c, t| optional(t).map(|v| c.mail_user = v.unwrap_or_default()),
    },
    Key {
        name: "mail.password",
        default: "",
        about: "Its password.",
        set: |c, t| optional(t).map(|v| c.mail_password = v.map(Secret)),
    },
    Key {
        name: "outbound.allow",
        default: "",
        about: "Networks of one's own that links and webhooks may reach: 10.20.0.0/16",
        set: |c, t| networks(t).map(|v| c.outbound_allow = v),
    },
    Key {
        name: "push.key",
        default: "",
        about: "File of the key that browsers know the hub by; `push.key` beside the database.",
        set: |c, t| file(t).map(|v| c.push.key = v),
    },
    Key {
        name: "push.subject",
        default: "mailto:hub@localhost",
        about: "Whom a browser's push service may write to: mailto:it@hall.example.cn",
        set: |c, t| text(t).map(|v| c.push.subject = v),
    },
    Key {
        name: "push.apns_key",
        default: "",
        about: "File of the key for Apple's push service (.p8); none: no push to iPhones.",
        set: |c, t| file(t).map(|v| c.push.apns_key = v),
    },
    Key {
        name: "push.apns_key_id",
        default: "",
        about: "Its id.",
        set: |c, t| optional(t).map(|v| c.push.apns_key_id = v),
    },
    Key {
        name: "push.apns_team",
        default: "",
        about: "The team that it belongs to.",
        set: |c, t| optional(t).map(|v| c.push.apns_team = v),
    },
    Key {
        name: "push.apns_topic",
        default: "",
        about: "The bundle id of the app.",
        set: |c, t| optional(t).map(|v| c.push.apns_topic = v),
    },
    Key {
        name: "push.apns_url",
        default: "https://api.push.apple.com",
        about: "Where Apple's push service is.",
        set: |c, t| text(t).map(|v| c.push.apns_url = v),
    },
    Key {
        name: "push.fcm_account",
        default: "",
        about: "File of the service account for Google's push (JSON); none: no push there.",
        set: |c, t| file(t).map(|v| c.push.fcm_account = v),
    },
    Key {
        name: "push.fcm_url",
        default: "https://fcm.googleapis.com",
        about: "Where Google's push service is.",
        set: |c, t| text(t).map(|v| c.push.fcm_url = v),
    },
    Key {
        name: "push.huawei_app",
        default: "",
        about: "The app's id at Huawei's push service; none: no push there.",
        set: |c, t| optional(t).map(|v| c.push.huawei_app = v),
    },
    Key {
        name: "push.huawei_secret",
        default: "",
        about: "Its secret.",
        set: |c, t| optional(t).map(|v| c.push.huawei_secret = v.map(Secret)),
    },
    Key {
        name: "push.huawei_url",
        default: "https://push-api.cloud.huawei.com",
        about: "Where Huawei's push service is.",
        set: |c, t| text(t).map(|v| c.push.huawei_url = v),
    },
    Key {
        name: "push.huawei_sign_in_url",
        default: "https://oauth-login.cloud.huawei.com/oauth2/v3/token",
        about: "Where it gives out tokens.",
        set: |c, t| text(t).map(|v| c.push.huawei_sign_in_url = v),
    },
    Key {
        name: "push.xiaomi_package",
        default: "",
        about: "The app's package at Xiaomi's push service; none: no push there.",
        set: |c, t| optional(t).map(|v| c.push.xiaomi_package = v),
    },
    Key {
        name: "push.xiaomi_secret",
        default: "",
        about: "Its secret.",
        set: |c, t| optional(t).map(|v| c.push.xiaomi_secret = v.map(Secret)),
    },
    Key {
        name: "push.xiaomi_url",
        default: "https://api.xmpush.xiaomi.com",
        about: "Where Xiaomi's push service is.",
        set: |c, t| text(t).map(|v| c.push.xiaomi_url = v),
    },
    Key {
        name: "media.listen",
        default: "",
        about: "UDP addresses of voice and video, one of IPv4 and IPv6; as `listen` when empty.",
        set: |c, t| ports(t).map(|v| c.media_listen = v),
    },
    Key {
        name: "media.announce",
        default: "",
        about: "IP addresses that browsers reach it under; this machine's own when empty.",
        set: |c, t| ips(t).map(|v| c.media_announce = v),
    },
    Key {
        name: "calls.ring_seconds",
        default: "45",
        about: "How long a call rings.",
        set: |c, t| number(t, 1, 600).map(|v: u32| c.policy.call_ring_ms = i64::from(v) * 1000),
    },
    Key {
        name: "calls.people_max",
        default: "100",
        about: "How many may be inside one call.",
        set: |c, t| number(t, 2, 1000).map(|v| c.policy.call_people_max = v),
    },
    Key {
        name: "drive.folder",
        default: "",
        about: "Folder of files; `drive` in the folder of the database when empty.",
        set: |c, t| file(t).map(|v| c.drive_folder = v),
    },
    Key {
        name: "drive.key",
        default: "",
        about: "File of the key that files are sealed with; `drive.key` beside the database.",
        set: |c, t| file(t).map(|v| c.drive_key = v),
    },
    Key {
        name: "drive.file_bytes_max",
        default: "4294967296",
        about: "The largest file.",
        set: |c, t| number(t, 1, 1 << 45).map(|v| c.file_bytes_max = v),
    },
    Key {
        name: "drive.account_bytes_max",
        default: "21474836480",
        about: "What the files that one account brought may take together.",
        set: |c, t| number(t, 1, 1 << 50).map(|v| c.account_bytes_max = v),
    },
    Key {
        name: "drive.space_bytes_max",
        default: "107374182400",
        about: "What one space of the drive may hold, its bin included.",
        set: |c, t| number(t, 1, 1 << 50).map(|v| c.policy.drive_space_bytes_max = v),
    },
    Key {
        name: "drive.bin_seconds",
        default: "2592000",
        about: "How long what was removed waits in the bin.",
        set: |c, t| seconds(t).map(|ms| c.policy.drive_bin_ms = ms),
    },
    Key {
        name: "blobs.store",
        default: "disk",
        about: "Where finished files lie: `disk`, or `s3`: a bucket of any store that speaks S3.",
        set: |c, t| one_of(t, &["disk", "s3"]).map(|v| c.blobs_in_bucket = v == "s3"),
    },
    Key {
        name: "blobs.endpoint",
        default: "",
        about: "Address of the store: https://s3.example.cn. `hub doctor` tries it.",
        set: |c, t| optional(t).map(|v| c.bucket.endpoint = v.unwrap_or_default()),
    },
    Key {
        name: "blobs.bucket",
        default: "",
        about: "The bucket; for the hub alone.",
        set: |c, t| optional(t).map(|v| c.bucket.bucket = v.unwrap_or_default()),
    },
    Key {
        name: "blobs.region",
        default: "us-east-1",
        about: "Region that requests are signed for; stores of one's own seldom look at it.",
        set: |c, t| text(t).map(|v| c.bucket.region = v),
    },
    Key {
        name: "blobs.access_key",
        default: "",
        about: "Name of the key that opens the bucket.",
        set: |c, t| optional(t).map(|v| c.bucket.access_key = v.unwrap_or_default()),
    },
    Key {
        name: "blobs.access_secret",
        default: "",
        about: "The key's secret; in the file of settings or the environment, never in a log.",
        set: |c, t| optional(t).map(|v| c.bucket.access_secret = v.map(Secret)),
    },
    Key {
        name: "blobs.bucket_in_host",
        default: "false",
        about: "The store knows a bucket by its host: https://files.oss.example.cn",
        set: |c, t| yes_or_no(t).map(|v| c.bucket.bucket_in_host = v),
    },
    Key {
        name: "log.level",
        default: "info",
        about: "What is logged: error, warn, info, debug, trace, or a filter: info,gateway=debug",
        set: |c, t| text(t).map(|v| c.log_level = v),
    },
    Key {
        name: "log.format",
        default: "text",
        about: "`text` for people, `json` for collectors.",
        set: |c, t| one_of(t, &["text", "json"]).map(|v| c.log_json = v == "json"),
    },
];

/// The environment's name of a key.
pub(crate) fn variable(key: &str) -> String {
    format!("HUB_{}", key.replace('.', "_").to_uppercase())
}

/// Every setting as a file that changes nothing: `hub config schema`.
pub(crate) fn schema() -> String {
    let mut out = String::from(
        "# Settings of the hub. This file holds every key with its default.\n\
         # Order of precedence: flag (--set key=value), environment, file, default.\n",
    );
    let mut table = "";
    for key in KEYS {
        let (section, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if section != table {
            table = section;
            let _ = write!(out, "\n[{section}]\n");
        }
        let bare = key.default.parse::<i64>().is_ok() || key.default.parse::<bool>().is_ok();
        let value = if bare { key.default.to_owned() } else { format!("{:?}", key.default) };
        let _ = write!(out, "\n# {}\n# {}\n{name} = {value}\n", key.about, variable(key.name));
    }
    out
}
