"""In the pane of an agent: only its own tools, and nothing that is for the orchestrator."""

from session import call, connected, fails, run


async def main():
    async with connected() as s:
        tools = {tool.name for tool in (await s.list_tools()).tools}
        assert {"my_briefing", "send_query", "list_agents", "mark_ready", "update_status"} <= tools, tools
        assert not {"send_prompt", "start_merge", "stop_agent", "send_keys"} & tools, tools
        assert (await call(s, "list_agents"))["agents"]
        for name, args in {
            "send_prompt": {"agents": ["NET"], "text": "rm -rf"},
            "start_merge": {"plan_id": "0"},
            "stop_agent": {"agent": "NET"},
            "run_plan": {"plan": "enhancement"},
            "send_keys": {"agent": "NET", "keys": ["C-c"]},
        }.items():
            await fails(s, name, **args)


run(main)
