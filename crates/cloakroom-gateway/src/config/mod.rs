//! Configuration: one TOML file of about a dozen keys, each also an environment variable and a flag, and a table for each
//! application and each provider of sign-ins, and one for how pages look.
//!
//! A flag wins over the environment, which wins over the file, which wins over the default. Whatever is
//! wrong stops the start and says where it stands, what it says and what would be right.

mod acme_table;
mod app;
mod app_limits;
mod app_origin;
mod app_table;
mod brand;
mod brand_table;
mod browser;
mod colour;
mod consequences;
mod contradictions;
mod cookie_domain;
mod difference;
mod error;
mod file;
mod file_facts;
mod given;
mod hook;
mod hosts;
mod key;
mod layer;
mod oidc;
mod oidc_table;
mod path_pattern;
mod public_url;
mod registered;
mod resolver;
mod secret_in_file;
mod settings;
mod span;
mod suggestion;
mod table;
mod upstream;
mod upstream_terms;
mod watch;

pub use acme_table::AcmeSettings;
pub use app::{Access, App, AppName, CrossSite, InvalidAppName, Rule};
pub use app_origin::{AppOrigin, InvalidAppOrigin};
pub use brand::{Accent, Brand, Logo, PictureKind, Unreadable};
pub use browser::{Bond, InvalidBond, InvalidDays, RememberedDays};
pub use colour::{Colour, Contrast, InvalidColour};
pub use cookie_domain::{CookieDomain, InvalidCookieDomain};
pub use error::ConfigError;
pub use file_facts::FileFacts;
pub use given::{Given, Origin};
pub use hook::HookSettings;
pub use key::Key;
pub use layer::Layer;
pub use oidc::{
    ClientSecret, GroupsClaim, InvalidIssuer, InvalidProviderName, IssuerUrl, Newcomers, OidcProvider,
    ProviderName, ProviderSignOut,
};
pub use path_pattern::{InvalidPathPattern, PathPattern, is_canonical};
pub use public_url::{InvalidPublicUrl, PublicUrl, Scheme};

pub use settings::{Settings, SettingsSource};
pub use span::parse as parse_span;
pub(crate) use span::render as render_span;
pub use upstream::{InvalidUpstream, Upstream, UpstreamProtocol};
pub use upstream_terms::UpstreamTerms;
pub use watch::{LogFormat, MetricsListener, Watch};
