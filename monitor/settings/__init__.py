"""Settings: the files under config/ and the environment come in, one frozen `Settings` goes out, or every problem of every file at once.

The only room that reads configuration files and the environment. It opens no network and no database, and prints nothing.
"""

from monitor.settings.load import load
from monitor.settings.models import SUBJECTS, json_schema
from monitor.settings.settings import Settings, redacted
from monitor.settings.shipped import init, shipped

__all__ = ["SUBJECTS", "Settings", "init", "json_schema", "load", "redacted", "shipped"]
