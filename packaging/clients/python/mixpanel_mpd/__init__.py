"""A client of mpd, the daemon that owns a user's Mixpanel login. Standard library only."""

from ._answer import Answer, Event, Problem, Stream
from ._client import VERSION as __version__
from ._client import Client
from ._place import socket_path
from ._token import TokenProvider

__all__ = ["Answer", "Client", "Event", "Problem", "Stream", "TokenProvider", "__version__", "socket_path"]
