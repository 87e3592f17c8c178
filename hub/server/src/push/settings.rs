//! What an operator sets about push. What each means stands in `keys.rs`.

use protocol::account::Secret;
use std::path::PathBuf;

#[derive(Clone, Debug, Default)]
pub(crate) struct PushSettings {
    pub(crate) key: Option<PathBuf>,
    pub(crate) subject: String,
    pub(crate) apns_key: Option<PathBuf>,
    pub(crate) apns_key_id: Option<String>,
    pub(crate) apns_team: Option<String>,
    pub(crate) apns_topic: Option<String>,
    pub(crate) apns_url: String,
    pub(crate) fcm_account: Option<PathBuf>,
    pub(crate) fcm_url: String,
    pub(crate) huawei_app: Option<String>,
    pub(crate) huawei_secret: Option<Secret>,
    pub(crate) huawei_url: String,
    pub(crate) huawei_sign_in_url: String,
    pub(crate) xiaomi_package: Option<String>,
    pub(crate) xiaomi_secret: Option<Secret>,
    pub(crate) xiaomi_url: String,
}
