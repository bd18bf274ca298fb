"""The programs of a measurement: started in a folder of their own, asked what they cost, stopped."""
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
MODEL = {"openai": "mock/m", "anthropic": "mocka/m"}


class Failure(Exception):
    """What could not be measured, and why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A process that listens on a port of this machine."""

    name = "direct"
    prefix = ""  # of the path, for requests that want a stream
    key = None

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = free_port()
        self.process = None

    def launch(self, command, environment=None):
        self.log = open(self.folder / f"{self.name}.log", "ab")
        self.process = subprocess.Popen(
            [str(word) for word in command], env=environment, stdout=self.log, stderr=self.log)

    def wait_until_open(self, patience=10):
        end = time.monotonic() + patience
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    said = (self.folder / f"{self.name}.log").read_text(errors="replace")[-2000:]
                    raise Failure(f"{self.name} does not listen: {said}") from None
                time.sleep(0.001)

    def stop(self, how=signal.SIGTERM):
        if not self.process:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def pids(self):
        return [self.process.pid]

    def cpu(self):
        """Seconds of CPU that all threads have had so far, those that ended too."""
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def cpu_by_thread(self):
        """Seconds of CPU by the names of threads."""
        shares = {}
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").iterdir():
                name, fields = (task / "comm").read_text().strip(), (task / "schedstat").read_text().split()
                shares[name] = shares.get(name, 0) + int(fields[0]) / 1e9
        return shares

    def rss(self):
        """MiB that are in memory."""
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                total += int(line.split()[1]) / 1024 if line.startswith("VmRSS") else 0
        return total

    def headers(self):
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", **self.headers()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Mock(Program):
    name = "mock"

    def __init__(self, folder, binary):
        super().__init__(folder)
        self.binary = binary

    def start(self, **options):
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        self.launch([self.binary, "--port", self.port, *words])
        return self.wait_until_open()

    def reset(self):
        self.ask("POST", "/reset")

    def stats(self):
        return json.loads(self.ask("GET", "/stats")[1])

    def seen(self):
        return self.ask("GET", "/seen")[1].decode().split()


class Nginx(Program):
    """A plain reverse proxy as its package sets it up: a worker for each core, and its access log.

    `/stream` before a path has answers passed on as they come.
    """

    name = "nginx"
    prefix = "/stream"

    def __init__(self, folder, upstream):
        super().__init__(folder)
        self.upstream = upstream

    def start(self):
        (self.folder / "nginx.conf").write_text(self.configuration())
        self.launch(["nginx", "-p", self.folder, "-e", self.folder / "nginx-error.log", "-c", self.folder / "nginx.conf"])
        return self.wait_until_open()

    def configuration(self):
        location = """proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection "";"""
        user = "user root;" if os.getuid() == 0 else ""
        return f"""
{user} daemon off; worker_processes auto; pid nginx.pid; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log access.log; keepalive_requests 1000000000; client_body_buffer_size 64k; client_max_body_size 64m; tcp_nodelay on;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  upstream mock {{ server 127.0.0.1:{self.upstream.port}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    location / {{ {location} }}
    location /stream/ {{ {location} proxy_buffering off; }}
  }}
}}
"""

    def pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]


class Gateway(Program):
    """`llmgw serve` with everything on: a virtual key with limits, prices, the durable ledger."""

    name = "llmgw"

    def __init__(self, folder, binary, upstream):
        super().__init__(folder)
        self.binary = Path(binary).resolve()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "MOCK_KEY": "x", "LLMGW_CONFIG": str(self.folder / "config.yaml"),
            **{f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}}
        url = f"http://127.0.0.1:{upstream.port}/v1"
        price = '{price: {input: "1.00", output: "2.00"}}'
        (self.folder / "config.yaml").write_text(
            f"providers:\n"
            f"  mock: {{dialect: openai-chat, base_url: '{url}', api_key: '${{MOCK_KEY}}'}}\n"
            f"  mocka: {{dialect: anthropic-messages, base_url: '{url}', api_key: '${{MOCK_KEY}}'}}\n"
            f"models:\n  mock/m: {price}\n  mocka/m: {price}\n")
        made = subprocess.run(
            [self.binary, "access", "create", "--name", "bench", "--rpm", "100000000", "--tpm", "999999999",
             "--parallel", "10000", "--json"], env=self.environment, capture_output=True, text=True)
        if made.returncode:
            raise Failure(f"llmgw access create: {made.stderr.strip()}")
        self.key = json.loads(made.stdout)["key"]

    def start(self):
        """Returns how many seconds went by from the start of the process to the end of the first good answer."""
        body = json.dumps({"model": MODEL["openai"], "messages": [{"role": "user", "content": "hi"}]})
        began = time.monotonic()
        self.launch([self.binary, "serve", "--listen", f"127.0.0.1:{self.port}"], self.environment)
        self.wait_until_open()
        status, answer = self.ask("POST", "/v1/chat/completions", body)
        took = time.monotonic() - began
        if status != 200:
            raise Failure(f"llmgw answers {status}: {answer[:500].decode(errors='replace')}")
        return took

    def books(self, question, *values):
        """Rows of the ledger; for when the gateway is stopped, so that all of it is written."""
        path = next(self.folder.rglob("ledger.db"), None)
        if not path:
            raise Failure("llmgw has no ledger.db")
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return database.execute(question, values).fetchall()
        finally:
            database.close()
