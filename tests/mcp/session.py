"""A conversation with `orchestra mcp` by the official SDK, and what the scripts here have in common."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


@asynccontextmanager
async def connected(cwd=None):
    """The server, started as any client starts it: with this process's environment."""
    server = StdioServerParameters(
        command=os.environ["ORCHESTRA_EXE"], args=["mcp"], env=dict(os.environ), cwd=cwd
    )
    async with stdio_client(server) as (read, write):
        async with ClientSession(read, write) as session:
            hello = await session.initialize()
            assert hello.server_info.name == "orchestra", hello
            yield session


def text(result):
    return "\n".join(block.text for block in result.content)


async def call(session, name, /, progress=None, **args):
    """The structured result of a call that has to succeed. The SDK checks it against the tool's schema."""
    result = await session.call_tool(name, args, progress_callback=progress)
    assert not result.is_error, f"{name} {args}: {text(result)}"
    assert result.structured_content is not None, f"{name}: nothing structured"
    return result.structured_content


async def fails(session, name, /, *parts, **args):
    """What a call that has to fail says; it holds every one of `parts`."""
    result = await session.call_tool(name, args)
    said = text(result)
    assert result.is_error, f"{name} {args} did not fail: {said}"
    for part in parts:
        assert part in said, f"`{part}` is not in what {name} {args} says: {said}"
    return said


def run(main):
    asyncio.run(main())
    print("all of it holds", flush=True)
