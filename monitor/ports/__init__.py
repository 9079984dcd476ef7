"""The protocols through which steps reach the outside world, and the dataclasses that pass through them.

`world` describes what adapters do. The other files describe rows of the database; each is implemented by the file of the same name in
`store/`. Tests pass fakes.
"""

from monitor.ports.alerts import AlertRows, StoredAlert
from monitor.ports.articles import ArticleRows, Stamp, StoredArticle, StoredResponse, StoryOutline, Version, Wanted
from monitor.ports.entries import EntryOutcome, EntryRows, ListedEntry
from monitor.ports.feedback import FeedbackRows
from monitor.ports.lanes import Claim, Due, LaneRows, StepName
from monitor.ports.operator import ClosedChannel, OperatorRows, Tally, Timer
from monitor.ports.robots import RobotsFile, RobotsRows
from monitor.ports.sources import Gap, Silence, SourceCounts, SourceRows, Traffic
from monitor.ports.store import Store, Transaction
from monitor.ports.stories import StoredStory, StoryRows
from monitor.ports.world import Chat, Clock, Fetch, Mailer, Parse, Poster

__all__ = [
    "AlertRows",
    "ArticleRows",
    "Chat",
    "Claim",
    "Clock",
    "ClosedChannel",
    "Due",
    "EntryOutcome",
    "EntryRows",
    "FeedbackRows",
    "Fetch",
    "Gap",
    "LaneRows",
    "ListedEntry",
    "Mailer",
    "OperatorRows",
    "Parse",
    "Poster",
    "RobotsFile",
    "RobotsRows",
    "Silence",
    "SourceCounts",
    "SourceRows",
    "Stamp",
    "StepName",
    "Store",
    "StoredAlert",
    "StoredArticle",
    "StoredResponse",
    "StoredStory",
    "StoryOutline",
    "StoryRows",
    "Tally",
    "Timer",
    "Traffic",
    "Transaction",
    "Version",
    "Wanted",
]
