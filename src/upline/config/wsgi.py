"""The entry of a WSGI server."""

import ctypes
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upline.config.settings")


def end_with_parent() -> None:
    """Let a process of `upline site` end when the one that watches over it is killed.

    Else it would go on holding the port. Linux alone knows how.
    """
    if sys.platform == "linux" and os.environ.get("SITE_PARENT_PID") == str(os.getppid()):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


end_with_parent()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - first, who may outlive us

application = get_wsgi_application()

from upline.config import warming  # noqa: E402 - the apps are ready now

warming.begin()
