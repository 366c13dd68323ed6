//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use cloakroom_gateway::config::{Key, SettingsSource};
use cloakroom_gateway::snippet::{Certificate, PlainPath};

use crate::identity::IdentityArguments;

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
    /// Check the configuration and print what is in effect.
    Check {
        #[command(flatten)]
        configuration: Configuration,
        #[command(flatten)]
        output: Output,
    },
    /// Add, change and list user accounts.
    #[command(subcommand)]
    User(UserCommand),
    /// List and end sessions.
    #[command(subcommand)]
    Session(SessionCommand),
    /// Print a whole configuration for a proxy in front, made from this one.
    #[command(subcommand)]
    Snippet(SnippetCommand),
    /// Print a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Where things are. A flag wins over the environment, which wins over the file.
#[derive(Debug, Args)]
pub(crate) struct Configuration {
    /// Configuration file [default: cloakroom.toml, if it exists].
    #[arg(long, value_name = "FILE", env = "CLOAKROOM_CONFIG")]
    config: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:7464].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Origin that browsers see [default: `http://localhost` and the port].
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Directory of the database, where that is a file [default: the current one].
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<String>,
    /// Where sessions are kept [default: sqlite:cloakroom.db].
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Where accounts are kept [default: as sessions if that is SQL, else sqlite:cloakroom.db].
    #[arg(long, value_name = "URL")]
    accounts: Option<String>,
    /// How old a copy of a session may be that answers a request, for a store on a server [default: 1s].
    #[arg(long, value_name = "TIME")]
    near_cache: Option<String>,
    /// Application to put behind the gateway, such as `http://127.0.0.1:3000`.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Proxies in front whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Other origins whose forms may be posted here, separated by commas.
    #[arg(long, value_name = "ORIGINS")]
    trusted_origins: Option<String>,
    /// How long a session lives without a request [default: 1h].
    #[arg(long, value_name = "TIME")]
    idle_timeout: Option<String>,
    /// How long a session lives at most [default: 24h].
    #[arg(long, value_name = "TIME")]
    absolute_timeout: Option<String>,
    /// How long a proof of identity counts as recent [default: 5m].
    #[arg(long, value_name = "TIME")]
    reauthentication_window: Option<String>,
    /// Fewest characters of a new password [default: 15].
    #[arg(long, value_name = "NUMBER")]
    password_length_min: Option<String>,
    /// Name that the pages bear [default: cloakroom].
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// How much is logged: error, warn, info, debug or trace [default: info].
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
}

impl Configuration {
    pub(crate) fn into_source(self) -> SettingsSource {
        let flags = [
            (Key::Listen, self.listen),
            (Key::PublicUrl, self.public_url),
            (Key::DataDir, self.data_dir),
            (Key::Store, self.store),
            (Key::Accounts, self.accounts),
            (Key::NearCache, self.near_cache),
            (Key::Proxy, self.proxy),
            (Key::TrustedProxies, self.trusted_proxies),
            (Key::TrustedOrigins, self.trusted_origins),
            (Key::IdleTimeout, self.idle_timeout),
            (Key::AbsoluteTimeout, self.absolute_timeout),
            (Key::ReauthenticationWindow, self.reauthentication_window),
            (Key::PasswordLengthMin, self.password_length_min),
            (Key::Name, self.name),
            (Key::Log, self.log),
        ];
        let flags = flags.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        // A variable that is not UTF-8 can be none of ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        SettingsSource { file: self.config, environment, flags }
    }
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Output {
    /// Print JSON for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Role of a new user.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RoleArgument {
    /// May manage their own account.
    Member,
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
    /// List live sessions, of one user or of all.
    List {
        /// User name.
        user: Option<String>,
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
pub(crate) enum SnippetCommand {
    /// nginx: a file for its http block.
    Nginx {
        /// Let nginx remember for a second that a request may pass, in files of this folder.
        #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = "/run/nginx-cloakroom")]
        cache: Option<PlainPath>,
        #[command(flatten)]
        certificate: CertificateArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Caddy: a whole Caddyfile.
    Caddy {
        /// Certificate with its chain, for https:// origins [default: Caddy gets its own].
        #[arg(long, value_name = "FILE", requires = "tls_key")]
        tls_cert: Option<PlainPath>,
        /// Private key of the certificate.
        #[arg(long, value_name = "FILE", requires = "tls_cert")]
        tls_key: Option<PlainPath>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Traefik: the dynamic configuration.
    Traefik {
        /// Print the static configuration instead.
        #[arg(long = "static")]
        is_static: bool,
        /// Folder of the dynamic configuration, which the static one names.
        #[arg(long, value_name = "FOLDER", default_value = "/etc/traefik")]
        folder: PlainPath,
        #[command(flatten)]
        certificate: CertificateArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// `HAProxy`: a whole haproxy.cfg.
    Haproxy {
        /// Print the Lua program that it loads instead.
        #[arg(long = "lua")]
        is_lua: bool,
        /// Folder of the Lua program.
        #[arg(long, value_name = "FOLDER", default_value = "/etc/haproxy")]
        folder: PlainPath,
        /// Certificate with its chain and then its private key, for https:// origins.
        #[arg(long, value_name = "FILE", default_value = "/etc/cloakroom/tls/haproxy.pem")]
        tls_cert: PlainPath,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Envoy: a whole bootstrap configuration.
    Envoy {
        #[command(flatten)]
        certificate: CertificateArguments,
        #[command(flatten)]
        configuration: Configuration,
    },
}

/// What a proxy shows to browsers, for https:// origins.
#[derive(Debug, Args)]
pub(crate) struct CertificateArguments {
    /// Certificate with its chain, for https:// origins.
    #[arg(long, value_name = "FILE", default_value = "/etc/cloakroom/tls/fullchain.pem")]
    tls_cert: PlainPath,
    /// Private key of the certificate.
    #[arg(long, value_name = "FILE", default_value = "/etc/cloakroom/tls/privkey.pem")]
    tls_key: PlainPath,
}

impl CertificateArguments {
    pub(crate) fn into_certificate(self) -> Certificate {
        Certificate { chain: self.tls_cert, key: self.tls_key }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

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
