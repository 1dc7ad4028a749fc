"""A whole sprint through MCP alone: from the first look to a merge that a person confirmed."""

from session import call, connected, run


async def main():
    told = []

    async def progress(done, total, message):
        told.append(message)
        print("…", message, flush=True)

    async with connected() as s:
        team = await call(s, "list_agents")
        names = [agent["name"] for agent in team["agents"]]
        print("team:", *names, flush=True)

        for plan, state in [("enhancement", "idle"), ("wrap-up", "ready")]:
            started = await call(s, "run_plan", progress, plan=plan)
            waited = {"timed_out": True}
            while waited["timed_out"]:
                waited = await call(s, "wait_for", progress, until="run", run=started["run"], timeout_s=45)
                print(plan, waited["what"], flush=True)
            done = await call(s, "show_run", run=started["run"])
            assert {task["state"] for task in done["tasks"]} == {"done"}, done
            await call(s, "wait_for", until=state, agents=names, timeout_s=120)

        reviews = (await call(s, "review", progress))["reviews"]
        assert all(not review["reasons"] for review in reviews), reviews
        matrix = (await call(s, "conflicts", progress))["matrix"]
        assert len(matrix["pairs"]) == 28, matrix
        facts = await call(s, "branch_facts", agent=names[0])
        assert facts["files"], facts
        lines = await call(s, "branch_facts", agent=names[0], path=facts["files"][0]["path"])
        assert lines["lines"]["trust"] == "untrusted", lines

        plan = await call(s, "merge_plan", progress)
        assert [step["agent"] for step in plan["train"]["plan"]["steps"]] == names, plan
        print("plan", plan["plan_id"], flush=True)
        merged = await call(s, "start_merge", progress, plan_id=plan["plan_id"])
        assert merged["applied"] and not merged["under_way"], merged
        assert (await call(s, "merge_status"))["applied"]
        assert all(a["state"] == "merged" for a in (await call(s, "list_agents"))["agents"])
        assert (await call(s, "draft_pr"))["title"]
        # A call that waits for a person says so.
        print("confirmations told:", sum("confirmation" in (message or "") for message in told), flush=True)


run(main)
