"""The workspace against a real daemon and a fake Mixpanel that keeps what is made."""

import asyncio
import os
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

from store import Store
from test_scripts import ACCOUNT
from world import Home

import mixpanel_mpd as mp
from mixpanel_mpd import AsyncWorkspace, Workspace

MORE = """
[accounts.second]
type = "service_account"
region = "us"
default_project = "3187655"
username = "bench"
secret = "secret"

[targets.shop]
account = "second"
project = "3187655"
"""


class Workspaces(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.store = Store(os.environ["MPD_UPSTREAM"])
        cls.addClassCleanup(cls.store.__exit__)
        cls.home = Home(ACCOUNT + MORE, MPD_UPSTREAM=cls.store.url)
        cls.addClassCleanup(cls.home.__exit__)

    def setUp(self) -> None:
        self.store.reset()
        self.ws = Workspace(env=self.home.env)
        self.addCleanup(self.ws.close)

    def at(self, ws: Workspace) -> tuple[str, str]:
        session = ws.session
        return session.account["name"], session.project["id"]

    def test_a_switch_takes_over_what_fits(self) -> None:
        ws = self.ws
        self.assertEqual(self.at(ws), ("team", "3187654"))
        self.assertIs(ws.use(target="shop"), ws)
        self.assertEqual(self.at(ws), ("second", "3187655"))
        self.assertEqual(self.at(ws.use(project=3187654)), ("second", "3187654"))
        self.assertEqual(self.at(ws.use(account="team")), ("team", "3187654"))
        with self.assertRaises(mp.InvalidArgumentError):
            ws.use(target="shop", project="1")
        with self.assertRaises(mp.InvalidArgumentError):
            Workspace(target="shop", account="team", env=self.home.env)

    def test_snapshots_stay_where_they_are_while_others_switch(self) -> None:
        with self.ws.snapshot() as held, self.ws.use(account="second").snapshot() as other, ThreadPoolExecutor(2) as pool:
            self.ws.use(account="team")
            self.assertEqual(list(pool.map(self.at, [held, other])), [("team", "3187654"), ("second", "3187655")])
            held.use(project="3187655")
            self.assertEqual(self.at(held), ("team", "3187655"))

    def test_answers_are_objects_and_dicts_and_keep_all_fields(self) -> None:
        self.store.kept["cohorts"][7] = {"id": 7, "name": "a", "brand_new": [1], "created_by": {"id": 1, "age": 3}}
        cohort = self.ws.get_cohort(7)
        self.assertEqual((cohort.name, cohort["name"], cohort.brand_new, cohort.description), ("a", "a", [1], None))
        self.assertEqual((type(cohort.created_by).__name__, cohort.created_by.age), ("CohortCreator", 3))
        self.assertEqual(type(cohort.to_dict()["created_by"]), dict)
        with self.assertRaises(AttributeError):
            cohort.naem

    def test_rows_are_those_of_the_result(self) -> None:
        result = self.ws.segmentation("Sign Up", from_date="2025-01-01", to_date="2025-01-02", on="country")
        rows = result.rows()
        self.assertEqual(list(rows[0]), ["date", "segment", "count"])
        self.assertEqual(sum(row["count"] for row in rows), result.total)
        if find_spec("pandas") or find_spec("polars"):
            self.assertEqual((list(result.df.columns), len(result.to_dataframe())), (["date", "segment", "count"], len(rows)))
        else:
            with self.assertRaisesRegex(ModuleNotFoundError, "mixpanel-mpd.pandas"):
                result.df
        with self.assertRaises(ValueError):
            result.to_dataframe("excel")

    def test_failures_have_names_before_anybody_has_asked_for_them(self) -> None:
        with self.assertRaises(mp.QueryError) as caught:
            self.ws.get_dashboard(999)
        self.assertEqual((caught.exception.code, caught.exception.status_code), ("upstream_not_found", 404))
        with self.assertRaises(mp.InvalidArgumentError) as wrong:
            self.ws.segmentation("x", from_date="someday", to_date="2025-02-31")
        self.assertEqual([error["at"] for error in wrong.exception.errors], ["from", "to"])
        self.assertIsInstance(wrong.exception, ValueError)
        with self.assertRaises(mp.AccountInUseError):
            self.ws.client.call("DELETE", "/v1/accounts/second")

    def test_a_file_goes_up_as_it_is(self) -> None:
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(b"sku,name\n1,Chair\n")
            file.flush()
            with self.assertRaises(mp.Problem) as caught:
                self.ws.upload_lookup_table({"name": "", "file_path": file.name})
        # The sandbox has no lookup tables, but the daemon has read what came along.
        self.assertIn(caught.exception.code, ("invalid_argument", "upstream_not_found"))
        with self.assertRaises(FileNotFoundError):
            self.ws.upload_lookup_table({"name": "sku", "file_path": "/no/such/file"})

    def test_coroutines_do_the_same(self) -> None:
        async def tour() -> tuple[list[str], int, str]:
            async with AsyncWorkspace(env=self.home.env) as ws:
                held = await ws.snapshot()
                await ws.use(target="shop")
                events, count = await ws.events(), 0
                async for _ in ws.stream_events(from_date="2025-01-01", to_date="2025-01-01"):
                    count += 1
                    if count == 5:
                        break
                name = (await held.session()).account["name"]
                held.close()
                return events, count, name

        events, count, name = asyncio.run(tour())
        self.assertIn("Sign Up", events)
        self.assertEqual((count, name), (5, "team"))

    def test_every_name_is_there(self) -> None:
        for name in dir(mp):
            self.assertIsNotNone(getattr(mp, name), name)
        with self.assertRaises(AttributeError):
            mp.no_such_name


if __name__ == "__main__":
    unittest.main()
