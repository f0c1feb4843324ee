# -*- coding: utf-8 -*-
"""Tells Mixpanel what happens.

    mp.track("id", "In A Docstring", {"is": "no call"})
"""

from __future__ import annotations

import logging
from typing import Any

from mixpanel import Consumer, Mixpanel

from .events import PURCHASE

log = logging.getLogger(__name__)
PLAN = "plan"
PAGE_VIEW = "Page View"


class Events:
    SIGN_UP = "Sign Up"
    LOST = "Sign Upp"


class Tracker:
    def __init__(self, token: str) -> None:
        self.mp = Mixpanel(token, consumer=Consumer(api_host="api-eu.mixpanel.com"))

    def signed_up(self, user: Any) -> None:
        self.mp.track(user.id, Events.SIGN_UP, {PLAN: user.plan, "referrer": user.referrer, "is_first": True})
        self.mp.people_set(user.id, {"$email": user.email, "plan": user.plan})

    def lost(self, user: Any) -> None:
        self.mp.track(user.id, Events.LOST)  # MISTAKE unknown-event

    def bought(self, user: Any, amount: float, **more: Any) -> None:
        props = {"amount": amount, "country": user.country}
        props["page"] = f"/checkout/{user.id}"
        if more:
            props.update({"tags": list(more), "is_first": "no"})  # MISTAKE wrong-type
        self.mp.track(user.id, "Purchase", props)
        self.mp.track(user.id, PURCHASE, dict(amount=amount, country="DE", **more))
        self.mp.track(user.id, "Purchase", dict(amount=amount, curency="EUR"))  # MISTAKE unknown-property

    def viewed(self, user: Any, page: str) -> None:
        self.mp.track(
            distinct_id=user.id,
            event_name=PAGE_VIEW,
            properties={
                "page": page,
                "referrer": None,
                "amount": "12",  # MISTAKE wrong-type
            },
        )

    def anything(self, user: Any, name: str, props: dict) -> None:
        self.mp.track(user.id, name, props)
        log.info("track(%s, 'Not A Call')", name)
        self.audio.track("x", "Not Mixpanel", {"y": 1})

    def old(self, user: Any) -> None:
        self.mp.track(user.id, 'Signup', {'plan': 'free'})  # MISTAKE unknown-event
        self.mp.import_data("key", user.id, "App Open", 1700000000, {"$os": "iOS", "since": "2025-01-01T00:00:00"})
