import os

import pytest

import recordings
from formats import FORMATS
from gateway import Gateway
from provider import Provider

# A key that the machine's own environment may hold must not decide anything.
for name in list(os.environ):
    if name.endswith("_API_KEY") or name.endswith("_BASE_URL"):
        del os.environ[name]


@pytest.fixture(scope="session")
def provider():
    return Provider()


@pytest.fixture(scope="session")
def gateway(provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    entries = {name: {"dialect": form.dialect, "base_url": f"{provider.address}/{name}{form.base}",
                      "api_key": "${UPSTREAM_KEY}"} for name, form in FORMATS.items()}
    replay = recordings.Replay(folder) if recordings.are_there() else None
    if replay:
        entries |= {each["id"]: recordings.provider(each, replay.address) for each in recordings.chats()}
    routes = {f"once-{name}": {"targets": [f"{name}/m"], "retries": 0} for name in FORMATS}
    gateway = Gateway(os.environ["LLMGW"], folder, {
        "providers": entries, "aliases": {"clever": "as-openai/m"}, "routes": routes})
    yield gateway
    gateway.stop()
    if replay:
        replay.stop()


@pytest.fixture(params=list(FORMATS))
def upstream(request):
    """The provider behind the gateway, by the format it speaks."""
    return request.param


def pytest_terminal_summary(terminalreporter):
    if not recordings.are_there():
        terminalreporter.write_line("SKIPPED: the crossing with recorded exchanges: ../shared is not there")
