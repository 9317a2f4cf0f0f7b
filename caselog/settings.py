"""The only settings. Values come from the environment; a bad one refuses to start.

CASELOG_MODE is "production" unless it says "demo". The demo needs no other variable;
production refuses a missing secret key or host list instead of running unsafe.
"""

import os
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import dj_database_url
from bootstrap_wrapper import get_bootstrap_dir
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from caselog import choices

PACKAGE = Path(__file__).resolve().parent
# In the wheel the templates and catalogues travel inside the package.
RESOURCES = PACKAGE / "bundle" if (PACKAGE / "bundle").is_dir() else PACKAGE.parent
HOME = Path(os.environ.get("CASELOG_HOME") or Path.cwd()).resolve()

MODE = os.environ.get("CASELOG_MODE", "production")
if MODE not in {"demo", "production"}:
    raise ImproperlyConfigured(f"CASELOG_MODE is “{MODE}”; it must be “demo” or “production”.")
DEMO = MODE == "demo"
DEBUG = False


def _demo_secret_key() -> str:
    """A key of this folder's own, so that the demo survives a restart and no key is shared."""
    path = HOME / "secret-key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


def _required(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Production does not start without it.")
    return value


def _minutes(name: str, default: int, *, most: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
        raise ImproperlyConfigured(f"{name} is “{text}”; write whole minutes, from 1 to {most}.")
    return int(text)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _fernet_keys(name: str) -> tuple[str, ...]:
    keys = tuple(_listed(os.environ.get(name, "")))
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            wrong = f"{name}: key {place} of {len(keys)} is not valid."
            raise ImproperlyConfigured(f"{wrong} Write 32 random bytes in URL-safe base64.") from None
    return keys


if DEMO:
    SECRET_KEY = os.environ.get("CASELOG_SECRET_KEY") or _demo_secret_key()
    ALLOWED_HOSTS = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "testserver",
        *_listed(os.environ.get("CASELOG_ALLOWED_HOSTS", "")),
    ]
else:
    SECRET_KEY = _required("CASELOG_SECRET_KEY")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("CASELOG_SECRET_KEY is shorter than 50 characters.")
    ALLOWED_HOSTS = _listed(_required("CASELOG_ALLOWED_HOSTS"))
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("CASELOG_ALLOWED_HOSTS holds “*”; name the hosts.")

# Names and hospital numbers (caselog.models.encrypted): the first key encrypts, all of them decrypt.
IDENTIFIER_KEYS = _fernet_keys("CASELOG_IDENTIFIER_KEYS")
if DEMO and not IDENTIFIER_KEYS:
    IDENTIFIER_KEYS = (urlsafe_b64encode(sha256(f"identifiers {SECRET_KEY}".encode()).digest()).decode(),)

CSRF_TRUSTED_ORIGINS = _listed(os.environ.get("CASELOG_TRUSTED_ORIGINS", ""))
SECURE_HTTPS = not DEMO
SECURE_SSL_REDIRECT = SECURE_HTTPS
SESSION_COOKIE_SECURE = SECURE_HTTPS
CSRF_COOKIE_SECURE = SECURE_HTTPS
CSRF_FAILURE_VIEW = "caselog.web.drafts.csrf_failed"
LANGUAGE_COOKIE_SECURE = SECURE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HTTPS
SECURE_HSTS_PRELOAD = SECURE_HTTPS
if os.environ.get("CASELOG_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
# Whoever leaves a shared computer is signed out; each use of a page starts the time anew, up to a day's work.
IDLE_MINUTES = _minutes("CASELOG_IDLE_MINUTES", 30, most=12 * 60)
LONGEST_SESSION_MINUTES = 12 * 60
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_COOKIE_NAME = "caselog_session"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's ticks and arrows; a chart that becomes a PNG
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "caselog",
    "audit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before whitenoise, which answers for static files by itself
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A list of fifty cases travels as 4 KB instead of 36; static files are compressed beforehand.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "caselog.web.middleware.no_store",
    "caselog.web.middleware.session_of_use",
    "caselog.web.middleware.current_clinic",
]
ROOT_URLCONF = "caselog.urls"
WSGI_APPLICATION = "caselog.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RESOURCES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "caselog.web.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "caselog.templatetags.caselog"],
        },
    }
]
# Form templates may be overridden in templates/django/forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_POSTGRES = os.environ.get("DATABASE_URL")
if _POSTGRES:
    if not _POSTGRES.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with “postgres://”; leave it out for SQLite.")
    DATABASES = {"default": dj_database_url.parse(_POSTGRES, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "caselog.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # FULL is the only setting that lost no acknowledged row in a power cut, and
                # IMMEDIATE the only one under which concurrent writers queue instead of failing.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by all workers, so that sign-in limits hold across them.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "caselog_cache"}
}

AUTH_USER_MODEL = "caselog.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "caselog.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Signing asks for the password or passkey again when it was asked longer ago than this.
REAUTHENTICATE_MINUTES = _minutes("CASELOG_REAUTHENTICATE_MINUTES", 30, most=LONGEST_SESSION_MINUTES)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Caselog"
# Hospital networks often have no mail, so addresses stay unverified: the administrator knows the person.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = os.environ.get("CASELOG_EMAIL_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("CASELOG_EMAIL_FROM", "caselog@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "caselog.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["caselog.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "caselog.api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "caselog.api.paging.KeySetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "caselog.api.errors.handler",
    "PAGE_SIZE": 50,
}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Caselog",
    "DESCRIPTION": "Record surgical sperm retrieval; compare a clinic's rates with cited figures.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # A vocabulary has one name, whichever fields use it.
    "ENUM_NAME_OVERRIDES": {
        f"{name}Enum": vocabulary
        for name, vocabulary in vars(choices).items()
        if isinstance(vocabulary, type) and vocabulary.__module__ == choices.__name__
    }
    | {"ReferenceSetAskedEnum": "audit.api.audits.REFERENCE_SETS"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
LOCALE_PATHS = [RESOURCES / "locale"]
LANGUAGE_COOKIE_NAME = "caselog_language"
TIME_ZONE = os.environ.get("CASELOG_TIME_ZONE") or "UTC"
try:
    ZoneInfo(TIME_ZONE)
except (ValueError, OSError, KeyError) as error:
    raise ImproperlyConfigured(
        f"CASELOG_TIME_ZONE is “{TIME_ZONE}”; use a name like “Asia/Dubai”."
    ) from error
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "staticfiles"
STATICFILES_DIRS = [("bootstrap", get_bootstrap_dir())]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
