"""The settings of Django, all from the environment.

`upline.foundation.environment` reads and explains the variables; `docs/reference/settings.md`
lists them.
"""

from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from upline.foundation import environment, logs

ENVIRONMENT = environment.read()
IS_PRODUCTION = ENVIRONMENT.stage == "production"
PACKAGE = Path(__file__).parents[1]

# The apps of the platform, lower ones first. Who may import whom is written in pyproject.toml.
APPS = (
    "upline.foundation",
    "upline.people",
    "upline.ledger",
    "upline.catalog",
    "upline.network",
    "upline.orders",
    "upline.plans",
    "upline.commissions",
)

DEBUG = ENVIRONMENT.stage == "development"
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "rules.apps.AutodiscoverRulesConfig",
    *APPS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "upline.foundation.requests.RequestsAreNamed",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ROOT_URLCONF = "upline.config.urls"
WSGI_APPLICATION = "upline.config.wsgi.application"


def database(url: str) -> dict[str, object]:
    """Give Django's form of an address; what it has no place for becomes an option of the driver."""
    parts = dict(conninfo_to_dict(url))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "upline"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A page is read and written as one act only where a service says so.
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {"default": database(ENVIRONMENT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Login"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
# Each in its own name, for that is how it is looked for.
LANGUAGES = [
    ("en", "English"),
    ("ru", "Русский"),
    ("bg", "Български"),
    ("kk", "Қазақша"),
    ("pl", "Polski"),
]
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "static/"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if IS_PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # The probes of the same machine come without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Who answers to which event; foundation reads it by name, for it may not import config.
OUTBOX_WIRING = "upline.config.wiring.WIRING"

# What was recorded of a tracked table stays as it was.
PGHISTORY_APPEND_ONLY = True

LOGGING = logs.configured(level=ENVIRONMENT.log_level)
