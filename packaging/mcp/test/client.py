"""The official Python SDK as a client of `mp mcp`, in both eras: what is listed, a read, progress over a long query under a short
time-out, reads alone, and questions to the user."""

import asyncio
import os
import sys

import mcp_types as types
from mcp import Client, StdioServerParameters, stdio_client

MP = os.environ["MP"]
ENVIRONMENT = {name: os.environ[name] for name in ("HOME", "PATH", "MPD_BIN", "MPD_UPSTREAM")}


def transport(*words):
    return stdio_client(StdioServerParameters(command=MP, args=["mcp", *words], env=ENVIRONMENT))


async def read(mode):
    async with Client(transport(), mode=mode) as client:
        tools = (await client.list_tools()).tools
        names = {tool.name for tool in tools}
        assert {"read_operation", "write_operation", "ask_insights", "get_ask_schema"} <= names, names
        assert "destroy_operation" not in names and "call_operation" not in names
        session = await client.call_tool("session", {})
        assert session.structured_content["project"]["id"] == "3187654", session
        events = await client.call_tool("inspect_events", {})
        assert "Sign Up" in events.structured_content["result"], events
        boards = await client.call_tool("read_operation", {"id": "dashboards.list"})
        assert boards.structured_content["answer"]["rows"] == 2000, boards
        resources = [str(resource.uri) for resource in (await client.list_resources()).resources]
        assert boards.structured_content["answer"]["uri"] in resources, resources
        text = (await client.read_resource("mixpanel://session")).contents[0].text
        assert "3187654" in text
        prompts = [prompt.name for prompt in (await client.list_prompts()).prompts]
        assert "weekly_review" in prompts, prompts
        print(f"python, {mode}: {client.protocol_version}, {len(tools)} tools, {len(prompts)} prompts, {len(resources)} resources")


async def reads_alone():
    """As a host does that lets pass what only reads."""
    async with Client(transport("--allow-destructive")) as client:
        tools = (await client.list_tools()).tools
        reads = [tool.name for tool in tools if tool.annotations.read_only_hint]
        refused = await client.call_tool("read_operation", {"id": "dashboards.delete", "arguments": {"dashboard_id": 1}})
        assert refused.is_error and "destroy_operation" in refused.content[0].text, refused
        destroy = next(tool for tool in tools if tool.name == "destroy_operation")
        assert destroy.annotations.destructive_hint and not destroy.annotations.read_only_hint
        print(f"python: {len(reads)} of {len(tools)} tools only read, and read_operation refuses the rest")


async def asked(mode, action):
    """The user is asked before something is destroyed."""
    seen = []

    async def user(_context, question):
        seen.append(question.message)
        return types.ElicitResult(action=action, content={})

    async with Client(transport("--allow-destructive"), mode=mode, elicitation_callback=user) as client:
        call = {"id": "dashboards.delete", "arguments": {"dashboard_id": 1}}
        result = await client.call_tool("destroy_operation", call)
        assert seen and bool(result.is_error) == (action != "accept"), (seen, result)
        print(f"python, {mode}: the user was asked and said {action}")


async def progress(mode, timeout):
    told = []

    async def heard(progress, total, message):
        told.append((progress, message))

    async with Client(transport(), mode=mode) as client:
        call = {"event": "slow", "from": "2025-01-01", "to": "2025-01-02"}
        result = await client.call_tool("query_segmentation", call, progress_callback=heard, read_timeout_seconds=timeout)
        assert not result.is_error, result
        values = [value for value, _ in told]
        assert values == sorted(set(values)), values
        gaps = [later - earlier for earlier, later in zip([0, *values], values)]
        print(f"python, {mode}: {len(told)} notes over {values[-1]:.0f} s, at most {max(gaps):.1f} s apart, the last: {told[-1][1]}")


async def main():
    for mode in ("legacy", "auto"):
        await read(mode)
        for action in ("decline", "accept"):
            await asked(mode, action)
        # This SDK's time-out is of the whole call; the notes are counted.
        await progress(mode, 300)
    await reads_alone()


asyncio.run(main())
sys.exit(0)
