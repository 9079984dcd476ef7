"""Settings: the configuration files and the environment -> one frozen `Settings`, or every problem in every file at once.

This is the only room that reads configuration files and the environment. It uses neither network nor database, and prints nothing.
"""

from monitor.settings.load import load
from monitor.settings.models import SUBJECTS, json_schema
from monitor.settings.settings import Settings, redacted
from monitor.settings.shipped import init, shipped

__all__ = ["SUBJECTS", "Settings", "init", "json_schema", "load", "redacted", "shipped"]
