"""The client against a real daemon and a fake Mixpanel, in the home that `packaging/clients/check` made."""

import json
import os
import signal
import socket
import tempfile
import threading
import types
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from world import SOON, Actor, Home, Relay, answer, chunks, mp, soon

from mixpanel_mpd import Client, Problem, TokenProvider, socket_path

DAY = {"from_": "2025-01-01", "to": "2025-01-01"}
SERVICE = {"MP_USERNAME": "bench", "MP_SECRET": "secret", "MP_PROJECT_ID": "3187654", "MP_REGION": "us"}
FROM_VARIABLE = '[accounts.ci]\ntype = "oauth_token"\nregion = "us"\ntoken_env = "MP_CI_TOKEN"\n'


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client()
        self.addCleanup(self.client.close)

    def test_the_session_tells_who_decided(self) -> None:
        session = self.client.session()
        self.assertEqual((session["state"], session["account"]["name"]), ("ok", "acme-corp"))
        other = Client(project="3187655").session()["project"]
        self.assertEqual((other["id"], other["source"]["kind"]), ("3187655", "param"))
        env = {**os.environ, "MP_PROJECT_ID": "7"}
        self.assertEqual(Client(env=env).session()["project"]["source"]["at"], "MP_PROJECT_ID")

    def test_listings_have_no_secrets(self) -> None:
        accounts, token = self.client.call("GET", "/v1/accounts")["accounts"], self.client.token("acme-corp")
        self.assertEqual([account["name"] for account in accounts], ["acme-corp"])
        self.assertNotIn(token["token"], json.dumps(accounts))
        self.assertNotIn(token["token"], repr(token) + repr(self.client.credential()))

    def test_an_operation_answers_json(self) -> None:
        self.assertIn("Sign Up", self.client.operation("inspect.events"))

    def test_all_wrong_arguments_are_told_at_once(self) -> None:
        with self.assertRaises(Problem) as caught:
            self.client.operation("export.events", from_="someday", to="tomorrow")
        self.assertEqual(caught.exception.code, "invalid_argument")
        self.assertEqual([error["at"] for error in caught.exception.errors], ["from", "to"])

    def test_mixpanels_own_api_passes_through(self) -> None:
        self.assertEqual(self.client.api("app", "/me")["results"]["user_email"], "ada@example.com")
        names = self.client.api("query", "events/names", query={"type": "general"})
        self.assertIn("Sign Up", names)
        raw = self.client.api("export", "export", query={"from_date": "2025-01-01", "to_date": "2025-01-01"}, stream=True)
        self.assertEqual(len(b"".join(raw).splitlines()), 50)

    def test_what_mixpanel_refuses_is_a_problem_with_its_answer(self) -> None:
        with self.assertRaises(Problem) as caught:
            self.client.api("app", "projects/3187654/bookmarks/1", query={"v": 2})
        self.assertEqual((caught.exception.code, caught.exception.status), ("upstream_not_found", 404))
        self.assertEqual(json.loads(caught.exception.body)["status"], "error")

    def test_a_problem_tells_what_to_run(self) -> None:
        with self.assertRaises(Problem) as caught:
            self.client.token("nobody")
        problem = caught.exception
        self.assertEqual((problem.code, problem.status, problem.account), ("account_not_found", 404, "nobody"))
        self.assertEqual(problem.next[0]["command"], "mp account list")
        self.assertIn("run `mp account list`", str(problem))

    def test_what_the_daemon_says_beside_answers_is_logged_once(self) -> None:
        env = {**os.environ, "MP_PROJECT_ID": "7"}
        with self.assertLogs("mixpanel_mpd") as logged:
            for _ in range(2):
                Client(project="8", env=env).session()
            with self.assertRaises(Problem):
                Client(project="9", env=env).api("app", "projects/3187654/bookmarks/1", query={"v": 2})
        told = [record.getMessage() for record in logged.records]
        self.assertEqual(told, ["MP_PROJECT_ID=7 wins over --project 8", "MP_PROJECT_ID=7 wins over --project 9"])

    def test_threads_share_a_client(self) -> None:
        with ThreadPoolExecutor(16) as pool:
            states = list(pool.map(lambda _: self.client.session()["state"], range(64)))
        self.assertEqual(states, ["ok"] * 64)

    def test_a_login_is_shared_followed_and_cancelled(self) -> None:
        def start() -> dict:
            return self.client.call("POST", "/v1/logins", {"account": "acme-corp"})

        login = start()
        self.assertEqual(start()["id"], login["id"])
        self.assertEqual(self.client.call("DELETE", f"/v1/logins/{login['id']}")["state"], "failed")
        login = start()
        urllib.request.urlopen(login["authorize_url"], timeout=SOON).close()
        self.assertEqual(self.client.call("GET", f"/v1/logins/{login['id']}?wait_s=60")["state"], "done")


class Tokens(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client()
        self.me = self.client.credential()["base_url"] + "/app/me"

    def test_urllib_is_logged_in(self) -> None:
        for provider in (TokenProvider(self.client), TokenProvider(self.client, "acme-corp")):
            with urllib.request.urlopen(provider(urllib.request.Request(self.me)), timeout=SOON) as response:
                self.assertEqual(json.load(response)["results"]["user_email"], "ada@example.com")

    def test_requests_of_requests_and_httpx_are_logged_in(self) -> None:
        request = types.SimpleNamespace(url=self.me, headers={"Accept": "*/*"})
        self.assertIs(TokenProvider(self.client)(request), request)
        self.assertEqual(request.headers["Authorization"], f"Bearer {self.client.token('acme-corp')['token']}")

    def test_a_service_account_of_the_environment_uses_basic(self) -> None:
        client = Client(env={**os.environ, **SERVICE})
        request = TokenProvider(client)(urllib.request.Request(self.me))
        self.assertTrue(request.get_header("Authorization").startswith("Basic "))
        with urllib.request.urlopen(request, timeout=SOON) as response:
            self.assertEqual(response.status, 200)

    def test_custom_headers_go_along(self) -> None:
        env = {**os.environ, "MP_CUSTOM_HEADER_NAME": "X-Team", "MP_CUSTOM_HEADER_VALUE": "growth"}
        self.assertEqual(TokenProvider(Client(env=env)).headers()["X-Team"], "growth")

    def test_nobody_else_gets_the_login(self) -> None:
        for url in ("https://example.com/", "http://mixpanel.com/", "https://mixpanel.com.example.com/"):
            request = types.SimpleNamespace(url=url, headers={})
            with self.assertRaises(Problem):
                TokenProvider(self.client)(request)
            self.assertEqual(request.headers, {})

    def test_a_variable_that_the_daemon_asks_for_is_brought(self) -> None:
        with Home(FROM_VARIABLE) as home:
            self.assertEqual(Client(env={**home.env, "MP_CI_TOKEN": "t-1"}).token("ci")["token"], "t-1")
            with self.assertRaises(Problem) as caught:
                Client(env=home.env).token("ci")
            self.assertEqual(caught.exception.code, "token_missing")


class Streams(unittest.TestCase):
    def test_a_stream_comes_line_by_line(self) -> None:
        events = list(Client().operation("export.events", **DAY))
        self.assertEqual(len(events), 50)
        self.assertIn("event_name", events[0])

    def test_a_stream_that_mixpanel_cuts_is_no_short_success(self) -> None:
        with Relay(os.environ["MPD_UPSTREAM"], 2000) as relay, Home(MPD_UPSTREAM=relay.url, **SERVICE) as home:
            stream = Client(env=home.env).operation("export.events", **DAY)
            with self.assertRaises(Problem) as caught:
                list(stream)
        self.assertIn("cut off", caught.exception.detail)

    def test_a_daemon_that_is_killed_cuts_its_streams(self) -> None:
        with Home(**SERVICE) as home:
            stream = Client(env=home.env).operation("export.events", from_="2025-01-01", to="2025-12-31")
            next(stream)
            os.kill(home.pid(), signal.SIGKILL)
            with self.assertRaises(Problem) as caught:
                soon(lambda: list(stream))
        self.assertEqual(caught.exception.code, "daemon_unreachable")

    def test_only_the_end_is_an_end(self) -> None:
        whole = chunks(b'{"a":1}\n{"a":', b"2}\n")
        sized = answer({"a": 1})
        # The last chunk is one without bytes. What follows it adds nothing.
        with Actor(whole, *(whole[:-n] for n in range(5, 20)), *(sized[:-n] for n in range(1, 8))) as actor:
            client = Client(socket=actor.path)
            self.assertEqual(list(client.operation("x")), [{"a": 1}, {"a": 2}])
            while actor.script:
                with self.assertRaises(Problem) as caught:
                    list(client.operation("x"))
                self.assertEqual(caught.exception.code, "daemon_unreachable")


class Events(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client()
        self.addCleanup(self.client.close)
        self.events = self.client.events()
        self.assertEqual(soon(lambda: next(self.events)).name, "snapshot")
        self.addCleanup(lambda: soon(self.events.close))

    def change(self) -> int:
        """Pins another workspace."""
        now = (self.client.session()["workspace"] or {"id": 0})["id"]
        return self.client.call("PATCH", "/v1/session", {"workspace": 880102 if now != 880102 else 880103})["workspace"]

    def until(self, name: str) -> list:
        seen = []
        while not seen or seen[-1].name != name:
            seen.append(soon(lambda: next(self.events)))
        return seen

    def test_a_lost_connection_loses_no_event(self) -> None:
        for sock in [ref() for ref in list(self.client._sockets)]:
            sock.shutdown(socket.SHUT_RDWR)
        pinned = self.change()
        seen = self.until("session.changed")
        self.assertEqual(seen[-1].data["workspace"], pinned)
        self.assertFalse({"reset", "snapshot"} & {event.name for event in seen})

    def test_a_restart_is_told_by_a_reset(self) -> None:
        mp(dict(os.environ), "daemon", "restart")
        told = [event.name for event in self.until("snapshot")]
        # Before them, what earlier changes caused may still come.
        self.assertEqual(told[-3:], ["daemon.stopping", "reset", "snapshot"])
        pinned = self.change()
        self.assertEqual(self.until("session.changed")[-1].data["workspace"], pinned)

    def test_only_the_wanted_types_come(self) -> None:
        wanted = self.client.events("session.changed", after="another-instance-1")
        self.assertEqual(soon(lambda: next(wanted)).name, "reset")
        self.change()
        self.assertEqual(soon(lambda: next(wanted)).name, "session.changed")
        soon(wanted.close)

    def test_close_ends_a_wait_in_another_thread(self) -> None:
        waiting = threading.Event()

        def follow() -> list:
            waiting.set()
            return list(self.events)

        with ThreadPoolExecutor(1) as pool:
            rest = pool.submit(follow)
            waiting.wait(SOON)
            self.client.close()
            rest.result(SOON)

    def test_after_a_close_nothing_waits(self) -> None:
        self.client.close()
        with self.assertRaises(Problem):
            soon(self.client.session)
        self.assertEqual(soon(lambda: list(self.client.events())), [])


class Daemons(unittest.TestCase):
    def test_a_missing_daemon_is_started_unless_that_is_forbidden(self) -> None:
        with Home() as home:
            for client in (Client(env=home.env, autostart=False), Client(env={**home.env, "MPD_AUTOSTART": "0"})):
                with self.assertRaises(Problem) as caught:
                    client.session()
                self.assertEqual((caught.exception.code, caught.exception.next[0]["command"]), ("daemon_unreachable", "mp daemon start"))
            client = Client(env={**home.env, "MP_ACCOUNT": "a", "MP_TARGET": "t"})
            self.assertEqual(client.call("GET", "/v1/targets")["targets"], [])
            mp(home.env, "daemon", "stop")
            self.assertEqual(client.call("GET", "/v1/targets")["targets"], [])

    def test_a_start_that_fails_says_why(self) -> None:
        with Home() as home:
            for env in ({**home.env, "PATH": "/nowhere"}, {**home.env, "MPD_UPSTREAM": "http://mixpanel.com"}):
                with self.assertRaises(Problem) as caught:
                    Client(env=env).session()
                self.assertEqual(caught.exception.code, "daemon_unreachable")
                self.assertRegex(caught.exception.detail, "PATH|mixpanel.com")

    def test_a_socket_that_others_can_reach_is_refused(self) -> None:
        with Actor() as actor:
            os.symlink(actor.folder, actor.folder + "/link")
            os.chmod(actor.folder, 0o755)
            for path in (actor.path, f"{actor.folder}/link/mpd.sock"):
                with self.assertRaises(Problem) as caught:
                    Client(socket=path).session()
                self.assertIn("not safe", caught.exception.detail)
            self.assertEqual(actor.requests, [])

    def test_reads_are_repeated_once_and_changes_are_not(self) -> None:
        good = answer({"accounts": []})
        with Actor(b"", good, b"", b"", b"") as actor:
            client = Client(socket=actor.path)
            self.assertEqual((client.session(), len(actor.requests)), ({"accounts": []}, 2))
            for call, count in ((client.session, 4), (lambda: client.call("PATCH", "/v1/session", {}), 5)):
                with self.assertRaises(Problem) as caught:
                    call()
                self.assertEqual((caught.exception.code, len(actor.requests)), ("daemon_unreachable", count))

    def test_a_daemon_that_leaves_has_done_nothing_so_that_changes_are_repeated(self) -> None:
        stopping = answer({"code": "stopping", "detail": "it stops"}, "503 x", "application/problem+json")
        with Actor(stopping, answer({"account": "a"})) as actor:
            self.assertEqual(Client(socket=actor.path).call("PATCH", "/v1/session", {"account": "a"}), {"account": "a"})
            heads = [line.lower() for line in actor.requests[0].split(b"\r\n")]
            self.assertIn(b"host: mpd", heads)
            self.assertTrue(any(line.startswith(b"mp-client: mixpanel-mpd-python/") for line in heads))

    def test_who_refuses_a_file_unread_is_heard(self) -> None:
        with tempfile.TemporaryDirectory(prefix="mp-py.", dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{folder}/mpd.sock")
            listener.listen()

            def refuse() -> None:
                caller = listener.accept()[0]
                caller.recv(4096)
                caller.sendall(answer({"code": "invalid_argument", "detail": "no"}, "400 x", "application/problem+json"))
                caller.close()

            threading.Thread(target=refuse, daemon=True).start()
            with open(f"{folder}/large", "wb") as file:
                file.truncate(8 << 20)
            with self.assertRaises(Problem) as caught:
                Client(socket=f"{folder}/mpd.sock").upload("lookup-tables.upload", f"{folder}/large", {})
            self.assertEqual(caught.exception.code, "invalid_argument")

    def test_the_socket_is_where_mp_looks(self) -> None:
        self.assertEqual(socket_path({"HOME": "//home/./ada/"}), "/home/ada/.mp/run/mpd.sock")
        self.assertEqual(socket_path({"HOME": "/a", "MP_OAUTH_STORAGE_DIR": "/old", "MP_STORAGE_DIR": ""}), "/old/run/mpd.sock")
        self.assertEqual(socket_path({"MPD_SOCKET": "/run/a.sock"}), "/run/a.sock")
        for env in ({}, {"HOME": ""}, {"MP_STORAGE_DIR": "here"}):
            self.assertRaises(Problem, socket_path, env)

    def test_a_socket_that_the_config_puts_elsewhere_is_found_there(self) -> None:
        with Home() as home:
            path = f"{home.path}/.mp/config.toml"
            os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
            with open(path, "a", encoding="utf-8") as config:
                config.write(f'\n[settings]\nrun_dir = "{home.path}/here"\n')
            client = Client(env=home.env)
            self.assertIn("accounts", client.call("GET", "/v1/accounts"))
            self.assertTrue(client.socket.startswith(f"{home.path}/here/") and os.path.exists(client.socket), client.socket)

    def test_a_long_root_has_its_socket_elsewhere(self) -> None:
        with Home() as outer, Home(MP_STORAGE_DIR=f"{outer.path}/{'long' * 25}/ä") as home:
            mp(home.env, "daemon", "start")
            self.assertTrue(socket_path(home.env).startswith(f"/tmp/mp-{os.geteuid()}/"))
            self.assertEqual(Client(env=home.env, autostart=False).call("GET", "/v1/accounts")["accounts"], [])


if __name__ == "__main__":
    unittest.main()
