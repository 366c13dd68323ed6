//! The fixes that frameworks have a line for, each as the framework's own documentation names the setting.

use super::framework::Framework::{
    self, AspNet, AuthJs, Django, Express, Flask, Laravel, Phoenix, Php, Rack, Rails, Servlet,
};

type Fixes = &'static [(Framework, &'static str)];

pub(super) const SECURE: Fixes = &[
    (Express, "session({ cookie: { secure: true } }), and app.set('trust proxy', 1) behind a proxy"),
    (Flask, "app.config['SESSION_COOKIE_SECURE'] = True"),
    (Django, "SESSION_COOKIE_SECURE = True"),
    (Rails, "config.force_ssl = true"),
    (Rack, "use Rack::Session::Cookie, secure: true"),
    (Laravel, "SESSION_SECURE_COOKIE=true in .env"),
    (Php, "session.cookie_secure = 1 in php.ini"),
    (Servlet, "server.servlet.session.cookie.secure=true, or <secure>true</secure> in web.xml"),
    (AspNet, "options.Cookie.SecurePolicy = CookieSecurePolicy.Always;"),
    (Phoenix, "plug Plug.Session, secure: true"),
    (AuthJs, "useSecureCookies: true"),
];

pub(super) const CSRF_SECURE: Fixes =
    &[(Django, "CSRF_COOKIE_SECURE = True"), (Laravel, "SESSION_SECURE_COOKIE=true in .env")];

pub(super) const HTTP_ONLY: Fixes = &[
    (Express, "session({ cookie: { httpOnly: true } }), which is the default"),
    (Flask, "app.config['SESSION_COOKIE_HTTPONLY'] = True, which is the default"),
    (Django, "SESSION_COOKIE_HTTPONLY = True, which is the default"),
    (Rails, "config.session_store :cookie_store, httponly: true, which is the default"),
    (Rack, "use Rack::Session::Cookie, httponly: true, which is the default"),
    (Laravel, "SESSION_HTTP_ONLY=true in .env"),
    (Php, "session.cookie_httponly = 1 in php.ini"),
    (Servlet, "server.servlet.session.cookie.http-only=true, or <http-only>true</http-only> in web.xml"),
    (AspNet, "options.Cookie.HttpOnly = true;"),
    (Phoenix, "plug Plug.Session, http_only: true, which is the default"),
];

pub(super) const SAME_SITE: Fixes = &[
    (Express, "session({ cookie: { sameSite: 'lax' } })"),
    (Flask, "app.config['SESSION_COOKIE_SAMESITE'] = 'Lax'"),
    (Django, "SESSION_COOKIE_SAMESITE = 'Lax', which is the default"),
    (Rails, "config.action_dispatch.cookies_same_site_protection = :lax"),
    (Rack, "use Rack::Session::Cookie, same_site: :lax"),
    (Laravel, "SESSION_SAME_SITE=lax in .env"),
    (Php, "session.cookie_samesite = \"Lax\" in php.ini"),
    (Servlet, "server.servlet.session.cookie.same-site=lax"),
    (AspNet, "options.Cookie.SameSite = SameSiteMode.Lax;"),
    (Phoenix, "plug Plug.Session, same_site: \"Lax\""),
];

pub(super) const PREFIX: Fixes = &[
    (Express, "session({ name: '__Host-sid', cookie: { secure: true, path: '/' } })"),
    (Flask, "app.config['SESSION_COOKIE_NAME'] = '__Host-session', with SESSION_COOKIE_SECURE"),
    (Django, "SESSION_COOKIE_NAME = '__Host-sessionid', with SESSION_COOKIE_SECURE"),
    (Rails, "config.session_store :cookie_store, key: '__Host-session', secure: true"),
    (Rack, "use Rack::Session::Cookie, key: '__Host-session', secure: true, path: '/'"),
    (Laravel, "SESSION_COOKIE=__Host-session in .env, with SESSION_SECURE_COOKIE=true"),
    (Php, "session.name = __Host-SESSID in php.ini, with session.cookie_secure = 1"),
    (Servlet, "server.servlet.session.cookie.name=__Host-SESSION"),
    (AspNet, "options.Cookie.Name = \"__Host-session\";"),
    (Phoenix, "plug Plug.Session, key: \"__Host-session\", secure: true"),
];

pub(super) const DOMAIN: Fixes = &[
    (Express, "session({ cookie: { domain: undefined } })"),
    (Flask, "app.config['SESSION_COOKIE_DOMAIN'] = None"),
    (Django, "SESSION_COOKIE_DOMAIN = None"),
    (Rails, "config.session_store :cookie_store without domain:"),
    (Laravel, "SESSION_DOMAIN=null in .env"),
    (Php, "session.cookie_domain = in php.ini"),
    (Servlet, "no server.servlet.session.cookie.domain"),
    (AspNet, "options.Cookie.Domain = null;"),
];

pub(super) const LIFETIME: Fixes = &[
    (Express, "session({ cookie: { maxAge: undefined } })"),
    (Flask, "session.permanent = False, or a short PERMANENT_SESSION_LIFETIME"),
    (Django, "SESSION_EXPIRE_AT_BROWSER_CLOSE = True, or SESSION_COOKIE_AGE = 43200"),
    (Rails, "config.session_store :cookie_store without expire_after:"),
    (Laravel, "SESSION_EXPIRE_ON_CLOSE=true in .env"),
    (Php, "session.cookie_lifetime = 0 in php.ini"),
    (Servlet, "no server.servlet.session.cookie.max-age"),
    (AspNet, "options.Cookie.MaxAge = null;"),
    (AuthJs, "session: { maxAge: 12 * 60 * 60 }"),
];

pub(super) const HSTS: Fixes = &[
    (Express, "app.use(helmet()), which sends it"),
    (Django, "SECURE_HSTS_SECONDS = 31536000 and SECURE_HSTS_INCLUDE_SUBDOMAINS = True"),
    (Rails, "config.force_ssl = true"),
    (AspNet, "app.UseHsts(); with options.MaxAge and IncludeSubDomains"),
    (Servlet, "http.headers(h -> h.httpStrictTransportSecurity(s -> s.includeSubDomains(true)))"),
];

pub(super) const TO_HTTPS: Fixes = &[
    (Django, "SECURE_SSL_REDIRECT = True"),
    (Rails, "config.force_ssl = true"),
    (AspNet, "app.UseHttpsRedirection();"),
    (Servlet, "http.redirectToHttps(Customizer.withDefaults())"),
];

pub(super) const NO_STORE: Fixes = &[
    (Express, "res.set('Cache-Control', 'no-store') where the session is set"),
    (Flask, "response.headers['Cache-Control'] = 'no-store' in app.after_request"),
    (Django, "django.views.decorators.cache.never_cache, or a middleware that sets no-store"),
    (Rails, "response.headers['Cache-Control'] = 'no-store'"),
    (Laravel, "->header('Cache-Control', 'no-store')"),
    (Php, "session.cache_limiter = nocache in php.ini, which is the default"),
];

pub(super) const CSP: Fixes = &[
    (Express, "app.use(helmet()), and its contentSecurityPolicy option"),
    (Django, "SECURE_CSP, from Django 6.0 on"),
    (Rails, "config/initializers/content_security_policy.rb"),
    (Flask, "response.headers['Content-Security-Policy'] in app.after_request"),
];

pub(super) const FRAMES: Fixes = &[
    (Express, "app.use(helmet())"),
    (Django, "X_FRAME_OPTIONS = 'DENY', with XFrameOptionsMiddleware"),
    (Flask, "response.headers['Content-Security-Policy'] = \"frame-ancestors 'none'\" in app.after_request"),
];

pub(super) const ROTATE: Fixes = &[
    (Express, "req.session.regenerate(...) at sign-in"),
    (Flask, "a session store of the server's, and session.regenerate() of Flask-Session at sign-in"),
    (Django, "django.contrib.auth.login(), which rotates"),
    (Rails, "reset_session at sign-in"),
    (Laravel, "$request->session()->regenerate() at sign-in"),
    (Php, "session_regenerate_id(true) at sign-in"),
    (Servlet, "request.changeSessionId() at sign-in"),
];

pub(super) const DESTROY: Fixes = &[
    (Express, "req.session.destroy(...) at sign-out"),
    (Flask, "a session store of the server's: Flask's own cookie cannot be ended"),
    (Django, "django.contrib.auth.logout(); signed_cookies cannot be ended"),
    (Rails, "reset_session with a store of the server's: CookieStore cannot be ended"),
    (Laravel, "$request->session()->invalidate() at sign-out"),
    (Php, "session_destroy() at sign-out"),
    (Servlet, "session.invalidate() at sign-out"),
];
