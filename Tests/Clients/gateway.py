"""One `llmgw serve` in folders of its own."""
import json
import os
import pathlib
import re
import subprocess
import time

BOOKED_SECONDS = 0.5  # a server's calls are in the tables some 250 ms after they were taken on
READY_SECONDS = 30


class Gateway:
    def __init__(self, binary, folder, config):
        self.binary = binary
        folder = pathlib.Path(folder)
        self.environment = {
            "HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "UPSTREAM_KEY": "upstream-secret",
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1",
            **{f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}}
        file = folder / "config" / "llmgw" / "config.yaml"
        file.parent.mkdir(parents=True)
        # JSON is YAML.
        file.write_text(json.dumps(config, indent=1))
        self.key = self.run("access", "create", "--name", "t")["key"]
        self.errors = folder / "serve.log"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [binary, "serve", "--listen", "127.0.0.1:0"], env=self.environment, stderr=errors)
        self.address = self.listening()

    def run(self, *arguments):
        """What a command prints with --json."""
        done = subprocess.run([self.binary, *arguments, "--json"], env=self.environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def listening(self):
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"listening on (http://\S+);", self.errors.read_text()):
                return found[1]
            time.sleep(0.05)
        raise AssertionError("llmgw serve does not listen:\n" + self.errors.read_text())

    def calls(self, count):
        """The newest calls on the books, the last one first, once all of them are over."""
        time.sleep(BOOKED_SECONDS)
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            rows = self.run("logs", "--limit", str(count))["rows"]
            if rows and all(row["status"] != "open" for row in rows):
                return rows
            time.sleep(0.1)
        raise AssertionError(f"the books still say {rows}")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=READY_SECONDS)
