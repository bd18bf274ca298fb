"""A provider that answers from a script and keeps what it was asked."""
import http.server
import json
import threading
import time
from dataclasses import dataclass, field

from formats import FORMATS, Answer, ToolCall


@dataclass
class Failure:
    """An error status instead of an answer."""
    status: int
    message: str = "the provider says no"
    headers: dict = field(default_factory=dict)


@dataclass
class Slowly:
    """An answer whose stream pauses after each event."""
    answer: Answer
    pause: float


@dataclass
class Shaped:
    """A value in the shape that was asked for: as text, or as the arguments of the tool that must be called."""
    value: dict

    def answer(self, asked):
        if asked.forced_tool:
            return Answer(calls=[ToolCall("call_1", asked.forced_tool, self.value)])
        return Answer(json.dumps(self.value))


@dataclass
class Body:
    """A JSON body as it is."""
    json: dict


class Provider:
    """Answers each request with the next entry of `script`, in the format that the path begins with."""

    def __init__(self):
        self.script, self.requests, self.departures = [], [], 0
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                provider.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def play(self, *script):
        """Forgets what was and answers with `script` from now on."""
        self.script, self.requests, self.departures = list(script), [], 0

    def asked(self, index=-1):
        """A chat request as the provider got it, in the neutral shape."""
        name, body = self.requests[index]
        return FORMATS[name].asked(body)

    def answer(self, handler):
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        name = handler.path.split("/")[1]
        form = FORMATS[name]
        self.requests.append((name, body))
        told = self.script.pop(0) if self.script else Failure(500, "the script is at its end")
        if isinstance(told, Failure):
            return self.whole(handler, told.status, form.failure(told.status, told.message), told.headers)
        if isinstance(told, Body):
            return self.whole(handler, 200, told.json, {})
        if isinstance(told, Shaped):
            told = told.answer(form.asked(body))
        pause, answer = (told.pause, told.answer) if isinstance(told, Slowly) else (0, told)
        if not form.streams(handler.path, body):
            return self.whole(handler, 200, form.whole(answer), {})
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        try:
            for event in form.stream(answer):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
                time.sleep(pause)
            handler.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.departures += 1
            handler.close_connection = True

    @staticmethod
    def whole(handler, status, body, headers):
        data = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)
