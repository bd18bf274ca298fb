"""One call each through frameworks that sit on the official clients."""
import os
import subprocess
import sys

import clients
from formats import Answer, ToolCall
from provider import Shaped

from pydantic import BaseModel


class Person(BaseModel):
    name: str
    age: int


def test_langchain(gateway, provider):
    from langchain_openai import ChatOpenAI

    def weather(city: str) -> str:
        """The weather of a city."""
        return "cold"

    model = ChatOpenAI(model="as-anthropic/m", base_url=gateway.address + "/v1", api_key=gateway.key)
    provider.play(Answer("Hello, you."), Answer("Hello, you."), Answer(
        calls=[ToolCall("call_1", "weather", {"city": "Oslo"})]))
    assert model.invoke("Hello?").text == "Hello, you."
    assert "".join(chunk.text for chunk in model.stream("Hello?")) == "Hello, you."
    calls = model.bind_tools([weather]).invoke("Oslo?").tool_calls
    assert [(call["name"], call["args"]) for call in calls] == [("weather", {"city": "Oslo"})]


def test_instructor(gateway, provider):
    import instructor
    client = instructor.from_openai(clients.for_openai(gateway))
    provider.play(Shaped({"name": "Ada", "age": 36}))
    told = client.chat.completions.create(
        model="as-anthropic/m", response_model=Person, messages=[{"role": "user", "content": "Who?"}])
    assert (told.name, told.age) == ("Ada", 36)


def test_pydantic_ai(gateway, provider):
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel("as-anthropic/m", provider=OpenAIProvider(
        base_url=gateway.address + "/v1", api_key=gateway.key))
    agent = Agent(model, instructions="Be brief.")

    @agent.tool_plain
    def weather(city: str) -> str:
        return f"cold in {city}"

    provider.play(Answer(calls=[ToolCall("call_1", "weather", {"city": "Oslo"})]), Answer("Cold."))
    assert agent.run_sync("Oslo?").output == "Cold."
    assert [part[2] for part in provider.asked().parts("result")] == ["cold in Oslo"]


def test_llm(gateway, provider, tmp_path):
    (tmp_path / "extra-openai-models.yaml").write_text(
        f"- model_id: mine\n  model_name: as-anthropic/m\n  api_base: {gateway.address}/v1\n  api_key_name: gateway\n")
    (tmp_path / "keys.json").write_text(f'{{"gateway": "{gateway.key}"}}')
    provider.play(Answer("Hello, you."))
    done = subprocess.run(
        [sys.executable, "-m", "llm", "-m", "mine", "Hello?"], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LLM_USER_PATH": str(tmp_path)})
    assert (done.stdout.strip(), done.returncode) == ("Hello, you.", 0), done.stderr
