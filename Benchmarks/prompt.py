"""Drives `llmgw repl` at a pseudo-terminal, as a person would, and measures what it costs."""
import fcntl
import json
import os
import pty
import select
import socketserver
import statistics
import struct
import tempfile
import termios
import threading
import time
from pathlib import Path

PROMPT = b"m> "
PACE = 0.001  # seconds between two tokens, so that each one comes by itself
PARAGRAPH = """## A heading

Some **bold words** and `code` in a paragraph of text, which is long enough to be broken into several lines by whoever
shows it; a [link](https://example.org/page) too.

- one item of a list
- another one, with *emphasis*

```python
def add(left, right):
    return left + right  # the sum
```

| name | value |
|------|-------|
| one  | 1     |

"""


def tokens(count):
    """Pieces of four characters, as many as wanted, of markdown that repeats."""
    text = PARAGRAPH * (4 * count // len(PARAGRAPH) + 1)
    return [text[4 * index:4 * index + 4] for index in range(count)]


class Provider(socketserver.ThreadingTCPServer):
    """Answers every request with a stream of so many tokens, one event and one write each."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, count):
        super().__init__(("127.0.0.1", 0), Answer)
        self.count = count
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        size = 0
        while (line := self.rfile.readline().strip()):
            name, _, value = line.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        self.rfile.read(size)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        due = time.monotonic()
        for token in tokens(self.server.count):
            self.event({"choices": [{"index": 0, "delta": {"content": token}}]})
            due += PACE
            time.sleep(max(due - time.monotonic(), 0))
        self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, data):
        self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")


class Prompt:
    """A conversation at a terminal."""

    def __init__(self, llmgw, home, provider, columns=100):
        config = Path(home) / "config.yaml"
        port = provider.server_address[1]
        config.write_text("providers: { mock: { dialect: openai-chat, base_url: 'http://127.0.0.1:%d/v1' } }\n" % port)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8",
                       "XDG_DATA_HOME": str(home), "LLMGW_CONFIG": str(config)}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execve(llmgw, [str(llmgw), "repl", "-m", "mock/m"], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.until(PROMPT)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def until(self, *parts, seconds=60):
        """What is drawn until all parts have been, one after the other."""
        drawn, place = b"", 0
        deadline = time.monotonic() + seconds
        for part in parts:
            drawn, place = self._until(part, drawn, place, deadline)
        return drawn

    def _until(self, part, drawn, start, deadline):
        while (place := drawn.find(part, start)) < 0:
            ready, _, _ = select.select([self.terminal], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise TimeoutError(f"{part} was not drawn, but {drawn[-200:]}")
            drawn += os.read(self.terminal, 1 << 16)
        return drawn, place + len(part)

    def until_quiet(self):
        """Waits until nothing more is drawn."""
        while select.select([self.terminal], [], [], 0.05)[0]:
            os.read(self.terminal, 1 << 16)

    def latencies(self, keys="QRUVWYZ" * 8):
        """Milliseconds from each key to its letter on the screen; none of these ends a control sequence."""
        times = []
        for key in keys:
            start = time.perf_counter()
            self.type(key)
            self.until(key.encode(), seconds=10)
            times.append((time.perf_counter() - start) * 1000)
            self.until_quiet()
        return times

    def leave(self):
        """Ends it; the seconds of CPU of its whole life."""
        self.type("\x04")
        _, status, usage = os.wait4(self.process, 0)
        os.close(self.terminal)
        if status:
            raise RuntimeError(f"the prompt ended with {status}")
        return usage.ru_utime + usage.ru_stime


def stream_cpu(llmgw, count=5000):
    """Milliseconds of CPU that showing an answer of so many tokens takes, beyond what one of a single token does."""
    return process_cpu(llmgw, count) - process_cpu(llmgw, 1)


def process_cpu(llmgw, count):
    """Milliseconds of CPU of a whole process that shows one answer of so many tokens, its start included."""
    with tempfile.TemporaryDirectory() as home, Provider(count) as provider:
        prompt = Prompt(llmgw, home, provider)
        prompt.type("go\r")
        prompt.until(b"session ", PROMPT)
        provider.shutdown()
        return prompt.leave() * 1000


def key_latency(llmgw, characters=10_000):
    """Milliseconds from a key to its letter on the screen, in a long line: the median, at the end or the beginning of
    the line, whichever takes longer."""
    with tempfile.TemporaryDirectory() as home, Provider(1) as provider:
        prompt = Prompt(llmgw, home, provider, columns=300)
        for _ in range(characters // 100):  # what is typed at once must fit into the terminal's queue
            prompt.type("x" * 99 + " ")
            prompt.until_quiet()
        at_end = statistics.median(prompt.latencies())
        prompt.type("\x01")
        prompt.until_quiet()
        at_beginning = statistics.median(prompt.latencies())
        prompt.type("\x15")
        prompt.until_quiet()
        provider.shutdown()
        prompt.leave()
        return max(at_end, at_beginning)
