//! Asking a person at the terminal for a secret: not shown while it is typed.

use std::io::{BufRead, IsTerminal, Write};

/// One line from standard input without its end.
pub(crate) fn line() -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A secret, typed unseen on a terminal, or the first line of what is piped in.
pub(crate) fn secret(question: &str) -> Result<String, String> {
    if !std::io::stdin().is_terminal() {
        return line();
    }
    eprint!("{question}: ");
    let _ = std::io::stderr().flush();
    let _unseen = Unseen::begin()?;
    let typed = line();
    eprintln!();
    typed
}

/// Puts the terminal's echo back, however the reading ends.
struct Unseen(rustix::termios::Termios);

impl Unseen {
    fn begin() -> Result<Self, String> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).map_err(|error| error.to_string())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(std::io::stdin(), OptionalActions::Now, &silent)
            .map_err(|error| error.to_string())?;
        Ok(Self(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}
