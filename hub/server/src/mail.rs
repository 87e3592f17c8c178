//! The mail server that urgent messages go on to: SMTP, with TLS from the start, by STARTTLS,
//! or none for a relay on the same machine. Invariant: a server that is silent is given up
//! after [`PATIENCE`]; neither addresses nor passwords are in an error.

use crate::config::Config;
use actors::{Mail, Mailer};
use async_trait::async_trait;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::sync::Arc;
use std::time::Duration;

/// For each step of the exchange.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the connection is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MailTls {
    #[default]
    StartTls,
    Tls,
    None,
}

pub(crate) struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// `None` where the settings name no server: urgent messages then stay in the hub.
    pub(crate) fn of(config: &Config) -> Result<Option<Arc<dyn Mailer>>, String> {
        let Some(server) = &config.mail_server else { return Ok(None) };
        let wrong = || format!("mail.server = {server:?}: expected host:port");
        let (host, port) = server.rsplit_once(':').ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let from = config.mail_from.parse().map_err(|_| {
            format!("mail.from = {:?}: expected an address as in hub@example.cn", config.mail_from)
        })?;
        let builder = match config.mail_tls {
            MailTls::StartTls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
            MailTls::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
            MailTls::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)),
        };
        let builder = builder.map_err(|error| format!("mail.server = {server:?}: {error}"))?;
        let mut builder = builder.port(port).timeout(Some(PATIENCE));
        if let (user, Some(password)) = (&config.mail_user, &config.mail_password)
            && !user.is_empty()
        {
            builder = builder.credentials(Credentials::new(user.clone(), password.0.clone()));
        }
        Ok(Some(Arc::new(Self { from, transport: builder.build() })))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), String> {
        let to = mail.to.parse().map_err(|_| "the address cannot be mailed to".to_owned())?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)
            .map_err(|error| format!("mail not composed: {error}"))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(reason(&error)),
        }
    }
}

/// A server's own words may repeat the address that it refuses.
fn reason(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server is silent".to_owned(),
        None if error.is_tls() => "no secure connection to the mail server".to_owned(),
        None => "the mail server cannot be reached".to_owned(),
    }
}
