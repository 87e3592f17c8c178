//! The words as TypeScript: `clients/web/src/wire/generated.ts` is written from the types of this
//! crate and from nothing else. Compiled for tests only: no build of the hub pays for it.
//! The committed file is held to the types by a test, which also writes it:
//! `UPDATE_GENERATED=1 cargo test -p protocol typescript`.

mod layout;

use crate::{
    AnyCommand, AnyEvent, AnySignal, ClientFrame, PROTOCOL_VERSION, SUBPROTOCOL, ServerFrame, http,
    limits,
};
use layout::{Declaration, Type};
use std::{any::type_name, collections::BTreeMap, fmt::Write, fs, path::PathBuf};
use ts_rs::{Config, TS, TypeVisitor};

const HEADER: &str = "\
// Generated from the types of hub/protocol; a test there fails when this file differs. Written by
//   UPDATE_GENERATED=1 cargo test -p protocol typescript
";

/// Every 64-bit number on the wire. Each counts events of one stream, bytes or milliseconds, so none
/// passes 2^53, up to which JavaScript counts exactly, and all travel as JSON numbers. One that
/// could pass it must travel as a string.
const EXACT: &[&str] = &[
    "added_at",
    "again_at",
    "answers",
    "at",
    "began_at",
    "binned_at",
    "burn_ms",
    "burns_at",
    "bytes",
    "call",
    "changed_at",
    "code_step",
    "confirmed_at",
    "created_at",
    "done_at",
    "due_at",
    "ended_at",
    "ends_at",
    "expires_at",
    "from",
    "head",
    "issued_at",
    "last_at",
    "latest",
    "link",
    "locked_until",
    "ms",
    "node",
    "now",
    "offset",
    "parent",
    "piece_bytes",
    "quota_bytes",
    "read",
    "read_at",
    "reply_to",
    "retry",
    "reviewed_at",
    "revoked_at",
    "round",
    "sent_at",
    "seq",
    "seqs",
    "signed_in_at",
    "since",
    "starts_at",
    "talked_ms",
    "unread",
    "until",
    "used_at",
    "used_bytes",
];

/// Every type that the visited ones mention, by name.
struct Words {
    config: Config,
    /// With the Rust type each comes from: one name must not mean two things.
    found: BTreeMap<String, (&'static str, Declaration)>,
}

impl Words {
    fn all(large_int: &str) -> BTreeMap<String, Declaration> {
        let config = Config::new().with_large_int(large_int);
        let mut words = Self { config, found: BTreeMap::new() };
        words.visit::<ClientFrame>();
        words.visit::<ServerFrame>();
        words.visit::<AnyCommand>();
        words.visit::<AnyEvent>();
        words.visit::<AnySignal>();
        words.visit::<http::CommandRequest>();
        words.visit::<http::Receipt>();
        words.visit::<http::SignInRequest>();
        words.visit::<http::SignInResponse>();
        words.visit::<http::Me>();
        words.visit::<http::UnitNode>();
        words.visit::<http::SessionInfo>();
        words.visit::<http::Conversation>();
        words.visit::<http::RoomMember>();
        words.visit::<http::EventPage>();
        words.visit::<http::Readers>();
        words.visit::<http::NoticeInfo>();
        words.visit::<http::Doorway>();
        words.visit::<http::Invitation>();
        words.visit::<http::ServiceInfo>();
        words.visit::<http::ThreadInfo>();
        words.visit::<http::Waiting>();
        words.visit::<http::Page<http::AccountCard>>();
        words.visit::<http::Hello>();
        words.visit::<crate::task::TaskItem>();
        words.visit::<crate::calendar::CalendarShares>();
        words.visit::<crate::mail::MailPage>();
        words.visit::<crate::mail::MailBox>();
        words.visit::<crate::call::CallList>();
        words.visit::<crate::call::CallInfo>();
        words.visit::<crate::call::PublishOffer>();
        words.visit::<crate::call::SubscribeOffer>();
        words.visit::<crate::call::MediaAnswer>();
        words.visit::<crate::call::LinesOn>();
        words.visit::<crate::call::CallView>();
        words.visit::<crate::call::IceConfig>();
        words.visit::<crate::plan::PlanInfo>();
        words.visit::<crate::plan::PlanOverview>();
        words.visit::<crate::notice::NoticeItem>();
        words.visit::<crate::notice::NoticeBadges>();
        words.visit::<crate::notice::NoticeRow>();
        words.visit::<crate::notice::NoticeCounts>();
        words.visit::<crate::notice::NoticeProof>();
        words.visit::<crate::app::AppInfo>();
        words.visit::<crate::app::SquareApp>();
        words.visit::<crate::room::HookInfo>();
        words.visit::<crate::room::LinkCard>();
        words.visit::<crate::file::BeginUpload>();
        words.visit::<crate::file::UploadState>();
        words.visit::<crate::file::FinishUpload>();
        words.visit::<crate::drive::SpaceCard>();
        words.visit::<crate::drive::DriveListing>();
        words.visit::<crate::drive::DriveVersion>();
        words.visit::<crate::drive::DriveLink>();
        words.visit::<crate::drive::LinkedFile>();
        words.visit::<crate::drive::LinkedNode>();
        words.visit::<crate::drive::LinkedFolder>();
        words.visit::<crate::drive::OpenLink>();
        words.visit::<crate::search::SearchAnswer>();
        words.visit::<crate::me::PushInfo>();
        words.visit::<crate::me::PushLogLine>();
        words.visit::<crate::me::PersonProfile>();
        words.visit::<crate::me::WatermarkInfo>();
        words.visit::<crate::organisation::OrganisationInfo>();
        words.visit::<crate::contact::ContactInfo>();
        words.visit::<crate::contact::ContactRules>();
        words.found.into_iter().map(|(name, (_, declaration))| (name, declaration)).collect()
    }
}

impl TypeVisitor for Words {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only what is declared here has a place to be written to.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        let from = type_name::<T>().split('<').next().unwrap_or_default();
        if let Some((known, _)) = self.found.get(&name) {
            assert_eq!(*known, from, "two types are called {name}");
            return;
        }
        let declaration = Declaration::read(T::docs().as_deref(), &T::decl(&self.config));
        self.found.insert(name, (from, declaration));
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn generated() -> String {
    let mut file = HEADER.to_owned();
    let mut add = |text: String| {
        let _ = write!(file, "\n{text}");
    };
    add(format!("export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n"));
    add(format!("export const SUBPROTOCOL = '{SUBPROTOCOL}';\n"));
    for (name, value, about) in limits::ALL {
        add(format!("/** {about} */\nexport const {name} = {value};\n"));
    }
    for declaration in Words::all("number").values() {
        add(declaration.to_string());
    }
    file
}

#[test]
fn the_committed_types_are_the_generated_ones() {
    let path = "../../clients/web/src/wire/generated.ts";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let fresh = generated();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &fresh).expect("the web client's folder is there");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(fresh.lines()).find(|(old, new)| old != new);
    assert!(
        committed == fresh,
        "{} is not what the types say ({differs:?}): write it anew with \
         `UPDATE_GENERATED=1 cargo test -p protocol typescript`",
        path.display()
    );
}

#[test]
fn numbers_are_exact_in_javascript() {
    let mut wide: Vec<String> = Vec::new();
    for declaration in Words::all("bigint").values() {
        declaration.of.fields(&mut |name, of| {
            if matches!(of, Type::Name(name) if name.contains("bigint")) {
                wide.push(name.to_owned());
            }
        });
    }
    wide.sort();
    wide.dedup();
    assert_eq!(wide, EXACT);
}
