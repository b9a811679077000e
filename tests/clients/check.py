"""Uses aimux as a Python program does: check.py mcp|fastmcp stdio|sse|http ERA TARGET.

TARGET is a URL, or for stdio the command with its arguments as a JSON array. What it checks is what
a client needs: the list of tools, a run with progress and its structured result, the output as a
resource, completion where the client has it, and an error that is told as one.
"""

import asyncio
import json
import os
import sys


async def with_mcp(transport, era, target):
    from mcp import Client, StdioServerParameters, types
    from mcp.client.sse import sse_client

    if transport == "stdio":
        command, *args = json.loads(target)
        server = StdioServerParameters(command=command, args=args, env=dict(os.environ))
    else:
        server = sse_client(target) if transport == "sse" else target
    told = []

    async def progress(done, total, message):
        told.append(message)

    mode = "legacy" if era == "legacy" else "2026-07-28"
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert {"exec", "status", "sessions"} <= set(names), names
        done = await client.call_tool(
            "exec", {"prompt": "say hi", "cli": "codex"}, progress_callback=progress
        )
        result = done.structured_content
        assert not done.is_error and result["status"] == "completed", done
        assert done.content[0].text.startswith("MOCK: say hi"), done.content
        assert told, "no progress was told"
        page = await client.read_resource(result["output_uri"])
        assert "agent_message" in page.contents[0].text, page
        ref = types.ResourceTemplateReference(type="ref/resource", uri="aimux://jobs/{id}")
        found = await client.complete(ref, {"name": "id", "value": result["job_id"]})
        assert found.completion.values == [result["job_id"]], found
        wrong = await client.call_tool("status", {"job_id": "job_0"})
        assert wrong.is_error and wrong.structured_content["error"]["code"] == "not_found", wrong


async def with_fastmcp(transport, era, target):
    from fastmcp import Client
    from fastmcp.client.transports import SSETransport, StdioTransport

    if transport == "stdio":
        command, *args = json.loads(target)
        target = StdioTransport(command, args, env=dict(os.environ), keep_alive=False)
    elif transport == "sse":
        target = SSETransport(target)
    async with Client(target, timeout=60) as client:
        names = [tool.name for tool in await client.list_tools()]
        assert {"exec", "status", "sessions"} <= set(names), names
        done = await client.call_tool("exec", {"prompt": "say hi", "cli": "codex"})
        assert done.structured_content["status"] == "completed", done
        page = await client.read_resource(done.structured_content["output_uri"])
        assert "agent_message" in page[0].text, page
        wrong = await client.call_tool("status", {"job_id": "job_0"}, raise_on_error=False)
        assert wrong.is_error, wrong


CLIENTS = {"mcp": with_mcp, "fastmcp": with_fastmcp}

if __name__ == "__main__":
    client, *rest = sys.argv[1:]
    asyncio.run(asyncio.wait_for(CLIENTS[client](*rest), 120))
    print("ok")
