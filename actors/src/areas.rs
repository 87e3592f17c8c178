//! The list of entities: which kind is which type. A new area adds one line at the end of
//! this file. Everything that must choose by kind is made from the list here and nowhere else.

use crate::{
    entity::EntityActor,
    env::Env,
    hub::{Sent, decide, give, watch},
    shell::Shell,
};
use domain::{
    Order, Who,
    account::Account,
    app::App,
    calendar::Calendar,
    call::Call,
    contact::{Contact, ContactRules},
    drive::Space,
    notice::Notice,
    organisation::Organisation,
    plan::Plan,
    room::Room,
    task::Task,
    unit::Unit,
};
use kernel::Registry;
use protocol::{AnyCommand, CommandId, EntityKind, ErrorBody, Seq, StreamId, http::Receipt};
use std::sync::Arc;

/// The live actors of one kind.
pub(crate) trait Listed: Sized + domain::Entity + Unpin {
    fn registry(env: &Env) -> &Registry<StreamId, EntityActor<Self>>
    where
        Self: Shell;
}

macro_rules! entities {
    ($($entity:ident),* $(,)?) => {
        /// The live actors of every kind, by the name of their type.
        #[derive(Default)]
        #[expect(non_snake_case, reason = "a field is told by the type it is for")]
        pub(crate) struct Registries {
            $( $entity: Registry<StreamId, EntityActor<$entity>>, )*
        }

        $(
            impl Listed for $entity {
                fn registry(env: &Env) -> &Registry<StreamId, EntityActor<Self>> {
                    &env.registries.$entity
                }
            }
        )*

        /// The stream a command is for, where the command itself names it.
        pub(crate) fn target(who: &Who, command: &AnyCommand) -> Option<StreamId> {
            match command {
                $( AnyCommand::$entity(command) => $entity::target(who, command), )*
            }
        }

        pub(crate) async fn submit(
            env: &Arc<Env>,
            sent: Sent<'_>,
            command: AnyCommand,
        ) -> Result<Receipt, ErrorBody> {
            match command {
                $( AnyCommand::$entity(command) => {
                    let decided = decide::<$entity>(env, sent, &command).await;
                    decided.and_then(|receipt| $entity::outcome(env, receipt))
                } )*
            }
        }

        /// Delivers an order of the hub itself.
        pub(crate) async fn order(
            env: &Arc<Env>,
            to: StreamId,
            id: CommandId,
            order: Order,
        ) -> Result<Receipt, ErrorBody> {
            match to.kind {
                $( EntityKind::$entity => give::<$entity>(env, to, id, order).await, )*
            }
        }

        pub(crate) async fn watch_head(
            env: &Arc<Env>,
            who: &Who,
            stream: StreamId,
        ) -> Result<Seq, ErrorBody> {
            match stream.kind {
                $( EntityKind::$entity => watch::<$entity>(env, who, stream).await, )*
            }
        }
    };
}

entities! {
    Account,
    Unit,
    Room,
    Space,
    Task,
    Calendar,
    Call,
    Plan,
    Notice,
    App,
    Organisation,
    Contact,
    ContactRules,
}
