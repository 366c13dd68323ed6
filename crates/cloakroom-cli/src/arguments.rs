//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::api_key_arguments::ApiKeyCommand;
use crate::audit_arguments::AuditArguments;
use crate::configuration::{Configuration, Output};
use crate::demo::DemoArguments;
use crate::event_arguments::EventCommand;
use crate::identity::IdentityArguments;
use crate::session_arguments::SessionFilterArguments;
use crate::snippet_command::SnippetCommand;

/// Sign-in for web applications: sessions that can be seen and ended.
#[derive(Debug, Parser)]
#[command(name = "cloakroom", version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the gateway.
    Serve(Configuration),
    /// Run a gateway to try and to attack, with sample users and a guide; all of it is gone when it ends.
    Demo(DemoArguments),
    /// Make a running gateway take up its configuration file again, unless that is wrong.
    Reload {
        /// Its process ID, such as systemd's $MAINPID.
        process: u32,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Print the configuration in effect, and what is wrong or unwise about it.
    ///
    /// Exit code 1 for a warning and 2 for an error.
    Check {
        /// Look at the configuration and its files alone: ask no database, application or provider.
        #[arg(long)]
        offline: bool,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Copy the database of accounts into a new file while the gateway runs, where it is a file.
    Backup {
        /// The file to make. A backup is put back by being the database.
        file: PathBuf,
        /// Keep the sessions of this moment: one that ends after it lives again where the backup is put back.
        #[arg(long)]
        with_sessions: bool,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Send what an attacker would through the proxy that is really there, and name the rules that it breaks.
    ///
    /// Exit code 1 when a rule is broken.
    Doctor {
        /// Page of an application that one has to sign in for, as the browser shows it.
        url: String,
        /// User to sign in as; the password is read from standard input. Without it, only what strangers get is looked at.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// Listen at the application's upstream and look at what arrives there; the application has to be stopped.
        #[arg(long)]
        as_application: bool,
        /// Where the proxy is, if not where the names of the hosts lead.
        #[arg(long, value_name = "ADDRESS")]
        connect_to: Option<SocketAddr>,
        /// PEM file with the certificate authority of the proxy, if it is not a public one.
        #[arg(long, value_name = "FILE")]
        ca_file: Option<PathBuf>,
        /// The proxy: nginx, caddy, traefik, haproxy or envoy [default: what it calls itself].
        #[arg(long, value_name = "NAME", value_parser = ["nginx", "caddy", "traefik", "haproxy", "envoy"])]
        behind: Option<String>,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Say which rule decides about a request to an application, and which fields leave with it.
    Explain {
        /// Method of the request, such as GET.
        method: String,
        /// URL that the browser would show.
        url: String,
        /// Whose request; without it, that of somebody who is not signed in.
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// How long ago the user proved who they are, in minutes.
        #[arg(long, value_name = "MINUTES", default_value_t = 0)]
        proven_ago: u64,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Take over the users of another program with the hashes of their passwords, or print its configuration as a part of one of ours.
    ///
    /// Users come all or none. Of oauth2-proxy and authelia-rules only a text is printed, for you to read: nothing is written, and what cannot be
    /// said exactly is said more strictly and stands in a comment.
    Import {
        /// The program whose file it is.
        #[arg(value_enum)]
        from: Source,
        /// Its file, or - for standard input.
        file: PathBuf,
        /// Of users: say who would be added, and add nobody.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Add, change and list user accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// Make, list and revoke keys by which services use the JSON API.
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// List and end sessions.
    #[command(subcommand)]
    Session(SessionCommand),
    /// List and follow what happened to users, sessions and keys.
    #[command(subcommand)]
    Event(EventCommand),
    /// Print a whole configuration for a proxy in front, made from this one.
    #[command(subcommand)]
    Snippet(SnippetCommand),
    /// List and replace the keys that sign JWTs.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Look at a site as a browser does, and say what is wrong with its sessions.
    Audit(AuditArguments),
    /// Print a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Another program's file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Source {
    /// Authelia's `users_database.yml`, with names, addresses and groups.
    Authelia,
    /// The users of tinyauth, from their file or an environment file.
    Tinyauth,
    /// A file as htpasswd writes it, which oauth2-proxy reads too.
    Htpasswd,
    /// The configuration file of oauth2-proxy.
    Oauth2Proxy,
    /// The `access_control` of Authelia's `configuration.yml`.
    AutheliaRules,
}

/// Role of a user.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RoleArgument {
    /// May manage their own account.
    Member,
    /// May also look at everybody's, and do nothing.
    Auditor,
    /// May manage everybody's.
    Administrator,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user. The password is read from standard input.
    Add {
        /// User name.
        user: String,
        /// What the user may do.
        #[arg(long, value_enum, default_value_t = RoleArgument::Member)]
        role: RoleArgument,
        /// How the user wants to be called.
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        /// E-mail address.
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Group that the user is in; may be said several times.
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Add users with the password hashes of another program, from lines such as `alice:$2y$10$...`.
    Import {
        /// File as htpasswd writes it, or - for standard input.
        file: PathBuf,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Change what applications are told of a user.
    Edit {
        /// User name.
        user: String,
        #[command(flatten)]
        changes: Changes,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Set a user's password, read from standard input, and end all their sessions.
    Passwd {
        /// User name.
        user: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Disable a user and end all their sessions.
    Disable {
        /// User name.
        user: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Enable a disabled user again.
    Enable {
        /// User name.
        user: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Change what a user may do. The last administrator stays one.
    Role {
        /// User name.
        user: String,
        /// What the user may do from now on.
        #[arg(value_enum)]
        role: RoleArgument,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Link a user to somebody at a provider, so that they can sign in there.
    Link {
        /// User name.
        user: String,
        #[command(flatten)]
        identity: IdentityArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Take such a link away, and end all sessions of the user.
    Unlink {
        /// User name.
        user: String,
        #[command(flatten)]
        identity: IdentityArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Show one user.
    Show {
        /// User name.
        user: String,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// List users.
    List {
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
}

/// What is to be different, at least one thing.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Changes {
    /// How the user wants to be called.
    #[arg(long, value_name = "TEXT")]
    pub(crate) display_name: Option<String>,
    /// Forget how the user wants to be called.
    #[arg(long, conflicts_with = "display_name")]
    pub(crate) no_display_name: bool,
    /// E-mail address.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Forget the e-mail address.
    #[arg(long, conflicts_with = "email")]
    pub(crate) no_email: bool,
    /// Group that the user is in from now on; may be said several times.
    #[arg(long = "add-group", value_name = "GROUP")]
    pub(crate) add_groups: Vec<String>,
    /// Group that the user is not in from now on; may be said several times.
    #[arg(long = "remove-group", value_name = "GROUP")]
    pub(crate) remove_groups: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// List live sessions, of one user or of all; each option leaves out those that are not so.
    List {
        /// User name.
        user: Option<String>,
        #[command(flatten)]
        filter: SessionFilterArguments,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Show one session.
    Show {
        /// Session ID.
        id: String,
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// End one session.
    Revoke {
        /// Session ID.
        id: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// End all sessions of a user.
    RevokeUser {
        /// User name.
        user: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// End all sessions of everybody.
    RevokeAll {
        #[command(flatten)]
        configuration: Configuration,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// List the public keys that applications find.
    List {
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Retire all keys: running gateways sign with new ones within three seconds. Nobody is signed out.
    Rotate {
        #[command(flatten)]
        configuration: Configuration,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use cloakroom_gateway::config::Key;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_key_of_the_configuration_is_a_flag() {
        let serve = Arguments::command().find_subcommand("serve").unwrap().clone();
        let flags: Vec<String> =
            serve.get_arguments().filter_map(|flag| flag.get_long()).map(|f| format!("--{f}")).collect();
        for key in Key::ALL {
            assert!(flags.contains(&key.flag()), "{key}");
        }
    }
}
