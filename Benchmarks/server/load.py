"""Load on a program, and what it cost: wrk for throughput, client.c for exact counts, rates and paced streams."""
import json
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from programs import MODEL, Failure

HERE = Path(__file__).resolve().parent
SETTLE = 0.3  # seconds for what is written after the answers


@dataclass
class Load:
    """What is asked, and how many at a time."""

    upstream: str = "openai"
    stream: bool = False
    connections: int = 8

    def body(self, user=None):
        asked = {"model": MODEL[self.upstream], "max_tokens": 200, "messages": [
            {"role": "system", "content": "You are a helpful assistant who answers in one short paragraph."},
            {"role": "user", "content": "Say something about gold, and about those who wander. " * 4}]}
        if self.stream:
            asked |= {"stream": True, "stream_options": {"include_usage": True}}
        if user:
            asked["user"] = user
        return json.dumps(asked)

    def path(self, target):
        return f"{target.prefix if self.stream else ''}/v1/chat/completions"


@dataclass
class Result:
    requests: int
    per_second: float
    p50: float  # microseconds
    p99: float
    cpu: float  # microseconds of CPU for each request
    threads: dict  # the same by the names of threads


def wrk(target, load, seconds, cost_of=None):
    """Runs wrk; `cost_of` is the program whose CPU counts, the target itself unless told otherwise."""
    cost_of = cost_of or target
    with tempfile.NamedTemporaryFile("w", suffix=".json") as body:
        body.write(load.body())
        body.flush()
        command = ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "post.lua",
                   f"http://127.0.0.1:{target.port}{load.path(target)}", "--", body.name]
        for name, value in target.headers().items():
            command.append(f"{name}: {value}")
        before, threads = cost_of.cpu(), cost_of.cpu_by_thread()
        run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        time.sleep(SETTLE)
    used = cost_of.cpu() - before
    line = next((line for line in run.stdout.splitlines() if line.startswith("{")), None)
    if run.returncode or not line:
        raise Failure(f"wrk on {target.name}: {run.stderr or run.stdout}")
    said = json.loads(line)
    if said["failed"] or not said["requests"]:
        raise Failure(f"{target.name}: {said['failed']} of {said['requests']} requests failed")
    shares = {name: (after - threads.get(name, 0)) / said["requests"] * 1e6
              for name, after in cost_of.cpu_by_thread().items()}
    return Result(said["requests"], said["requests"] / said["seconds"], said["p50"], said["p99"],
                  used / said["requests"] * 1e6, shares)


def client_command(binary, target, load, user=None, headers=(), **options):
    command = [binary, "--port", target.port, "--path", load.path(target), "--body", load.body(user), "--connections",
               load.connections]
    for line in [*(f"{name}: {value}" for name, value in target.headers().items()), *headers]:
        command += ["--header", line]
    for name, value in options.items():
        command += [f"--{name}", value]
    return [str(word) for word in command]


def start_client(*arguments, **options):
    return subprocess.Popen(client_command(*arguments, **options), stdout=subprocess.PIPE, text=True)


def result_of(client):
    text = client.communicate()[0]
    if client.returncode:
        raise Failure(f"the client ended with {client.returncode}")
    return json.loads(text)
