"""Queries, the journal, and the same call twice, against a rehearsal session."""

from session import call, connected, run


async def main():
    async with connected() as s:
        sent = await call(s, "send_prompt", agents=["SEC"], text="say hello", idempotency_key="once", wait_s=60)
        again = await call(s, "send_prompt", agents=["SEC"], text="say hello", idempotency_key="once", wait_s=60)
        assert again["receipts"][0]["dispatch"] == sent["receipts"][0]["dispatch"], (sent, again)
        asked = {"to": "SEC", "message": "which port?", "priority": "high", "idempotency_key": "q"}
        query = (await call(s, "send_query", **asked))["query"]
        assert query["message"]["text"] == "which port?", query
        assert (await call(s, "send_query", **asked))["query"]["id"] == query["id"]
        assert any(q["id"] == query["id"] for q in (await call(s, "check_queries", all=True))["queries"])
        assert (await call(s, "my_briefing", agent="SEC"))["agent"] == "SEC"
        past = await call(s, "history", limit=20)
        assert past["events"] and past["next"] > past["events"][-1]["n"], past
        assert (await call(s, "history", since=past["next"]))["next"] >= past["next"]
        assert (await s.read_resource("orchestra://journal")).contents[0].text


run(main)
