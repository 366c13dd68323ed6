"""An application of Django, with the settings that `startproject` writes for sessions and safety, but DEBUG, which is off."""

import os
import secrets
import sys

sys.path.insert(0, sys.argv[1])

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import path  # noqa: E402

# The report's fixes, pasted.
fixes = {}
exec(os.environ.get("FIXES", ""), fixes)

settings.configure(
    SECRET_KEY=secrets.token_hex(),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.abspath("sessions.db")}},
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https") if len(fixes) > 1 else None,
    **{name: value for name, value in fixes.items() if name.isupper()},
)


def index(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    token = get_token(request)
    return HttpResponse(f'<form method=post><input type=hidden name=csrfmiddlewaretoken value="{token}"></form>')


urlpatterns = [path("", index)]

django.setup()
call_command("migrate", verbosity=0)
call_command("runserver", f"127.0.0.1:{sys.argv[2]}", use_reloader=False)
