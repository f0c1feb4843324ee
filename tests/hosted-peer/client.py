"""A client of the official Python SDK on stdio, through `mp mcp --hosted`. `client.py MP PORT LIFE`

It starts and kills the far side by itself, and the daemon; prints what it saw; any surprise ends it with 1."""
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

mp, port, life = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])


def start() -> subprocess.Popen[bytes]:
    server = Path(__file__).parent / "server.py"
    far = subprocess.Popen([sys.executable, server, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return far
        time.sleep(0.1)


async def main() -> None:
    far = start()
    parameters = StdioServerParameters(command=mp, args=["mcp", "--hosted"], env=dict(os.environ))
    async with Client(stdio_client(parameters)) as client:
        async def call(name: str, **options: object) -> str:
            result = await client.call_tool(name, {}, **options)
            assert not result.is_error, result
            return result.content[0].text

        names = [tool.name for tool in (await client.list_tools()).tools]
        print("revision", client.protocol_version, "tools", *names)
        assert client.protocol_version == "2026-07-28"
        assert await call("change") == "change 1"
        seen: list[float] = []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            seen.append(done)

        assert await call("slow", progress_callback=progress) == "done"
        print("progress", *seen)
        assert len(seen) == 6
        many = await asyncio.gather(*(call("change") for _ in range(50)))
        assert len(set(many)) == 50
        print("50 calls at once: 50 changes")
        far.kill()
        far.wait()
        waiting = asyncio.create_task(call("read"))
        far = await asyncio.to_thread(start)
        assert await waiting == "0 changes"
        print("the far side was killed: what reads was answered by the next one")
        status = json.loads(subprocess.check_output([mp, "daemon", "status", "-f", "json"]))
        os.kill(status.get("pid") or status["daemon"]["pid"], signal.SIGKILL)
        assert await call("change") == "change 1"
        print("the daemon was killed: the next call went through")
        await asyncio.sleep(life * 1.5)
        assert await call("change") == "change 2"
        print(f"{life * 1.5:.0f} s later, with another token: the next call went through")
    far.kill()


asyncio.run(main())
