"""One `llmgw serve` in folders of its own."""
import json
import os
import pathlib
import re
import subprocess
import time

READY_SECONDS = 30


class Gateway:
    def __init__(self, binary, folder, providers, aliases):
        self.binary = binary
        folder = pathlib.Path(folder)
        self.environment = {
            "HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "UPSTREAM_KEY": "upstream-secret",
            "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1",
            **{f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}}
        config = folder / "config" / "llmgw" / "config.yaml"
        config.parent.mkdir(parents=True)
        # JSON is YAML.
        config.write_text(json.dumps({"providers": providers, "aliases": aliases}, indent=1))
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

    def last_call(self, until=lambda call: call["status"] != "open"):
        """The newest call on the books, once it is as `until` says."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            rows = self.run("logs", "--limit", "1")["rows"]
            if rows and until(rows[0]):
                return rows[0]
            time.sleep(0.1)
        raise AssertionError(f"the books still say {rows}")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=READY_SECONDS)
