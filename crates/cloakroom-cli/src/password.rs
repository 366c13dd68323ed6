//! Passwords from a person or a program, never from an argument: other users can see those.

use std::io::{self, IsTerminal};

use cloakroom_gateway::accounts::password::Password;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Asks for a password that there is, at a terminal, or reads one line of standard input.
pub(crate) fn read(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(Failure::new);
    }
    let mut line = Zeroizing::new(String::new());
    io::stdin().read_line(&mut line).map_err(Failure::new)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\n', '\r']).to_owned()))
}

/// Asks for a new password twice at a terminal, or reads one line of standard input.
pub(crate) fn read_new() -> Result<Password, Failure> {
    let text = if io::stdin().is_terminal() {
        let first = rpassword::prompt_password("New password: ").map_err(Failure::new)?;
        let again = rpassword::prompt_password("New password again: ").map_err(Failure::new)?;
        if first != again {
            return Err(Failure::new("the two passwords differ"));
        }
        first
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(Failure::new)?;
        line
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    Password::new(text).map_err(Failure::new)
}
