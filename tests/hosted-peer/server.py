"""The far side: the HTTP server of the official Python SDK, which speaks 2026-07-28 and what was before. `server.py PORT`"""
import asyncio
import sys

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.types import ToolAnnotations

server = MCPServer("peer")
changes = 0


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def read() -> str:
    return f"{changes} changes"


@server.tool()
def change() -> str:
    global changes
    changes += 1
    return f"change {changes}"


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
async def slow(ctx: Context) -> str:
    for step in range(1, 7):
        await asyncio.sleep(0.5)
        await ctx.report_progress(step, 6)
    return "done"


server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
