//! Area `drive`: what a space must know before it decides, and the one check of every file that
//! any command names. Invariant: nobody gives away what they may not see. A reference passes
//! only if its sender uploaded the file within the hour, or may see an event that names it; and
//! it says of the file what is true. Absent on purpose: the bytes (`persistence::Blobs`).

use crate::{areas, env::Env, hub::Hub, shell::Shell};
use domain::{
    Order, Who,
    drive::{Space, SpaceFacts, personal_space_id},
    file::clean_name,
};
use persistence::LinkRow;
use protocol::{
    AccountId, AnyCommand, BlobId, CommandId, DecodeError, EntityKind, ErrorBody, ErrorKind, Seq,
    StreamId,
    account::Secret,
    drive::{SpaceCommand, SpaceEvent},
    file::FileRef,
};
use serde_json::Value;
use std::sync::Arc;

/// Files that one command may name.
const FILES_MAX: usize = 100;
/// Places that are looked at for one file: of a file sent everywhere, the sender sees one of
/// the latest.
const PLACES_MAX: usize = 32;

impl Shell for Space {
    fn encode(event: &SpaceEvent) -> (&'static str, String) {
        (event.type_name(), event.body_json())
    }

    fn decode(type_name: &str, body: &str) -> Result<SpaceEvent, DecodeError> {
        SpaceEvent::decode(type_name, body)
    }

    fn target(who: &Who, command: &SpaceCommand) -> Option<StreamId> {
        match (command, who.account) {
            (SpaceCommand::OpenPersonal(_), Some(me)) => {
                Some(StreamId::new(EntityKind::Space, personal_space_id(me)))
            }
            _ => None,
        }
    }

    async fn facts(
        env: &Env,
        _: &Who,
        _: StreamId,
        command: &SpaceCommand,
    ) -> Result<SpaceFacts, ErrorBody> {
        let mut facts = SpaceFacts::default();
        let named: Vec<AccountId> = match command {
            SpaceCommand::CreateSpace(create) => {
                create.members.iter().map(|member| member.account).collect()
            }
            SpaceCommand::SetSpaceMember(set) => vec![set.account],
            SpaceCommand::ShareLink(share) => {
                if let Some(Secret(password)) = &share.password {
                    facts.password_hash = Some(env.passwords.hash(password.clone()).await?);
                }
                return Ok(facts);
            }
            _ => return Ok(facts),
        };
        let missing = env.queries.missing_accounts(&named).await;
        facts.missing = missing.map_err(|_| ErrorBody::unavailable())?;
        Ok(facts)
    }
}

/// Holds every file that a command names against what its sender may see.
pub(crate) async fn may_name(
    env: &Arc<Env>,
    who: &Who,
    command: &AnyCommand,
) -> Result<(), ErrorBody> {
    let body = command.body_json();
    if !body.contains(r#""blob":""#) {
        return Ok(());
    }
    let value: Value = serde_json::from_str(&body).map_err(|_| ErrorBody::internal())?;
    let mut files = Vec::new();
    references(&value, &mut files);
    if files.len() > FILES_MAX {
        return Err(ErrorBody::invalid("file", format!("at most {FILES_MAX} files")));
    }
    for file in &files {
        may_use(env, who, file).await?;
    }
    Ok(())
}

async fn may_use(env: &Arc<Env>, who: &Who, file: &FileRef) -> Result<(), ErrorBody> {
    let found = env.queries.blob(file.blob).await.map_err(|_| ErrorBody::unavailable())?;
    let Some(blob) = found else { return Err(no_file()) };
    if clean_name(&file.name) != file.name {
        let message = "no path, no reserved name, no hidden characters";
        return Err(ErrorBody::invalid("name", message));
    }
    blob.kind.check(&file.name)?;
    if *file != blob.named(&file.name) {
        let message = "size or type is not the file's";
        return Err(ErrorBody::invalid("file", message));
    }
    let Some(account) = who.account else { return Ok(()) };
    if is_held(env, account, file.blob).await? {
        return Ok(());
    }
    let places = env.queries.blob_places(account, file.blob, PLACES_MAX).await;
    for (stream, seq) in places.map_err(|_| ErrorBody::unavailable())? {
        if seen(env, who, stream, seq, file.blob).await.is_ok() {
            return Ok(());
        }
    }
    Err(no_file())
}

async fn is_held(env: &Env, account: AccountId, blob: BlobId) -> Result<bool, ErrorBody> {
    let held = env.queries.held_upload(account, blob, env.clock.now()).await;
    held.map(|held| held.is_some()).map_err(|_| ErrorBody::unavailable())
}

/// The reference to a blob in an event that `who` sees.
async fn seen(
    env: &Arc<Env>,
    who: &Who,
    stream: StreamId,
    seq: Seq,
    blob: BlobId,
) -> Result<FileRef, ErrorBody> {
    let (_, viewer) = Hub::of(env).look(who, stream).await?;
    let before = seq.checked_sub(1).ok_or_else(no_file)?;
    let page = env.journal.read_after(stream, before, 1).await;
    let page = page.map_err(|_| ErrorBody::unavailable())?;
    let event = page.first().filter(|event| event.seq == seq && viewer.sees(event));
    let body = event.and_then(|event| event.body.as_deref()).ok_or_else(no_file)?;
    let value: Value = serde_json::from_str(body).map_err(|_| ErrorBody::internal())?;
    let mut files = Vec::new();
    references(&value, &mut files);
    files.into_iter().find(|file| file.blob == blob).ok_or_else(no_file)
}

/// Every reference in a body, wherever it stands.
fn references(value: &Value, found: &mut Vec<FileRef>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("blob") {
                found.extend(serde_json::from_value::<FileRef>(value.clone()).ok());
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Somebody else's file is told apart from none by nobody.
fn no_file() -> ErrorBody {
    ErrorBody::new(ErrorKind::NotFound, "drive.file_not_found", "there is no such file")
        .field("blob")
}

impl Hub {
    /// The name and type under which an event that `who` may see holds a blob.
    pub async fn file_in_event(
        &self,
        who: &Who,
        stream: StreamId,
        seq: Seq,
        blob: BlobId,
    ) -> Result<FileRef, ErrorBody> {
        seen(self.env(), who, stream, seq, blob).await
    }

    /// The same for what the account uploaded within the hour.
    pub async fn file_of_upload(
        &self,
        account: AccountId,
        blob: BlobId,
    ) -> Result<FileRef, ErrorBody> {
        let env = self.env();
        let name = env.queries.held_upload(account, blob, env.clock.now()).await;
        let name = name.map_err(|_| ErrorBody::unavailable())?.ok_or_else(no_file)?;
        let found = env.queries.blob(blob).await.map_err(|_| ErrorBody::unavailable())?;
        found.map(|blob| blob.named(&name)).ok_or_else(no_file)
    }

    /// The same for the version that a space shows at a place.
    pub async fn file_in_space(
        &self,
        who: &Who,
        space: StreamId,
        node: Seq,
        blob: BlobId,
    ) -> Result<FileRef, ErrorBody> {
        self.watch_head(who, space).await?;
        let versions = self.env().queries.drive_versions(space.id, node).await;
        let versions = versions.map_err(|_| ErrorBody::unavailable())?;
        let found = versions.into_iter().find(|version| version.file.blob == blob);
        found.map(|version| version.file).ok_or_else(no_file)
    }

    /// Whether a link is opened with this password.
    pub async fn opens_link(
        &self,
        link: &LinkRow,
        password: Option<Secret>,
    ) -> Result<(), ErrorBody> {
        if link.expires_at.is_some_and(|at| at <= self.env().clock.now()) {
            let message = "the link has expired";
            return Err(ErrorBody::new(ErrorKind::NotFound, "drive.link_expired", message));
        }
        let Some(hash) = link.password_hash.clone() else { return Ok(()) };
        let refused = |code, message: &str| ErrorBody::new(ErrorKind::Forbidden, code, message);
        let Some(Secret(password)) = password else {
            return Err(refused("drive.link_password_needed", "this link needs its password"));
        };
        if self.env().passwords.verify(password, Some(hash)).await? {
            return Ok(());
        }
        Err(refused("drive.link_wrong_password", "the password is another").field("password"))
    }

    /// What a space may hold.
    pub fn space_bytes_max(&self) -> u64 {
        self.env().policy.drive_space_bytes_max
    }

    /// Puts on record, in the account's own space, that a file was not taken.
    pub async fn record_refusal(
        &self,
        account: AccountId,
        name: String,
        refused: &ErrorBody,
    ) -> Result<(), ErrorBody> {
        let env = self.env();
        let to = StreamId::new(EntityKind::Space, personal_space_id(account));
        let order = Order::UploadRefused { name, code: refused.code.to_string() };
        areas::order(env, to, CommandId(env.ids.next()), order).await.map(|_| ())
    }
}
