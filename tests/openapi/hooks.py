"""Lets schemathesis talk to a Unix socket, and wait for a daemon that is started again."""

import os
import socket
import time

import urllib3.connection


def connect(self):
    """Connects to the daemon, for as long as it may take to start."""
    end = time.monotonic() + 20
    while True:
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(60)
        try:
            stream.connect(os.environ["MPD_SOCKET"])
            return stream
        except (ConnectionRefusedError, FileNotFoundError):
            stream.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


urllib3.connection.HTTPConnection._new_conn = connect
