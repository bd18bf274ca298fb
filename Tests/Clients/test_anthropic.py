"""The official client of Anthropic: messages, counting, models, errors."""
import base64

import anthropic
import pytest
from pydantic import BaseModel

import clients
from formats import Answer, ToolCall
from provider import Failure, Shaped, Slowly

PIXEL = base64.b64encode(b"a picture").decode()
WEATHER = {"name": "weather", "description": "The weather.", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
CALLS = [ToolCall("call_1", "weather", {"city": "Oslo"}), ToolCall("call_2", "weather", {"city": "Rome"})]
HELLO = {"max_tokens": 1000, "system": "Be brief.", "messages": [{"role": "user", "content": "Hello?"}]}


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def client(gateway):
    return clients.for_anthropic(gateway)


def test_a_message(client, provider, upstream):
    provider.play(Answer("Hello, you."))
    told = client.messages.create(model=f"{upstream}/m", **HELLO)
    assert [(block.type, block.text) for block in told.content] == [("text", "Hello, you.")]
    assert told.stop_reason == "end_turn"
    assert (told.usage.input_tokens, told.usage.output_tokens) == (11, 7)
    asked = provider.asked()
    assert (asked.system, asked.turns) == ("Be brief.", [("user", [("text", "Hello?")])])


def test_a_stream(client, provider, upstream):
    provider.play(Answer("Hello, you."))
    with client.messages.stream(model=f"{upstream}/m", **HELLO) as stream:
        pieces = list(stream.text_stream)
        told = stream.get_final_message()
    assert len(pieces) == 2 and "".join(pieces) == "Hello, you."
    assert told.usage.output_tokens == 7


@pytest.mark.parametrize("streams", [False, True])
def test_parallel_tools_and_the_turn_with_their_results(client, provider, upstream, streams):
    provider.play(Answer("I look.", calls=CALLS), Answer("Cold and warm."))
    asked = {"model": f"{upstream}/m", "tools": [WEATHER], "max_tokens": 1000}
    messages = [{"role": "user", "content": "Oslo and Rome?"}]
    if streams:
        with client.messages.stream(messages=messages, **asked) as stream:
            told = stream.get_final_message()
    else:
        told = client.messages.create(messages=messages, **asked)
    calls = [block for block in told.content if block.type == "tool_use"]
    assert told.stop_reason == "tool_use"
    assert [(each.name, each.input) for each in calls] == [(each.name, each.arguments) for each in CALLS]

    messages += [
        {"role": "assistant", "content": told.content},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": text}
                                     for call, text in zip(calls, ["-3 degrees", "30 degrees"])]}]
    told = client.messages.create(messages=messages, **asked)
    assert told.content[0].text == "Cold and warm."
    asked = provider.asked()
    assert [call[1:] for call in asked.parts("call")] == [(each.name, each.arguments) for each in CALLS]
    results = asked.parts("result")
    assert ["-3 degrees" in results[0][2], "30 degrees" in results[1][2]] == [True, True]


def test_an_image(client, provider, upstream):
    provider.play(Answer("A pixel."))
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    client.messages.create(model=f"{upstream}/m", max_tokens=10, messages=[{"role": "user", "content": [
        {"type": "text", "text": "What is it?"}, {"type": "image", "source": source}]}])
    assert provider.asked().parts("image") == [("image", PIXEL)]


def test_structured_output(client, provider, upstream):
    provider.play(Shaped({"name": "Ada", "age": 36}))
    with client.messages.stream(model=f"{upstream}/m", output_format=Person, **HELLO) as stream:
        told = stream.get_final_message()
    assert told.parsed_output == Person(name="Ada", age=36)
    assert set(provider.asked().schema["properties"]) == {"name", "age"}


@pytest.mark.parametrize("streams", [False, True])
def test_reasoning(client, provider, upstream, streams):
    provider.play(Answer("42.", thinking="Let me think."))
    asked = HELLO | {"model": f"{upstream}/m", "max_tokens": 4000,
                     "thinking": {"type": "enabled", "budget_tokens": 1024}}
    if streams:
        with client.messages.stream(**asked) as stream:
            told = stream.get_final_message()
    else:
        told = client.messages.create(**asked)
    assert [(block.type, getattr(block, block.type)) for block in told.content] == [
        ("thinking", "Let me think."), ("text", "42.")]


def test_tokens_are_counted_where_the_provider_cannot(client):
    assert client.messages.count_tokens(
        model="as-openai/m", messages=[{"role": "user", "content": "Hello?"}]).input_tokens > 0


def test_models(client):
    assert "clever" in [each.id for each in client.models.list()]
    assert client.models.retrieve("clever").id == "clever"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("nothing")


@pytest.mark.parametrize(("status", "kind"), [
    (400, anthropic.BadRequestError), (404, anthropic.NotFoundError), (429, anthropic.RateLimitError),
    (500, anthropic.InternalServerError)])
@pytest.mark.parametrize("streams", [False, True])
def test_errors_of_a_provider(client, provider, upstream, status, kind, streams):
    provider.play(Failure(status))
    with pytest.raises(kind) as caught:
        client.messages.create(model=f"once-{upstream}", stream=streams, **HELLO)
    assert "the provider says no" in caught.value.message


def test_errors_of_the_gateway(client, gateway):
    with pytest.raises(anthropic.NotFoundError):
        client.messages.create(model="nobody/nothing", **HELLO)
    with pytest.raises(anthropic.BadRequestError):
        client.messages.create(model="clever", extra_body={"temperature": "hot"}, **HELLO)
    stranger = clients.for_anthropic(gateway, api_key="wrong")
    for each in (stranger.models.list, lambda: stranger.messages.create(model="clever", **HELLO)):
        with pytest.raises(anthropic.AuthenticationError):
            each()


def test_the_key_as_a_bearer_token(gateway, provider):
    provider.play(Answer("Hello."))
    client = anthropic.Anthropic(base_url=gateway.address, auth_token=gateway.key, api_key=None, max_retries=0)
    assert client.messages.create(model="clever", **HELLO).content[0].text == "Hello."


def test_a_rate_limit_is_waited_for(gateway, provider, upstream):
    provider.play(Failure(429, headers={"retry-after": "1"}), Answer("At last."))
    told = clients.for_anthropic(gateway, max_retries=2).messages.create(model=f"once-{upstream}", **HELLO)
    assert told.content[0].text == "At last."
    assert [call["status"] for call in gateway.calls(2)] == ["ok", "failed"]


def test_a_stream_that_is_left_is_booked_as_interrupted(client, gateway, provider, upstream):
    provider.play(Slowly(Answer("Hello, you.", calls=CALLS * 10), 0.2))
    stream = client.messages.create(model=f"{upstream}/m", stream=True, **HELLO)
    next(iter(stream))
    stream.close()
    assert gateway.calls(1)[0]["status"] == "interrupted"


def test_what_a_coding_agent_asks_of_messages(client, provider, upstream):
    provider.play(Answer("I look.", thinking="Where?", calls=CALLS[:1]))
    cached = {"cache_control": {"type": "ephemeral"}}
    with client.beta.messages.stream(
            model=f"{upstream}/m", max_tokens=32000, betas=["interleaved-thinking-2025-05-14"],
            metadata={"user_id": "u1"}, thinking={"type": "enabled", "budget_tokens": 16000},
            system=[{"type": "text", "text": "You are a coding agent."}, {"type": "text", "text": "Be brief."} | cached],
            tools=[WEATHER | cached],
            messages=[{"role": "user", "content": [{"type": "text", "text": "Oslo?"} | cached]}]) as stream:
        told = stream.get_final_message()
    assert [block.type for block in told.content] == ["thinking", "text", "tool_use"]
    assert "You are a coding agent." in provider.asked().system
