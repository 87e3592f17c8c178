//! The app square, and the words of signing in to an application.

use crate::{StreamId, file::FileRef};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
use utoipa::ToSchema;

/// What stands for an application in the square.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AppIcon {
    /// An emoji, or a letter or two.
    Text { text: String },
    /// A picture; `GET /v1/apps/{app}/icon` shows it to whoever sees the application.
    Picture { file: FileRef },
}

/// What a conversation shows of the application that it is with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct AppFace {
    pub app: StreamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<AppIcon>,
}

/// `GET /v1/apps/square`: an application that the asker may open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS), ts(optional_fields))]
pub struct SquareApp {
    pub app: StreamId,
    pub name: String,
    pub summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<AppIcon>,
    /// Where it begins; empty: it has no page, only a conversation.
    pub url: String,
    /// What its name is found by: the name in lower case, its pinyin and their initials.
    pub keys: String,
}

/// Why somebody was not signed in to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum SignInRefusal {
    /// It asked to send the person to an address that is not registered.
    RedirectUnknown,
    /// The application is not for this person.
    NotForYou,
    /// No such code, or it is long over.
    CodeUnknown,
    CodeExpired,
    /// Changed once already: somebody else may have it.
    CodeUsed,
    /// Another address than the one that the code was made for.
    RedirectDiffers,
    /// Not the one who asked for the code (PKCE).
    VerifierWrong,
    /// The application did not prove that it is the one it says.
    SecretWrong,
}
