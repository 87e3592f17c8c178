//! `hub user`: accounts made at the machine itself. The first account of a hub comes from
//! here: outside demo mode there is no default password.

use crate::config::Config;
use crate::offline::Offline;
use crate::{log, prompt};
use actors::{Hub, Request};
use clap::Subcommand;
use domain::Who;
use kernel::{IdSource, SystemClock, SystemIds};
use protocol::account::{AccountCommand, CreateAccount, Names, ResetPassword, Secret};
use protocol::http::UnitNode;
use protocol::unit::{CreateUnit, UnitCommand, UnitKind};
use protocol::{AccountId, AnyCommand, CommandId, EntityKind, Role, StreamId, TraceId, UnitId};
use std::sync::Arc;

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Create an account; asks for its password.
    Add {
        /// Sign-in name: lower-case letters, digits, `.`, `_`, `-`.
        #[arg(long)]
        username: String,
        /// The name that colleagues see.
        #[arg(long)]
        name: String,
        /// Unit, by name or id; the root when absent. A first root is created under this name.
        #[arg(long)]
        unit: Option<String>,
        /// region_admin, hall_manager, counter_staff, department_staff, department_head,
        /// sign_interpreter, leader, operator or auditor.
        #[arg(long, default_value = "region_admin", value_parser = role)]
        role: Role,
        /// The post held there.
        #[arg(long, default_value = "")]
        post: String,
        /// Read the password from standard input instead of asking for it twice.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a new password; ends every session of the account.
    ResetPassword {
        #[arg(long)]
        username: String,
        #[arg(long)]
        password_stdin: bool,
    },
    /// List accounts.
    List,
}

pub(crate) async fn run(config: Config, command: UserCommand) -> Result<(), String> {
    let open = Offline::open(&config, Arc::new(SystemClock)).await?;
    let hub = &open.hub;
    let outcome = match command {
        UserCommand::Add { username, name, unit, role, post, password_stdin } => {
            add(hub, username, name, unit, role, post, password_stdin).await
        }
        UserCommand::ResetPassword { username, password_stdin } => {
            reset(hub, &username, password_stdin).await
        }
        UserCommand::List => list(hub).await,
    };
    outcome.and(open.end().await)
}

/// Reads a role by its word on the wire.
fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::String(text.replace('-', "_")))
        .map_err(|error| error.to_string())
}

/// Asks the hub as the operator at the machine.
pub(crate) async fn ask(
    hub: &Hub,
    stream: StreamId,
    command: impl Into<AnyCommand>,
) -> Result<(), String> {
    let id = CommandId(hub.ids().next());
    let trace = TraceId(hub.ids().next());
    let request = Request { id, stream: Some(stream), command: command.into(), trace };
    hub.submit(&Who::hub(), request).await.map(|_| ()).map_err(|error| error.to_string())
}

async fn add(
    hub: &Hub,
    username: String,
    name: String,
    unit: Option<String>,
    role: Role,
    post: String,
    password_stdin: bool,
) -> Result<(), String> {
    let unit = find_unit(hub, unit.as_deref()).await?;
    let password = new_password(password_stdin)?;
    let account = AccountId(SystemIds.next());
    let command = CreateAccount {
        username: username.clone(),
        names: Names { zh: name, ..Names::default() },
        unit,
        post,
        phone: None,
        password: Secret(password),
        roles: vec![role],
    };
    ask(hub, account.into(), AccountCommand::from(command)).await?;
    log::say(format_args!("account {username} created ({account})"));
    Ok(())
}

async fn reset(hub: &Hub, username: &str, password_stdin: bool) -> Result<(), String> {
    let found = hub.queries().find_sign_in(username).await.map_err(|error| error.to_string())?;
    let account = found.ok_or_else(|| format!("no account is called {username:?}"))?.account;
    let command = ResetPassword { password: Secret(new_password(password_stdin)?) };
    ask(hub, account.into(), AccountCommand::from(command)).await?;
    log::say(format_args!("password of {username} set"));
    Ok(())
}

async fn list(hub: &Hub) -> Result<(), String> {
    let mut after = None;
    loop {
        let page = hub.queries().find_people("", persistence::Among::default(), after, 200).await;
        let page = page.map_err(|error| error.to_string())?;
        for card in &page.items {
            let state = if card.disabled { "  (disabled)" } else { "" };
            log::say(format_args!(
                "{:<24} {}  {}{state}",
                card.username, card.names.zh, card.unit_names.zh
            ));
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn new_password(from_stdin: bool) -> Result<String, String> {
    if from_stdin {
        return prompt::line();
    }
    let password = prompt::secret("New password")?;
    if prompt::secret("The same again")? != password {
        return Err("the two passwords differ; nothing was changed".to_owned());
    }
    Ok(password)
}

/// The unit by name or id. On an empty hub the root is created.
async fn find_unit(hub: &Hub, wanted: Option<&str>) -> Result<UnitId, String> {
    let units = hub.queries().units().await.map_err(|error| error.to_string())?;
    if units.is_empty() {
        let name = wanted.unwrap_or("政务服务中心");
        let root = UnitId(SystemIds.next());
        let names = Names { zh: name.to_owned(), ..Names::default() };
        let command = CreateUnit { kind: UnitKind::Region, names, parent: None, rank: 0 };
        let stream = StreamId::new(EntityKind::Unit, root.0);
        ask(hub, stream, UnitCommand::from(command)).await?;
        log::say(format_args!("unit {name} created ({root})"));
        return Ok(root);
    }
    let Some(wanted) = wanted else {
        return Ok(units[0].unit);
    };
    let named = |unit: &&UnitNode| {
        let names = &unit.names;
        let others = [names.ug.as_deref(), names.en.as_deref()];
        unit.unit.to_string() == wanted || names.zh == wanted || others.contains(&Some(wanted))
    };
    let found: Vec<&UnitNode> = units.iter().filter(named).collect();
    match found[..] {
        [one] => Ok(one.unit),
        [] => Err(format!("no unit is called {wanted:?}")),
        _ => {
            let ids: Vec<String> = found.iter().map(|unit| unit.unit.to_string()).collect();
            Err(format!("several units are called {wanted:?}; name one by id: {}", ids.join(", ")))
        }
    }
}
