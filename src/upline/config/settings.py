"""The settings of Django, all from the environment.

`upline.foundation.environment` reads and explains the variables; `docs/reference/settings.md`
lists them.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
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
    "upline.payouts",
    "upline.demo",
    "upline.web.shared",
    "upline.web.accounts",
    "upline.web.cabinet",
    "upline.web.office",
    "upline.web.design",
)

# A demo shows what a company shows, not what a developer needs.
DEBUG = ENVIRONMENT.stage == "development" and not ENVIRONMENT.is_demo
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    *(app for app in APPS if app.startswith("upline.web.")),
    # Before Django's admin, whose templates it replaces; without a site of its own.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    # Finds no screens by itself: `upline.web.office` says what the office shows.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    # Without its own settings of templates, which are written out below.
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "hijack",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "rules.apps.AutodiscoverRulesConfig",
    *(app for app in APPS if not app.startswith("upline.web.")),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "upline.web.accounts.safety.AnswersAreSafe",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "upline.web.accounts.standing_in.StandingInIsKnown",
    "upline.web.accounts.languages.LanguageOfPerson",
    "upline.foundation.requests.RequestsAreNamed",
    # Inside a reading, which keeps the zone for whoever asks next.
    "upline.web.accounts.time_zones.TimeOfCompany",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "upline.web.accounts.second_factor.StaffProveSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "upline.web.accounts.page.session_of",
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            # A template that is being written is read at each request.
            "loaders": LOADERS if DEBUG else [("django.template.loaders.cached.Loader", LOADERS)],
        },
    },
]
# A component sees its attributes and what every page has, not the words of whoever uses it.
COTTON_ISOLATE_BY_DEFAULT = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
    # First: what it refuses reaches no other.
    "upline.web.accounts.backends.Throttled",
    "rules.permissions.ObjectPermissionBackend",
    "upline.web.accounts.backends.ByEmail",
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
# Ours first; then what the libraries on our screens do not translate themselves.
LOCALE_PATHS = [PACKAGE / "locale", PACKAGE / "locale_libraries"]
FORMAT_MODULE_PATH = "upline.config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.home / "static" if IS_PRODUCTION else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Outside production the files are served from where they lie.
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# Who signs in by what; nobody signs up: members are enrolled.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:landing"
LOGOUT_REDIRECT_URL = "account_login"
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
ACCOUNT_ADAPTER = "upline.web.accounts.adapters.Accounts"
ACCOUNT_FORMS = {
    "login": "upline.web.accounts.forms.SignIn",
    "change_password": "upline.web.accounts.forms.ChangePassword",  # nosec B105 - a form
    "reauthenticate": "upline.web.accounts.forms.PasswordAgain",
    "reset_password": "upline.web.accounts.forms.AskForPassword",  # nosec B105 - a form
    "reset_password_from_key": "upline.web.accounts.forms.NewPassword",  # nosec B105 - a form
    "set_password": "upline.web.accounts.forms.FirstPassword",  # nosec B105 - a form
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Whoever asks for a new password of an unknown address learns nothing, and neither does the address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
# As the mail says: good for a day.
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PRODUCTION else "http"
MFA_ADAPTER = "upline.web.accounts.adapters.SecondFactor"
MFA_FORMS = {
    "activate_totp": "upline.web.accounts.forms.SetUpCode",
    "authenticate": "upline.web.accounts.forms.Code",
    "reauthenticate": "upline.web.accounts.forms.CodeAgain",
    "add_webauthn": "upline.web.accounts.forms.NewPasskey",
    "edit_webauthn": "upline.web.accounts.forms.PasskeyName",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Possession of the device is not enough: its finger, face or PIN is asked for each time.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A passkey cannot be guessed; behind one address there may be a whole office.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# The clock of a telephone may go half a minute wrong.
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False
HIJACK_PERMISSION_CHECK = "upline.web.accounts.standing_in.may_stand_in"

# Five wrong passwords for one login from one address, and the next count in a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "upline.web.accounts.throttling.key_of"
AXES_CLIENT_IP_CALLABLE = "upline.web.accounts.throttling.address_of"
AXES_LOCKOUT_CALLABLE = "upline.web.accounts.throttling.locked_out"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Counts of tries are shared by all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_accounts_cache",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}


def mail(url: str) -> dict[str, object]:
    """Give Django's settings of the mail server of an address."""
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
        "EMAIL_TIMEOUT": 10,
    }


DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_from
if ENVIRONMENT.mail_url:
    globals().update(mail(ENVIRONMENT.mail_url))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(ENVIRONMENT.home / "mail")

# One policy for every page, the office too; docs/adr/0053 says how that is possible.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": IS_PRODUCTION,
    },
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "upline.web.accounts.failures.forged"
if IS_PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # The probes of the same machine come without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    # A browser takes a cookie of such a name from this host alone, over TLS alone.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    # To be in the list that browsers ship is for the owner of the domain to ask: it is not undone.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]

# Who answers to which event; foundation reads it by name, for it may not import config.
OUTBOX_WIRING = "upline.config.wiring.WIRING"

# What was recorded of a tracked table stays as it was.
PGHISTORY_APPEND_ONLY = True

LOGGING = logs.configured(level=ENVIRONMENT.log_level)
