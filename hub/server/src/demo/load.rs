//! Accounts for load tests: many, signed in, their tokens in a file. They are no demo
//! accounts: the sign-in page does not show them.

use super::{cheap_hub, password};
use crate::config::Config;
use crate::log;
use crate::user::ask;
use actors::Hub;
use kernel::SystemClock;
use protocol::account::{AccountCommand, CreateAccount, Names, ResetPassword, Secret};
use protocol::http::SignInRequest;
use protocol::{AccountId, Role, UnitId};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Accounts made at once: enough to fill a commit.
const AT_ONCE: usize = 64;

pub(super) async fn sign_in(config: &Config, accounts: usize, file: &Path) -> Result<(), String> {
    let open = cheap_hub(config, Arc::new(SystemClock)).await?;
    let hub = &open.hub;
    let units = hub.queries().units().await.map_err(|error| error.to_string())?;
    let unit = units.first().ok_or("the demonstration has no unit")?.unit;
    let password = password();
    let bar = log::bar("load accounts", accounts as u64);
    let mut waiting = JoinSet::new();
    let mut lines = String::new();
    let mut next = 0;
    while next < accounts || !waiting.is_empty() {
        while next < accounts && waiting.len() < AT_ONCE {
            waiting.spawn_local(one(hub.clone(), next, unit, password.clone()));
            next += 1;
        }
        if let Some(made) = waiting.join_next().await {
            let (account, token) = made.map_err(|error| error.to_string())??;
            let _ = writeln!(lines, "{account} {token}");
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    open.end().await?;
    std::fs::write(file, lines).map_err(|error| format!("{}: {error}", file.display()))
}

async fn one(
    hub: Hub,
    n: usize,
    unit: UnitId,
    password: String,
) -> Result<(AccountId, String), String> {
    let username = format!("load{n:06}");
    let found = hub.queries().find_sign_in(&username).await.map_err(|error| error.to_string())?;
    if let Some(row) = found {
        // From an earlier run, whose password nobody kept.
        let command = ResetPassword { password: Secret(password.clone()) };
        ask(&hub, row.account.into(), AccountCommand::from(command)).await?;
    } else {
        let command = CreateAccount {
            username: username.clone(),
            names: Names { zh: format!("压测{n}"), ..Names::default() },
            unit,
            post: String::new(),
            phone: None,
            password: Secret(password.clone()),
            roles: vec![Role::CounterStaff],
        };
        let account = AccountId(hub.ids().next());
        ask(&hub, account.into(), AccountCommand::from(command)).await?;
    }
    let request = SignInRequest { username, password: Secret(password), code: None };
    let signed = hub
        .sign_in(request, "127.0.0.1".to_owned(), "load test".to_owned())
        .await
        .map_err(|error| error.to_string())?;
    Ok((signed.account, signed.token))
}
