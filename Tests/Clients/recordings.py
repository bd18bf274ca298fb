"""Recorded exchanges with providers, replayed over HTTP."""
import json
import pathlib
import re
import subprocess
import sys
import time

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared"
CASSETTES = SHARED / "cassettes"
REPLAY = SHARED / "tools" / "replay" / "replay.py"
READY_SECONDS = 30

# The dialect of the gateway for each of the recordings' own.
DIALECTS = {
    "openai-chat": "openai-chat", "mistral-chat": "openai-chat", "openai-responses": "openai-responses",
    "anthropic-messages": "anthropic-messages", "gemini": "gemini", "bedrock-converse": "bedrock-converse",
    "cohere-v2": "cohere-v2", "ollama": "ollama"}
CHATS = {"chat", "messages", "responses", "generateContent", "streamGenerateContent", "converse", "converse-stream"}
BASES = {"openai-chat": "/v1", "openai-responses": "/v1", "anthropic-messages": "/v1", "gemini": "/v1beta",
         "cohere-v2": "/v2"}


def are_there():
    return REPLAY.exists() and (CASSETTES / "INDEX.json").exists()


def chats():
    """Answered chats in every dialect."""
    if not are_there():
        return []
    index = json.loads((CASSETTES / "INDEX.json").read_text())
    return [each for each in index
            if each["dialect"] in DIALECTS and each["operation"] in CHATS and each["status"] == 200]


def expected(exchange):
    return json.loads((CASSETTES / exchange["dialect"] / (exchange["id"] + ".json")).read_text())["expected"]


def provider(exchange, address):
    """The entry of the config for one exchange."""
    dialect = DIALECTS[exchange["dialect"]]
    entry = {"dialect": dialect, "base_url": f"{address}/x/{exchange['id']}{BASES.get(dialect, '')}"}
    if not dialect.startswith("bedrock"):
        entry["api_key"] = "${UPSTREAM_KEY}"
    return entry


class Replay:
    def __init__(self, folder):
        port = pathlib.Path(folder) / "port"
        self.process = subprocess.Popen(
            [sys.executable, str(REPLAY), "--cassettes", str(CASSETTES), "--port", "0", "--port-file", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + READY_SECONDS
        while not (port.exists() and re.fullmatch(r"\d+\s*", port.read_text())):
            assert time.monotonic() < end and self.process.poll() is None, "the replay server does not start"
            time.sleep(0.05)
        self.address = f"http://127.0.0.1:{port.read_text().strip()}"

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=READY_SECONDS)
