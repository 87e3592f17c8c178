//! What a person keeps on the account besides a name: how they want to see and hear the hub,
//! what they fill into the organisation's own fields, and the devices that may be pushed to.
//! Invariant: everything here is the person's own and the same on all their devices; where a
//! device is reached travels in commands only and is in no event.

use crate::{AccountId, Millis, SessionId, Zone, account::Secret, http::AccountCard};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;
use uuid::Uuid;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Zh,
    Ug,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    Normal,
    Large,
    Xlarge,
}

/// A part of each day in which nothing rings. It may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Minutes of the day, 0 to 1439.
    pub from: u16,
    /// The first minute that is loud again.
    pub to: u16,
    pub zone: Zone,
}

impl QuietHours {
    /// Whether it is quiet then.
    pub fn holds(&self, now: Millis) -> bool {
        const MINUTE_MS: Millis = 60 * 1000;
        let minute = self.zone.time_of_day(now) / MINUTE_MS;
        let (from, to) = (Millis::from(self.from), Millis::from(self.to));
        if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to }
    }
}

/// What tells the person of something new, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Small windows of the desktop.
    pub desktop: bool,
    pub sound: bool,
    /// Whether they show what was written, or only that something was.
    pub show_text: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
    /// Urgent messages come in quiet hours, too.
    pub urgent_through: bool,
}

impl Default for Alerts {
    fn default() -> Self {
        // Text shows on locked screens: it is for the person to allow.
        Self { desktop: false, sound: false, show_text: false, quiet: None, urgent_through: true }
    }
}

/// How the person wants the hub, on all devices. What is absent each device decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct Preferences {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_size: Option<TextSize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<Alerts>,
}

/// Text of one of the organisation's own fields; empty: none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(deny_unknown_fields)]
pub struct FieldValue {
    pub field: String,
    pub text: String,
}

/// Whose service reaches a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum PushProvider {
    Web,
    Apns,
    Fcm,
    Huawei,
    Xiaomi,
}

/// Where a device is reached. Whoever knows it can write to the device: it is kept like a
/// password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "provider", rename_all = "snake_case", deny_unknown_fields)]
pub enum PushTarget {
    /// A browser's subscription (RFC 8030, 8291): its keys are base64url without padding.
    Web {
        endpoint: Secret,
        p256dh: Secret,
        auth: Secret,
    },
    Apns {
        token: Secret,
    },
    Fcm {
        token: Secret,
    },
    Huawei {
        token: Secret,
    },
    Xiaomi {
        token: Secret,
    },
}

impl PushTarget {
    pub fn provider(&self) -> PushProvider {
        match self {
            Self::Web { .. } => PushProvider::Web,
            Self::Apns { .. } => PushProvider::Apns,
            Self::Fcm { .. } => PushProvider::Fcm,
            Self::Huawei { .. } => PushProvider::Huawei,
            Self::Xiaomi { .. } => PushProvider::Xiaomi,
        }
    }
}

/// Why a device is not pushed to any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum PushEnd {
    Asked,
    /// Its service says that it is no longer there.
    Gone,
    /// More than one account may have: the oldest goes.
    TooMany,
}

/// `GET /v1/push`: what a device needs to be pushed to, and which are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct PushInfo {
    /// The key that a browser subscribes with (RFC 8292), base64url; absent: no push here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vapid: Option<String>,
    pub devices: Vec<PushDevice>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PushDevice {
    pub device: Uuid,
    pub provider: PushProvider,
    pub name: String,
    pub session: SessionId,
    pub added_at: Millis,
}

/// `GET /v1/push/log`: what was pushed lately, without what it said. For operators.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PushLogLine {
    pub at: Millis,
    pub account: AccountId,
    pub name: String,
    pub provider: PushProvider,
    /// Whether words of the message were in it.
    pub text: bool,
    /// `sent`, `gone`, `later`, `refused` or `no_provider`.
    pub outcome: String,
    /// In words, for the three last.
    pub why: String,
}

/// `GET /v1/people/{account}`: a card and the organisation's own fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
pub struct PersonProfile {
    pub card: AccountCard,
    pub fields: Vec<FieldValue>,
}

/// `GET /v1/watermark`: what lies over the pages of who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct WatermarkInfo {
    /// For eyes: the name and the last digits of the telephone. Absent: off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// For `hub watermark read`: rows of a square of cells, `1` darker. Absent: off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<String>>,
    /// When to ask again.
    pub until: Millis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_over_midnight_in_either_zone() {
        const HOUR: Millis = 60 * 60 * 1000;
        // 22:30 to 07:00.
        let quiet = |zone| QuietHours { from: 22 * 60 + 30, to: 7 * 60, zone };
        for (utc_hour, shanghai, urumqi) in [
            (14, false, false),
            (15, true, false),
            (17, true, true),
            (23, false, true),
            (3, false, false),
        ] {
            let now = 1_764_028_800_000 / (24 * HOUR) * (24 * HOUR) + utc_hour * HOUR;
            assert_eq!(quiet(Zone::Shanghai).holds(now), shanghai, "{utc_hour} in Shanghai");
            assert_eq!(quiet(Zone::Urumqi).holds(now), urumqi, "{utc_hour} in Urumqi");
        }
        let lunch = QuietHours { from: 12 * 60, to: 13 * 60, zone: Zone::Shanghai };
        assert!(lunch.holds(4 * HOUR) && !lunch.holds(5 * HOUR));
        let never = QuietHours { from: 0, to: 0, zone: Zone::Shanghai };
        assert!(!never.holds(0));
    }
}
