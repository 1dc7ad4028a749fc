#!/usr/bin/env python3
"""A model on 127.0.0.1 that plays a coding agent's part of a sprint; standard library only.

Real agent programs talk to it as they would to their vendor: OpenAI `responses` (codex) and
`chat/completions` (pi). It reads the prompts that orchestra sends, as a model would, and answers
with calls of the program's own shell tool: look around, write, commit; later squash, build and
report ready. What it decides is in brain.py; here is only how it is said.

usage: fake_model.py --port-file FILE [--log FILE] [--printing NAMES] [--conduct FILE] [--habits FILE] [--pace SECONDS]
"""

import argparse
import gzip
import json
import os
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from brain import Brain, Heard
from specialist import Specialist

# The largest request taken, in bytes; a conversation of the sprint has some 100 kB.
LARGEST = 64 * 1024 * 1024


def plain(content):
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(plain(part) for part in content)
    if isinstance(content, dict):
        return plain(content.get("text") or content.get("content") or content.get("output") or "")
    return ""


def heard_in_chat(body):
    """A chat request as the brain hears it."""
    turns = []
    for message in body.get("messages", []):
        kind = {"user": "user", "tool": "tool"}.get(message.get("role"))
        if kind:
            turns.append((kind, plain(message.get("content"))))
    tools = {}
    for tool in body.get("tools", []):
        function = tool.get("function", {})
        if function.get("name"):
            tools[function["name"]] = function.get("parameters") or {}
    return Heard(turns, tools)


def heard_in_responses(body):
    """A responses request as the brain hears it."""
    items = body.get("input", [])
    if isinstance(items, str):
        items = [{"role": "user", "content": items}]
    turns = []
    for item in items:
        if item.get("role") == "user":
            turns.append(("user", plain(item.get("content"))))
        elif str(item.get("type", "")).endswith("_output"):
            turns.append(("tool", plain(item.get("output"))))
    tools = {}
    for tool in body.get("tools", []):
        # Tools of an MCP server come together, under the server's name.
        inner = tool.get("tools", []) if tool.get("type") == "namespace" else [tool]
        prefix = f"{tool['name']}." if tool.get("type") == "namespace" else ""
        tools.update({prefix + t["name"]: t.get("parameters") or {} for t in inner if t.get("name")})
    return Heard(turns, tools)


def pieces(text, size=24):
    """A text as it would be streamed."""
    return [text[i : i + size] for i in range(0, len(text), size)]


class Handler(BaseHTTPRequestHandler):
    """One connection of an agent program."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Standard error stays for what goes wrong."""

    def do_GET(self):
        """Programs may ask which models there are."""
        self.note("GET", self.path)
        self.whole({"object": "list", "data": [{"id": "fake", "object": "model", "owned_by": "fake"}]})

    def do_POST(self):
        """A request for an answer."""
        try:
            body = json.loads(self.body() or b"{}")
        except ValueError:
            return self.whole({"error": {"message": "not JSON"}}, 400)
        path = self.path.split("?")[0]
        try:
            if path.endswith("/chat/completions"):
                return self.answer_chat(body)
            if path.endswith("/responses"):
                return self.answer_responses(body)
        except (BrokenPipeError, ConnectionResetError):
            self.note("gone", path)
            return None
        self.note("unknown", path)
        return self.whole({"error": {"message": f"no such path: {path}"}}, 404)

    def body(self):
        """The request's bytes, whatever way they were sent."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            raw = b""
            while len(raw) <= LARGEST:
                size = int(self.rfile.readline().split(b";")[0].strip() or b"0", 16)
                raw += self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    break
        else:
            raw = self.rfile.read(min(int(self.headers.get("content-length") or 0), LARGEST))
        return gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw

    def whole(self, answer, status=200):
        """Answers with one JSON object."""
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def stream(self):
        """Begins an answer in events; its end is the connection's."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()

    def event(self, data, name=None):
        """Sends one event."""
        text = data if isinstance(data, str) else json.dumps(data)
        head = f"event: {name}\n" if name else ""
        self.wfile.write(f"{head}data: {text}\n\n".encode())
        self.wfile.flush()

    def note(self, kind, what, **more):
        """Writes a line into the log, where one was asked for."""
        self.server.note(dict(kind=kind, what=what, **more))

    def decide(self, heard):
        """What the brain says to it, after the time a model would take."""
        if heard.turns and heard.turns[-1][0] == "user":
            self.note("prompt", heard.turns[-1][1])
        said = self.server.brain.answer(heard)
        last = next((text for kind, text in reversed(heard.turns) if kind == "tool"), "")
        self.note("answer", said.text, call=said.command, tool=said.tool, about=said.about, after=last[:2000])
        return said

    def talk(self, text):
        """The pieces of a text at the pace of a model."""
        parts = pieces(text)
        for part in parts:
            time.sleep(self.server.pace / max(len(parts), 1))
            yield part

    # How each protocol says it. (A method `responses` would hide a table of the base class.)

    def answer_chat(self, body):
        """OpenAI chat completions, streamed or whole."""
        heard = heard_in_chat(body)
        said = self.decide(heard)
        calls = []
        if said.command is not None:
            call = {"name": said.tool, "arguments": json.dumps(said.arguments)}
            calls = [{"index": 0, "id": f"call_{uuid.uuid4().hex[:12]}", "type": "function", "function": call}]
        end = "tool_calls" if calls else "stop"
        usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
        head = {"id": f"chatcmpl-{uuid.uuid4().hex[:12]}", "created": int(time.time()), "model": "fake"}
        if not body.get("stream"):
            message = {"role": "assistant", "content": said.text, **({"tool_calls": calls} if calls else {})}
            choice = {"index": 0, "message": message, "finish_reason": end}
            return self.whole({**head, "object": "chat.completion", "choices": [choice], "usage": usage})
        self.stream()

        def chunk(delta, finish=None):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            self.event({**head, "object": "chat.completion.chunk", "choices": [choice]})

        chunk({"role": "assistant", "content": ""})
        for part in self.talk(said.text):
            chunk({"content": part})
        if calls:
            chunk({"tool_calls": calls})
        chunk({}, end)
        self.event({**head, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        self.event("[DONE]")
        return None

    def answer_responses(self, body):
        """OpenAI responses, always streamed."""
        said = self.decide(heard_in_responses(body))
        answer = {"id": f"resp_{uuid.uuid4().hex[:12]}", "object": "response", "model": "fake", "output": []}
        self.stream()

        def tell(kind, **more):
            self.event({"type": kind, **more}, kind)

        tell("response.created", response={**answer, "status": "in_progress"})
        done = []
        if said.text:
            place = {"output_index": 0, "content_index": 0}
            item = {"type": "message", "id": f"msg_{uuid.uuid4().hex[:12]}", "role": "assistant", "content": []}
            tell("response.output_item.added", output_index=0, item={**item, "status": "in_progress"})
            for part in self.talk(said.text):
                tell("response.output_text.delta", item_id=item["id"], delta=part, **place)
            content = [{"type": "output_text", "text": said.text, "annotations": []}]
            done.append({**item, "status": "completed", "content": content})
            tell("response.output_item.done", output_index=0, item=done[-1])
        if said.command is not None:
            call = {
                "type": "function_call",
                "id": f"fc_{uuid.uuid4().hex[:12]}",
                "call_id": f"call_{uuid.uuid4().hex[:12]}",
                "name": said.tool.rpartition(".")[2],
                "arguments": json.dumps(said.arguments),
                "status": "completed",
            }
            if "." in said.tool:
                call["namespace"] = said.tool.rpartition(".")[0]
            tell("response.output_item.done", output_index=len(done), item=call)
            done.append(call)
        usage = {
            "input_tokens": 900,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 60,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 960,
        }
        tell("response.completed", response={**answer, "status": "completed", "output": done, "usage": usage})


class Server(ThreadingHTTPServer):
    """The model, a thread for each connection."""

    daemon_threads = True
    # Eight programs may begin at once.
    request_queue_size = 64

    def __init__(self, brain, pace, log):
        super().__init__(("127.0.0.1", 0), Handler)
        self.brain = brain
        self.pace = pace
        self.log = log
        self.lock = threading.Lock()

    def note(self, what):
        """One line of the log."""
        if self.log:
            with self.lock:
                self.log.write(json.dumps({"at": round(time.time(), 3), **what}) + "\n")
                self.log.flush()

    def handle_error(self, request, client_address):
        """A program that hangs up is no error of ours."""
        if not isinstance(sys.exc_info()[1], (BrokenPipeError, ConnectionResetError)):
            super().handle_error(request, client_address)


def main():
    """Serves until it is ended."""
    args = argparse.ArgumentParser(description="a model that plays a coding agent's part")
    args.add_argument("--port-file", required=True, help="where to write the port, once it listens")
    args.add_argument("--log", help="where to write what was asked and answered")
    args.add_argument("--printing", default="", help="agents that claim by a printed line, with commas")
    args.add_argument("--conduct", help="a file with the calls of tools that an orchestrator makes, as JSON")
    args.add_argument("--habits", help="a file with the habits of specialists, by agent, as JSON")
    args.add_argument("--pace", type=float, default=1.0, help="seconds that an answer takes")
    args = args.parse_args()
    log = open(args.log, "a", encoding="utf-8") if args.log else None
    conduct = []
    if args.conduct:
        with open(args.conduct, encoding="utf-8") as file:
            conduct = json.load(file)
    habits = {}
    if args.habits:
        with open(args.habits, encoding="utf-8") as file:
            habits = json.load(file)
    brain = Brain({n for n in args.printing.split(",") if n}, conduct, Specialist(habits))
    server = Server(brain, args.pace, log)
    # Whole at once: whoever waits for the file must not read half of it.
    with open(args.port_file + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.replace(args.port_file + ".new", args.port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
