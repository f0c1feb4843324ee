"""Scripts of typical users, as they were written for the library `mixpanel_headless`: they run with the import changed. Each ends in an
error if something that it uses is not there or is another thing."""

import importlib.util
import os
import subprocess
import sys
import unittest
from pathlib import Path

from store import Store
from world import SOON, Home

SCRIPTS = Path(__file__).resolve().parent / "scripts"
ACCOUNT = """[accounts.team]
type = "service_account"
region = "us"
default_project = "3187654"
username = "bench"
secret = "secret"

[active]
account = "team"
"""
# What each prints, as far as its lines do not depend on the data of the sandbox.
SAID = {
    "accounts": "[('second', 'service_account', False), ('team', 'service_account', True)]\n[('shop', '3187655')]\nin use: ['shop']\n"
    "nobody is not there\nteam 3187654\nsecond 3187655\nteam 3187655\nteam\n",
    "annotations": "Launch 2025-01-15 00:00:00\nLaunch of the app\nQueryError 404\n",
    "cohorts": "Big spenders more than 100\nBigger spenders True\n['Bigger spenders']\n3\n[]\ngone: 404\n",
    "dashboards": "Q1 True False\nQ1 2025\n[('Q1 2025', True)]\n[]\n",
}


class Scripts(unittest.TestCase):
    def run_script(self, path: Path, env: dict[str, str]) -> str:
        text = path.read_text()
        self.assertEqual(text.count("import mixpanel_headless as mp"), 1)
        changed = text.replace("import mixpanel_headless as mp", "import mixpanel_mpd as mp")
        changed = changed.replace("from mixpanel_headless import", "from mixpanel_mpd import")
        done = subprocess.run([sys.executable, "-c", changed], env=env, capture_output=True, text=True, timeout=2 * SOON)
        self.assertEqual((done.returncode, done.stderr), (0, ""), path.name)
        return done.stdout

    def test_they_run_with_the_import_changed(self) -> None:
        folder = str(SCRIPTS.parent.parent)
        with Store(os.environ["MPD_UPSTREAM"]) as store, Home(ACCOUNT, MPD_UPSTREAM=store.url, PYTHONPATH=folder) as home:
            scripts = sorted(SCRIPTS.glob("*.py"))
            self.assertGreaterEqual(len(scripts), 10)
            for path in scripts:
                if path.stem == "frames" and importlib.util.find_spec("pandas") is None:
                    continue
                with self.subTest(path.stem):
                    said = self.run_script(path, home.env)
                    self.assertTrue(said)
                    self.assertEqual(said, SAID.get(path.stem, said))

    def test_a_tour_of_typed_calls(self) -> None:
        tour = str(SCRIPTS.parent / "typed" / "tour.py")
        with Store(os.environ["MPD_UPSTREAM"]) as store, Home(ACCOUNT, MPD_UPSTREAM=store.url, PYTHONPATH=str(SCRIPTS.parent.parent)) as home:
            done = subprocess.run([sys.executable, tour], env=home.env, capture_output=True, text=True, timeout=2 * SOON)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout.splitlines()[1:], ["ok 3", "upstream_not_found 404", "True"])


if __name__ == "__main__":
    unittest.main()
