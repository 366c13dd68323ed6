//! The frameworks whose sessions are known by their cookies.

/// What a site's sessions are made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// Express with express-session or cookie-session.
    Express,
    /// Flask.
    Flask,
    /// Django.
    Django,
    /// Ruby on Rails.
    Rails,
    /// Rack, Sinatra among its users.
    Rack,
    /// Laravel.
    Laravel,
    /// PHP's own sessions.
    Php,
    /// Java servlets, Spring among their users.
    Servlet,
    /// `ASP.NET` Core.
    AspNet,
    /// Phoenix.
    Phoenix,
    /// Auth.js, once called `NextAuth`.
    AuthJs,
    /// cloakroom.
    Cloakroom,
}

impl Framework {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Express => "Express",
            Self::Flask => "Flask",
            Self::Django => "Django",
            Self::Rails => "Rails",
            Self::Rack => "Rack",
            Self::Laravel => "Laravel",
            Self::Php => "PHP",
            Self::Servlet => "Java servlets",
            Self::AspNet => "ASP.NET Core",
            Self::Phoenix => "Phoenix",
            Self::AuthJs => "Auth.js",
            Self::Cloakroom => "cloakroom",
        }
    }

    /// Who sets a cookie of this name by default, if one is known for it.
    pub fn by_cookie(name: &str, value: &[u8]) -> Option<Self> {
        let plain = name.trim_start_matches("__Host-").trim_start_matches("__Secure-");
        Some(match plain {
            "connect.sid" | "koa.sess" | "koa:sess" => Self::Express,
            "sessionid" | "csrftoken" => Self::Django,
            "rack.session" => Self::Rack,
            "laravel_session" => Self::Laravel,
            "PHPSESSID" => Self::Php,
            "JSESSIONID" | "SESSION" => Self::Servlet,
            "session" if is_dated(value) => Self::Flask,
            name if name.starts_with(".AspNetCore.") => Self::AspNet,
            name if name.starts_with("authjs.") || name.starts_with("next-auth.") => Self::AuthJs,
            "XSRF-TOKEN" if value.starts_with(b"eyJpdiI6") => Self::Laravel,
            name if name.starts_with('_') && name.ends_with("_session") => Self::Rails,
            name if name.starts_with('_') && name.ends_with("_key") => Self::Phoenix,
            name if name.starts_with("laravel") => Self::Laravel,
            name if name.ends_with("_session") && value.starts_with(b"eyJpdiI6") => Self::Laravel,
            "Http-sid" if name.starts_with("__Host-") && value.len() == 64 => Self::Cloakroom,
            _ => return None,
        })
    }

    /// Who says of itself that it answers, in these fields.
    pub fn by_field(name: &str, value: &str) -> Option<Self> {
        match (name, value) {
            ("x-powered-by", "Express") => Some(Self::Express),
            ("x-powered-by", php) if php.starts_with("PHP/") => Some(Self::Php),
            ("server", python) if python.starts_with("Werkzeug/") => Some(Self::Flask),
            _ => None,
        }
    }
}

/// Whether content, a time and a code stand between dots, as Flask writes them. A JWT's code and cookie-session's content, which
/// begin alike, have another shape: the time is short, and there is one.
fn is_dated(value: &[u8]) -> bool {
    let mut parts = value.rsplit(|octet| *octet == b'.');
    let (Some(_), Some(time), Some(content)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    (1..=8).contains(&time.len()) && (content.starts_with(b"eyJ") || content.starts_with(b"eJ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_called_session_is_flasks_where_it_is_made_as_flasks_are() {
        let by = |value: &str| Framework::by_cookie("session", value.as_bytes());
        assert_eq!(by("eyJ2aXNpdHMiOjF9.aSB3gA.Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"), Some(Framework::Flask));
        assert_eq!(by(".eJyrVipLLSrOzM9TsjLUUSqOz0xRsqoFAE3xBqk.aSB3gA.Zm9v"), Some(Framework::Flask));
        // cookie-session of Express, and a JWT.
        assert_eq!(by("eyJ2aXNpdHMiOjF9"), None);
        assert_eq!(by("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.Zm9vYmFyYmF6"), None);
    }
}
