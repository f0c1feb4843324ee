#!/usr/bin/env python3
"""Measures raw exports: how fast, at what cost, and in how much memory, beside others that move the same bytes in the same run.

Not part of `cargo bench`, because the others are programs of their own: curl straight to the fake Mixpanel, nginx that proxies the same body
to a Unix socket, and the Python library. Those that are not installed are left out, and the table says so.

    cargo build --release && cargo build --release -p mp-sandbox --example sandbox
    tests/bench/export.py [--bytes 10e9] [--python /path/to/python/with/mixpanel_headless] [--beside DIR]

With --beside, the mp and mpd of another version in that directory move the same bytes in the same run.

Standard library only.
"""

import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
PROJECT = "3187654"
USER, SECRET = "bench", "secret"
DAY = "2025-01-01"

STREAM = """
import sys, time, resource
import mixpanel_headless as mp
begun = time.perf_counter()
events = 0
for event in mp.Workspace().stream_events(from_date=sys.argv[1], to_date=sys.argv[1], raw=True):
    events += 1
print(events, time.perf_counter() - begun)
"""


def ticks(pid):
    """Returns the processor time that a process has used, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid):
    """Returns the largest resident size of a process since `forget_peak`, in MB."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def forget_peak(pid):
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


class Sandbox:
    """The fake Mixpanel, serving a day of so many bytes."""

    def __init__(self, size, gzip, odd=False):
        self.process = subprocess.Popen(
            [RELEASE / "examples" / "sandbox", "--bytes-per-day", str(int(size)), "--gzip", "on" if gzip else "off", "--limits", "off"] + (["--odd"] if odd else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)

    @property
    def export(self):
        return f"/us/export/export?project_id={PROJECT}&from_date={DAY}&to_date={DAY}"


class Home:
    """A home with one account, and the daemon of it."""

    def __init__(self, upstream, programs=RELEASE):
        self.mp = programs / "mp"
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mp-bench-"))
        root = self.path / ".mp"
        root.mkdir(mode=0o700)
        config = root / "config.toml"
        config.write_text(
            f'[active]\naccount = "bench"\n\n[accounts.bench]\ntype = "service_account"\nregion = "us"\n'
            f'default_project = "{PROJECT}"\nusername = "{USER}"\nsecret = "{SECRET}"\n')
        config.chmod(0o600)
        self.env = {"HOME": str(self.path), "PATH": os.environ["PATH"], "MPD_UPSTREAM": upstream}
        self.daemon = subprocess.Popen([programs / "mpd"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.env.pop("MPD_UPSTREAM")
        socket = root / "run" / "mpd.sock"
        while not socket.exists():
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.terminate()
        self.daemon.wait(30)
        shutil.rmtree(self.path)


class Table:
    def __init__(self):
        print(f"{'what':<44} {'MB':>8} {'s':>7} {'MB/s':>7} {'MB/CPU-s':>9}  peak RSS")

    def run(self, what, command, size, *, env=None, also=(), stdin=None):
        """Runs a command whose output is thrown away. `also` are the processes that work for it: (name, pid)."""
        before = [ticks(pid) for _, pid in also]
        for _, pid in also:
            forget_peak(pid)
        begun = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - begun
        if status:
            sys.exit(f"{what} failed: {process.stderr.read().decode()}")
        cpu = usage.ru_utime + usage.ru_stime + sum(ticks(pid) - was for (_, pid), was in zip(also, before))
        sizes = [f"{pathlib.Path(str(command[0])).name} {usage.ru_maxrss / 1000:.1f}"] + [f"{name} {peak(pid):.1f}" for name, pid in also]
        rate = size / 1e6 / took
        print(f"{what:<44} {size / 1e6:>8.0f} {took:>7.2f} {rate:>7.0f} {size / 1e6 / cpu:>9.0f}  {', '.join(sizes)} MB")
        return rate, size / 1e6 / cpu


def nginx(scratch, upstream):
    """Starts nginx as a proxy from a Unix socket to the sandbox; returns its master's process and the socket."""
    socket = scratch / "nginx.sock"
    config = scratch / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {scratch}/nginx.pid; error_log stderr crit;\nevents {{}}\n"
        f"http {{ access_log off; client_body_temp_path {scratch}; proxy_temp_path {scratch}; fastcgi_temp_path {scratch};\n"
        f"uwsgi_temp_path {scratch}; scgi_temp_path {scratch};\n"
        f"server {{ listen unix:{socket}; location / {{ proxy_pass {upstream}; proxy_http_version 1.1; proxy_max_temp_file_size 0; }} }} }}\n")
    process = subprocess.Popen(["nginx", "-c", config, "-p", scratch], stderr=subprocess.DEVNULL)
    while not socket.exists():
        time.sleep(0.05)
    return process, socket


def compare(table, size, gzip, beside=None):
    """Moves one body of `size` bytes in each way; with `beside`, also by the programs there."""
    name = "gzip" if gzip else "identity"
    curl = ["curl", "-sS", "--fail", "-u", f"{USER}:{SECRET}"] + (["--compressed"] if gzip else [])
    rates = {}

    def move(what, home, *more):
        command = [home.mp, "-q", "export", "events", "--from", DAY, "--to", DAY, *more]
        return table.run(f"{what}, {name}", command, size, env=home.env, also=[("mpd", home.daemon.pid)])

    with Sandbox(size, gzip) as sandbox, Home(sandbox.url) as home, tempfile.TemporaryDirectory() as scratch:
        rates["curl"] = table.run(f"curl, {name}", curl + [sandbox.url + sandbox.export], size)
        rates["raw"] = move("mp export events --raw", home, "--raw")
        if shutil.which("nginx"):
            process, socket = nginx(pathlib.Path(scratch), sandbox.url)
            rates["nginx"] = table.run(f"curl through nginx on a Unix socket, {name}", curl + ["--unix-socket", socket, "http://x" + sandbox.export],
                                       size, also=[("nginx", process.pid)])
            process.terminate()
            process.wait(30)
        rates["raw again"] = move("mp export events --raw, again", home, "--raw")
        rates["normal"] = move("mp export events", home)
        if beside:
            with Home(sandbox.url, beside) as other:
                rates["other raw"] = move("the other version, --raw", other, "--raw")
                rates["other normal"] = move("the other version", other)
            rates["normal again"] = move("mp export events, again", home)
    with Sandbox(size, gzip, odd=True) as sandbox, Home(sandbox.url) as home:
        rates["mended"] = move("mp export events, 1 % mended", home)
    return rates


def python(table, interpreter, size):
    """The Python library, straight to the sandbox."""
    with Sandbox(size, False) as sandbox:
        env = {"PATH": os.environ["PATH"], "HOME": tempfile.mkdtemp(prefix="mp-bench-"), "MP_USERNAME": USER, "MP_SECRET": SECRET, "MP_PROJECT_ID": PROJECT,
               "MP_REGION": "us", "MP_API_BASE_URL": sandbox.url + "/us"}
        return table.run("Python stream_events(raw=True), identity", [interpreter, "-c", STREAM, DAY], size, env=env)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bytes", type=float, default=10e9)
    parser.add_argument("--python")
    parser.add_argument("--beside", type=pathlib.Path)
    options = parser.parse_args()
    table = Table()
    compare(table, options.bytes / 10, False)
    identity = compare(table, options.bytes, False, options.beside)
    gzip = compare(table, options.bytes / 4, True, options.beside)
    print()
    for what, rates in [("identity", identity), ("gzip", gzip)]:
        best = max(rates["raw"][0], rates["raw again"][0])
        print(f"mended, {what}: {rates['mended'][0] / rates['normal'][0]:.2f} x clean")
        print(f"raw, {what}: {best / rates['curl'][0]:.2f} x curl" + (f", {best / rates['nginx'][0]:.2f} x nginx" if "nginx" in rates else ""))
        if options.beside:
            raw, normal = (max(rates[kind][0], rates[f"{kind} again"][0]) for kind in ("raw", "normal"))
            print(f"against the other version, {what}: raw {raw / rates['other raw'][0]:.2f}, normalised {normal / rates['other normal'][0]:.2f}")
    if options.python:
        other = python(table, options.python, 400e6)
        print(f"raw, identity: {identity['raw'][1] / other[1]:.1f} x the MB per CPU second of the Python library")


if __name__ == "__main__":
    main()
