"""The names of events, once."""

from enum import Enum

PURCHASE = "Purchase"
REFUND = "Refund"


class Event(Enum):
    """Events of users."""

    SIGN_UP = "Sign Up"
    LOG_IN = "Log In"


class Tracked:
    APP_OPEN = "App Open"
    GONE = "Page Viewed"
