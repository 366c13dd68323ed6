//! nginx: as the application, and in front of it.

use cloakroom_test_servers::{Nginx, ProxyServer, free_port};

use crate::nodes::{NodesError, Processors};

/// The application: an nginx that answers six octets, on the processors of the clients.
#[derive(Debug)]
pub struct Upstream(ProxyServer);

/// An nginx in front of the application.
#[derive(Debug)]
pub struct Front(ProxyServer);

/// Whom a front asks whether a request may pass.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Nobody.
    Nobody,
    /// Cloakroom at this port, about this origin.
    Cloakroom(u16, String),
    /// `LemonLDAP::NG` at this socket.
    Rival(String),
}

/// As many requests on a connection as there are.
const KEPT: &str = "keepalive_requests 1000000000;";

impl Upstream {
    /// Starts it.
    ///
    /// # Errors
    /// [`NodesError`].
    pub fn start() -> Result<Self, NodesError> {
        let port = free_port()?;
        let answer = "default_type text/plain; return 200 \"hello\\n\";";
        let site = format!("server {{ listen 127.0.0.1:{port}; {KEPT} location / {{ {answer} }} }}");
        Ok(Self(Nginx::Debian.serve(port, &site)?))
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.0.port()
    }
}

impl Front {
    /// Starts one.
    ///
    /// # Errors
    /// [`NodesError`].
    pub fn start(upstream: &Upstream, asked: &Asked, processors: &Processors) -> Result<Self, NodesError> {
        let port = free_port()?;
        let site = format!(
            "upstream application {{ server 127.0.0.1:{}; keepalive 32; {KEPT} }}\n{}\n\
             server {{\nlisten 127.0.0.1:{port};\n{KEPT}\nproxy_http_version 1.1;\nproxy_set_header Connection \"\";\n\
             proxy_set_header Host $host;\nlocation / {{\n{}\nproxy_pass http://application;\n}}\n{}\n}}\n",
            upstream.port(),
            asked.group(),
            asked.at_the_application(),
            asked.question(),
        );
        processors.start(|| Ok(Self(Nginx::Debian.serve(port, &site)?)))
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.0.port()
    }

    /// Its process.
    pub fn id(&self) -> Option<u32> {
        self.0.id()
    }
}

impl Asked {
    fn group(&self) -> String {
        match self {
            Self::Cloakroom(port, _) => {
                format!("upstream cloakroom {{ server 127.0.0.1:{port}; keepalive 32; {KEPT} }}")
            }
            Self::Nobody | Self::Rival(_) => String::new(),
        }
    }

    /// The identity reaches the application in as many fields as who is asked tells.
    fn at_the_application(&self) -> String {
        let told = |fields: &[&str]| {
            let field = |name: &&str| {
                let variable = name.to_lowercase().replace('-', "_");
                format!(
                    "auth_request_set $told_{variable} $upstream_http_{variable};\nproxy_set_header {name} $told_{variable};\n"
                )
            };
            // Fields that are set here put away those that are set around it.
            let kept = "proxy_set_header Connection \"\";\nproxy_set_header Host $host;\n";
            format!("auth_request /question;\n{kept}{}", fields.iter().map(field).collect::<String>())
        };
        match self {
            Self::Nobody => String::new(),
            Self::Cloakroom(..) => {
                told(&["Remote-User", "Remote-Groups", "Remote-Name", "Remote-Email", "Cookie"])
            }
            Self::Rival(_) => told(&["Auth-User", "Auth-Mail", "Auth-Groups"]),
        }
    }

    fn question(&self) -> String {
        match self {
            Self::Nobody => String::new(),
            Self::Cloakroom(_, origin) => format!(
                "location = /question {{\ninternal;\nproxy_pass http://cloakroom/_cloakroom/verify/nginx;\n\
                 proxy_pass_request_body off;\nproxy_set_header Content-Length \"\";\n\
                 proxy_http_version 1.1;\nproxy_set_header Connection \"\";\n\
                 proxy_set_header X-Original-Method $request_method;\n\
                 proxy_set_header X-Original-URL {origin}$request_uri;\n\
                 proxy_set_header X-Forwarded-For $remote_addr;\n}}"
            ),
            // As its own documentation has it, without the file that Debian keeps the usual parameters in.
            Self::Rival(socket) => format!(
                "location = /question {{\ninternal;\nfastcgi_pass unix:{socket};\nfastcgi_pass_request_body off;\n\
                 fastcgi_param CONTENT_LENGTH \"\";\nfastcgi_param HOST $http_host;\n\
                 fastcgi_param X_ORIGINAL_URI $request_uri;\nfastcgi_param REQUEST_METHOD $request_method;\n\
                 fastcgi_param REQUEST_URI $request_uri;\nfastcgi_param QUERY_STRING $query_string;\n\
                 fastcgi_param REMOTE_ADDR $remote_addr;\nfastcgi_param SERVER_NAME $server_name;\n\
                 fastcgi_param SERVER_PORT $server_port;\nfastcgi_param SERVER_PROTOCOL $server_protocol;\n\
                 fastcgi_param SCRIPT_NAME $fastcgi_script_name;\n}}"
            ),
        }
    }
}
