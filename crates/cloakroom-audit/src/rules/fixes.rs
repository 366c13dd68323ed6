//! The fixes that frameworks have a line for, each as the framework's own documentation names the setting.
//!
//! They are pasted as they stand. So what is no code is a comment in the language of the line, and a line that has no comments,
//! as in Java's property files, has nothing beside the setting. `tests/frameworks` pastes them.

use super::framework::Framework::{
    self, AspNet, AuthJs, Django, Express, Flask, Laravel, Phoenix, Php, Rack, Rails, Servlet,
};

type Fixes = &'static [(Framework, &'static str)];

pub(super) const SECURE: Fixes = &[
    (
        Express,
        "cookie: { secure: true }, // in session({ ... }), and behind a proxy app.set('trust proxy', 1)",
    ),
    (Flask, "app.config['SESSION_COOKIE_SECURE'] = True"),
    (Django, "SESSION_COOKIE_SECURE = True"),
    (Rails, "config.force_ssl = true"),
    (Rack, "secure: true, # in use Rack::Session::Cookie, ..."),
    (Laravel, "SESSION_SECURE_COOKIE=true # in .env"),
    (Php, "session.cookie_secure = 1 ; in php.ini"),
    (
        Servlet,
        "<secure>true</secure> <!-- in <cookie-config>; Spring Boot: server.servlet.session.cookie.secure=true -->",
    ),
    (AspNet, "options.Cookie.SecurePolicy = CookieSecurePolicy.Always;"),
    (Phoenix, "secure: true, # in @session_options"),
    (AuthJs, "useSecureCookies: true,"),
];

pub(super) const CSRF_SECURE: Fixes =
    &[(Django, "CSRF_COOKIE_SECURE = True"), (Laravel, "SESSION_SECURE_COOKIE=true # in .env")];

pub(super) const HTTP_ONLY: Fixes = &[
    (Express, "cookie: { httpOnly: true }, // in session({ ... }), and the default"),
    (Flask, "app.config['SESSION_COOKIE_HTTPONLY'] = True # the default"),
    (Django, "SESSION_COOKIE_HTTPONLY = True # the default"),
    (Rails, "config.session_store :cookie_store, httponly: true # the default"),
    (Rack, "httponly: true, # in use Rack::Session::Cookie, ..., and the default"),
    (Laravel, "SESSION_HTTP_ONLY=true # in .env"),
    (Php, "session.cookie_httponly = 1 ; in php.ini"),
    (
        Servlet,
        "<http-only>true</http-only> <!-- in <cookie-config>; Spring Boot: server.servlet.session.cookie.http-only=true -->",
    ),
    (AspNet, "options.Cookie.HttpOnly = true;"),
    (Phoenix, "http_only: true, # in @session_options, and the default"),
];

pub(super) const SAME_SITE: Fixes = &[
    (Express, "cookie: { sameSite: 'lax' }, // in session({ ... })"),
    (Flask, "app.config['SESSION_COOKIE_SAMESITE'] = 'Lax'"),
    (Django, "SESSION_COOKIE_SAMESITE = 'Lax' # the default"),
    (Rails, "config.action_dispatch.cookies_same_site_protection = :lax"),
    (Rack, "same_site: :lax, # in use Rack::Session::Cookie, ..."),
    (Laravel, "SESSION_SAME_SITE=lax # in .env"),
    (Php, "session.cookie_samesite = \"Lax\" ; in php.ini"),
    (Servlet, "server.servlet.session.cookie.same-site=lax"),
    (AspNet, "options.Cookie.SameSite = SameSiteMode.Lax;"),
    (Phoenix, "same_site: \"Lax\", # in @session_options"),
];

pub(super) const PREFIX: Fixes = &[
    (Express, "name: '__Host-sid', cookie: { secure: true, path: '/' }, // in session({ ... })"),
    (Flask, "app.config.update(SESSION_COOKIE_NAME='__Host-session', SESSION_COOKIE_SECURE=True)"),
    (Django, "SESSION_COOKIE_NAME, SESSION_COOKIE_SECURE = '__Host-sessionid', True"),
    (Rails, "config.session_store :cookie_store, key: '__Host-session', secure: true"),
    (Rack, "key: '__Host-session', secure: true, path: '/', # in use Rack::Session::Cookie, ..."),
    (Laravel, "SESSION_COOKIE=__Host-session # in .env, and SESSION_SECURE_COOKIE=true"),
    (Php, "session.name = __Host-SESSID ; in php.ini, and session.cookie_secure = 1"),
    (Servlet, "server.servlet.session.cookie.name=__Host-SESSION"),
    (AspNet, "options.Cookie.Name = \"__Host-session\";"),
    (Phoenix, "key: \"__Host-session\", secure: true, # in @session_options"),
];

pub(super) const DOMAIN: Fixes = &[
    (Express, "cookie: { domain: undefined }, // in session({ ... })"),
    (Flask, "app.config['SESSION_COOKIE_DOMAIN'] = None"),
    (Django, "SESSION_COOKIE_DOMAIN = None"),
    (Rails, "config.session_store :cookie_store # without domain:"),
    (Laravel, "SESSION_DOMAIN=null # in .env"),
    (Php, "session.cookie_domain = \"\" ; in php.ini"),
    (Servlet, "server.servlet.session.cookie.domain="),
    (AspNet, "options.Cookie.Domain = null;"),
];

pub(super) const LIFETIME: Fixes = &[
    (Express, "cookie: { maxAge: undefined }, // in session({ ... })"),
    (Flask, "session.permanent = False # or app.permanent_session_lifetime = timedelta(hours=12)"),
    (Django, "SESSION_EXPIRE_AT_BROWSER_CLOSE = True # or SESSION_COOKIE_AGE = 43200"),
    (Rails, "config.session_store :cookie_store # without expire_after:"),
    (Laravel, "SESSION_EXPIRE_ON_CLOSE=true # in .env"),
    (Php, "session.cookie_lifetime = 0 ; in php.ini"),
    (Servlet, "server.servlet.session.cookie.max-age=12h"),
    (AspNet, "options.Cookie.MaxAge = null;"),
    (AuthJs, "session: { maxAge: 12 * 60 * 60 },"),
];

pub(super) const HSTS: Fixes = &[
    (Express, "app.use(require('helmet')()); // before the routes"),
    (
        Flask,
        "app.after_request(lambda r: r.headers.setdefault('Strict-Transport-Security', 'max-age=31536000; includeSubDomains') and r)",
    ),
    (
        Django,
        "SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS = 31536000, True # and behind a proxy SECURE_PROXY_SSL_HEADER",
    ),
    (Rails, "config.force_ssl = true"),
    (
        AspNet,
        "builder.Services.AddHsts(o => { o.MaxAge = TimeSpan.FromDays(365); o.IncludeSubDomains = true; }); // and app.UseHsts();",
    ),
    (Servlet, "http.headers(h -> h.httpStrictTransportSecurity(s -> s.includeSubDomains(true)));"),
];

pub(super) const TO_HTTPS: Fixes = &[
    (Django, "SECURE_SSL_REDIRECT = True # and behind a proxy SECURE_PROXY_SSL_HEADER"),
    (Rails, "config.force_ssl = true"),
    (AspNet, "app.UseHttpsRedirection();"),
    (Servlet, "http.redirectToHttps(Customizer.withDefaults());"),
];

pub(super) const NO_STORE: Fixes = &[
    (
        Express,
        "app.use((request, response, next) => { response.set('Cache-Control', 'no-store'); next(); }); // before the routes",
    ),
    (Flask, "app.after_request(lambda r: r.headers.setdefault('Cache-Control', 'no-store') and r)"),
    (Django, "@never_cache # of django.views.decorators.cache, on views that set the session"),
    (Rails, "before_action { response.headers['Cache-Control'] = 'no-store' } # in ApplicationController"),
    (Laravel, "->header('Cache-Control', 'no-store')"),
    (Php, "session.cache_limiter = nocache ; in php.ini, and the default"),
];

pub(super) const CSP: Fixes = &[
    (
        Express,
        "app.use(require('helmet')()); // before the routes; its contentSecurityPolicy option says more",
    ),
    (
        Django,
        "SECURE_CSP = {'default-src': [\"'self'\"], 'base-uri': [\"'none'\"]} # from Django 6.0 on, with its middleware",
    ),
    (
        Rails,
        "config.content_security_policy { |policy| policy.default_src :self; policy.base_uri :none; policy.frame_ancestors :none }",
    ),
    (
        Flask,
        "app.after_request(lambda r: r.headers.setdefault('Content-Security-Policy', \"default-src 'self'; base-uri 'none'; frame-ancestors 'none'\") and r)",
    ),
];

pub(super) const FRAMES: Fixes = &[
    (Express, "app.use(require('helmet')()); // before the routes"),
    (Django, "X_FRAME_OPTIONS = 'DENY' # with XFrameOptionsMiddleware"),
    (Flask, "app.after_request(lambda r: r.headers.setdefault('X-Frame-Options', 'DENY') and r)"),
];

pub(super) const ROTATE: Fixes = &[
    (Express, "req.session.regenerate(next); // at sign-in"),
    (
        Flask,
        "app.session_interface.regenerate(session) # of Flask-Session, at sign-in: Flask's own cookie has no token",
    ),
    (Django, "django.contrib.auth.login(request, user) # it rotates"),
    (Rails, "reset_session # at sign-in"),
    (Laravel, "$request->session()->regenerate(); // at sign-in"),
    (Php, "session_regenerate_id(true); // at sign-in"),
    (Servlet, "request.changeSessionId(); // at sign-in"),
];

pub(super) const DESTROY: Fixes = &[
    (Express, "req.session.destroy(next); // at sign-out"),
    (Flask, "a session store of the server's, such as Flask-Session: Flask's own cookie cannot be ended"),
    (
        Django,
        "django.contrib.auth.logout(request) # with a session engine other than signed_cookies, which cannot be ended",
    ),
    (Rails, "reset_session # at sign-out, with a store of the server's: CookieStore cannot be ended"),
    (Laravel, "$request->session()->invalidate(); // at sign-out"),
    (Php, "session_destroy(); // at sign-out"),
    (Servlet, "session.invalidate(); // at sign-out"),
];
