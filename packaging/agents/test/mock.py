"""Fakes of the model APIs on loopback: a model that calls the tools it is told to, one after the other, and looks at what comes back.

Four dialects: Responses (Codex), Messages (Claude Code), Chat Completions (OpenCode) and GenerateContent (Gemini CLI).
"""

import json
import re
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread


@dataclass
class Step:
    """A call of a tool, and what its result has to have. `wanted` None: the host must not offer the tool, or must refuse the call."""

    tool: str
    arguments: dict
    wanted: str | None


@dataclass
class Seen:
    """What a host has shown of itself."""

    offered: set = field(default_factory=set)
    called: list = field(default_factory=list)
    results: dict = field(default_factory=dict)
    said: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    is_done: bool = False


class Model:
    """One conversation with one host."""

    def __init__(self, steps):
        self.steps, self.seen, self.lock = steps, Seen(), Lock()

    def next(self, names, results):
        """Returns the index and the name of the next call; none when there is nothing more to do."""
        with self.lock:
            self.seen.offered |= {name for name, _ in names}
            for key, text in results.items():
                self.take(key, text)
            for index, step in enumerate(self.steps):
                if index in self.seen.results:
                    continue
                found = [pair for pair in names if re.search(rf"(^|_|\.){re.escape(step.tool)}$", pair[0])]
                if step.tool.startswith("builtin:"):
                    found = [pair for pair in names if pair[0] == step.tool.removeprefix("builtin:")]
                if found:
                    if index not in self.seen.called:
                        self.seen.called.append(index)
                    return index, found[0]
                if step.wanted is not None and names:
                    self.problem(f"{step.tool} is not among the {len(names)} tools")
                    return None
            if names:
                self.seen.is_done = True
            return None

    def take(self, key, text):
        match = re.search(r"step_(\d+)$", key)
        if not match or int(match[1]) in self.seen.results:
            return
        index = int(match[1])
        self.seen.results[index] = text
        step = self.steps[index]
        if step.wanted is not None and step.wanted not in text:
            self.problem(f"{step.tool} answered without {step.wanted!r}: {text[:400]}")
        if step.wanted is None and not re.search(r"permission|denied|not allowed|rejected|haven't granted|approval|blocked", text, re.I):
            self.problem(f"{step.tool} was let through: {text[:400]}")

    def problem(self, text):
        if text not in self.seen.problems:
            self.seen.problems.append(text)

    def failures(self):
        """Returns what is wrong in the end."""
        left = [step.tool for index, step in enumerate(self.steps) if step.wanted is not None and index not in self.seen.results]
        missing = [f"no result of {', '.join(left)} came back"] if left else []
        return self.seen.problems + missing


def text_of(content):
    """Returns all texts of a result, however it is wrapped."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text_of(part) for part in content)
    if isinstance(content, dict):
        return content["text"] if isinstance(content.get("text"), str) else json.dumps(content)
    return json.dumps(content)


def names_of(tools, space=None):
    """Returns (name, namespace) of all tools of a request."""
    names = []
    for tool in tools or []:
        if "functionDeclarations" in tool:
            names += names_of(tool["functionDeclarations"])
        elif tool.get("type") == "namespace":
            names += names_of(tool.get("tools"), tool.get("name"))
        else:
            name = (tool.get("function") or tool).get("name")
            names += [(name, space)] if name else []
    return names


def responses(model, body):
    outputs = [item for item in body.get("input", []) if isinstance(item, dict) and item.get("type") == "function_call_output"]
    call = model.next(names_of(body.get("tools")), {item["call_id"]: text_of(item["output"]) for item in outputs})
    if call:
        index, (name, space) = call
        item = {"type": "function_call", "id": f"fc_{index}", "call_id": f"step_{index}", "name": name, "status": "completed",
                "arguments": json.dumps(model.steps[index].arguments)} | ({"namespace": space} if space else {})
    else:
        item = {"type": "message", "id": "m_1", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": "DONE", "annotations": []}]}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2, "input_tokens_details": None, "output_tokens_details": None}
    return [{"type": "response.created", "response": {"id": "r1"}}, {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": {"id": "r1", "output": [item], "usage": usage}}]


def messages(model, body):
    blocks = [block for message in body.get("messages", []) if isinstance(message.get("content"), list) for block in message["content"]]
    results = {block["tool_use_id"]: text_of(block.get("content")) for block in blocks if block.get("type") == "tool_result"}
    call = model.next(names_of(body.get("tools")), results)
    if call:
        index, (name, _) = call
        block = {"type": "tool_use", "id": f"toolu_step_{index}", "name": name, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(model.steps[index].arguments)}
    else:
        block, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": "DONE"}
    start = {"id": "msg_1", "type": "message", "role": "assistant", "model": body.get("model"), "content": [], "stop_reason": None,
             "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
    return [{"type": "message_start", "message": start}, {"type": "content_block_start", "index": 0, "content_block": block},
            {"type": "content_block_delta", "index": 0, "delta": delta}, {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None},
             "usage": {"output_tokens": 1}}, {"type": "message_stop"}]


def completions(model, body):
    results = {message["tool_call_id"]: text_of(message.get("content"))
               for message in body.get("messages", []) if message.get("role") == "tool"}
    call = model.next(names_of(body.get("tools")), results)
    if call:
        index, (name, _) = call
        function = {"name": name, "arguments": json.dumps(model.steps[index].arguments)}
        delta = {"role": "assistant", "tool_calls": [{"index": 0, "id": f"step_{index}", "type": "function", "function": function}]}
    else:
        delta = {"role": "assistant", "content": "DONE"}
    base = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "mock"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    end = "tool_calls" if call else "stop"
    return [base | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
            base | {"choices": [{"index": 0, "delta": {}, "finish_reason": end}], "usage": usage}, "[DONE]"]


def generate(model, body):
    parts = [part for content in body.get("contents", []) for part in content.get("parts", []) if "functionResponse" in part]
    # Without ids, results are told from one another by their order.
    results = {f"step_{model.seen.called[place]}": json.dumps(part["functionResponse"].get("response"))
               for place, part in enumerate(parts) if place < len(model.seen.called)}
    call = model.next(names_of(body.get("tools")), results)
    if call:
        part = {"functionCall": {"name": call[1][0], "args": model.steps[call[0]].arguments}}
    else:
        part = {"text": "DONE"}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    return [{"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}], "usageMetadata": usage}]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, kind="application/json"):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"data":[],"object":"list"}')

    def read(self):
        if self.headers.get("content-length"):
            return self.rfile.read(int(self.headers["content-length"]))
        raw = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            raw += self.rfile.read(size)
            self.rfile.readline()
        return raw

    def do_POST(self):
        try:
            body = json.loads(self.read() or b"{}")
        except ValueError:
            body = {}
        path = self.path.split("?")[0]
        model = self.server.model
        for end, dialect, named in (("/responses", responses, True), ("/messages", messages, True), ("/chat/completions", completions, False)):
            if path.endswith(end):
                return self.stream(dialect(model, body), named)
        if path.endswith("GenerateContent"):
            return self.stream(generate(model, body), False)
        if path.endswith("generateContent"):
            return self.answer(json.dumps(generate(model, body)[0]).encode())
        self.answer(b"{}")

    def stream(self, events, named):
        lines = []
        for event in events:
            name = f"event: {event['type']}\n" if named else ""
            lines.append(f"{name}data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
        self.answer("".join(lines).encode(), "text/event-stream")


class Mock:
    """The server, for the time of a `with`."""

    def __init__(self, steps):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.model = self.model = Model(steps)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
