"""Imports every room's tables, so that `Base.metadata` knows them all."""

from learnflow.accounts import models as accounts
from learnflow.events import models as events
from learnflow.exercises import models as exercises
from learnflow.progress import models as progress
from learnflow.submissions import models as submissions

__all__ = ["accounts", "events", "exercises", "progress", "submissions"]
