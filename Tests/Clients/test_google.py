"""The official client of Google: content, embeddings, counting, models, errors."""
import base64

import pytest
from google.genai import errors, types
from pydantic import BaseModel

import clients
from formats import Answer, ToolCall
from provider import Body, Failure, Shaped, Slowly

PICTURE = b"a picture"
WEATHER = types.Tool(function_declarations=[types.FunctionDeclaration(
    name="weather", description="The weather.", parameters_json_schema={
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})])
CALLS = [ToolCall("call_1", "weather", {"city": "Oslo"}), ToolCall("call_2", "weather", {"city": "Rome"})]
BRIEF = {"system_instruction": "Be brief."}


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def client(gateway):
    return clients.for_google(gateway)


def test_content(client, provider, upstream):
    provider.play(Answer("Hello, you."))
    told = client.models.generate_content(model=f"{upstream}/m", contents="Hello?", config=BRIEF)
    assert told.text == "Hello, you."
    assert told.candidates[0].finish_reason == types.FinishReason.STOP
    usage = told.usage_metadata
    assert (usage.prompt_token_count, usage.candidates_token_count) == (11, 7)
    asked = provider.asked()
    assert (asked.system, asked.turns) == ("Be brief.", [("user", [("text", "Hello?")])])


def test_a_stream(client, provider, upstream):
    provider.play(Answer("Hello, you."))
    told = list(client.models.generate_content_stream(model=f"{upstream}/m", contents="Hello?", config=BRIEF))
    pieces = [each.text for each in told if each.text]
    assert len(pieces) == 2 and "".join(pieces) == "Hello, you."
    assert told[-1].usage_metadata.candidates_token_count == 7


@pytest.mark.parametrize("streams", [False, True])
def test_parallel_tools_and_the_turn_with_their_results(client, provider, upstream, streams):
    provider.play(Answer("I look.", calls=CALLS), Answer("Cold and warm."))
    asked = {"model": f"{upstream}/m", "config": {"tools": [WEATHER]}}
    contents = [types.UserContent("Oslo and Rome?")]
    if streams:
        told = list(client.models.generate_content_stream(contents=contents, **asked))
        parts = [part for each in told for part in each.candidates[0].content.parts or []]
    else:
        parts = client.models.generate_content(contents=contents, **asked).candidates[0].content.parts
    calls = [part.function_call for part in parts if part.function_call]
    assert [(each.name, each.args) for each in calls] == [(each.name, each.arguments) for each in CALLS]

    contents += [types.ModelContent(parts), types.UserContent([
        types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"result": text}))
        for call, text in zip(calls, ["-3 degrees", "30 degrees"])])]
    assert client.models.generate_content(contents=contents, **asked).text == "Cold and warm."
    asked = provider.asked()
    assert [call[1:] for call in asked.parts("call")] == [(each.name, each.arguments) for each in CALLS]
    results = asked.parts("result")
    assert ["-3 degrees" in results[0][2], "30 degrees" in results[1][2]] == [True, True]


def test_an_image(client, provider, upstream):
    provider.play(Answer("A pixel."))
    client.models.generate_content(model=f"{upstream}/m", contents=[
        "What is it?", types.Part.from_bytes(data=PICTURE, mime_type="image/png")])
    assert provider.asked().parts("image") == [("image", base64.b64encode(PICTURE).decode())]


def test_structured_output(client, provider, upstream):
    provider.play(Shaped({"name": "Ada", "age": 36}))
    told = client.models.generate_content(
        model=f"{upstream}/m", contents="Who?",
        config={"response_mime_type": "application/json", "response_schema": Person})
    assert told.parsed == Person(name="Ada", age=36)
    assert set(provider.asked().schema["properties"]) == {"name", "age"}


def test_reasoning(client, provider, upstream):
    provider.play(Answer("42.", thinking="Let me think."))
    told = client.models.generate_content(model=f"{upstream}/m", contents="Why?", config={
        "thinking_config": {"thinking_budget": 1024, "include_thoughts": True}})
    parts = told.candidates[0].content.parts
    assert "".join(part.text for part in parts if part.thought) == "Let me think."
    assert "".join(part.text for part in parts if not part.thought) == "42."


def test_embeddings_of_another_api(client, provider):
    provider.play(Body({"object": "list", "model": "e", "usage": {"prompt_tokens": 3, "total_tokens": 3}, "data": [
        {"object": "embedding", "index": 0, "embedding": [0.5, -1.0]},
        {"object": "embedding", "index": 1, "embedding": [0.25, 2.0]}]}))
    told = client.models.embed_content(model="as-openai/e", contents=["a", "b"])
    assert [each.values for each in told.embeddings] == [[0.5, -1.0], [0.25, 2.0]]
    assert provider.requests[-1][1]["input"] == ["a", "b"]


def test_embeddings_of_its_own_api(client, provider):
    provider.play(Body({"embeddings": [{"values": [0.5, -1.0]}, {"values": [0.25, 2.0]}]}))
    told = client.models.embed_content(model="as-gemini/e", contents=["a", "b"])
    assert [each.values for each in told.embeddings] == [[0.5, -1.0], [0.25, 2.0]]


def test_tokens_are_counted_where_the_provider_cannot(client):
    assert client.models.count_tokens(model="as-openai/m", contents="Hello?").total_tokens > 0


def test_models(client):
    assert "models/clever" in [each.name for each in client.models.list()]
    assert client.models.get(model="clever").name == "models/clever"
    with pytest.raises(errors.ClientError) as caught:
        client.models.get(model="nothing")
    assert caught.value.code == 404


@pytest.mark.parametrize(("status", "kind"), [
    (400, errors.ClientError), (404, errors.ClientError), (429, errors.ClientError), (500, errors.ServerError)])
@pytest.mark.parametrize("streams", [False, True])
def test_errors_of_a_provider(client, provider, upstream, status, kind, streams):
    provider.play(Failure(status))
    with pytest.raises(kind) as caught:
        if streams:
            list(client.models.generate_content_stream(model=f"once-{upstream}", contents="Hello?"))
        else:
            client.models.generate_content(model=f"once-{upstream}", contents="Hello?")
    assert caught.value.code == status and "the provider says no" in caught.value.message


def test_errors_of_the_gateway(client, gateway):
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model="nobody/nothing", contents="Hello?")
    assert caught.value.code == 404
    stranger = clients.for_google(gateway, key="wrong")
    for each in (stranger.models.list, lambda: stranger.models.generate_content(model="clever", contents="Hello?")):
        with pytest.raises(errors.ClientError) as caught:
            each()
        assert caught.value.code in (400, 401)


def test_a_rate_limit_is_waited_for(gateway, provider, upstream):
    provider.play(Failure(429, headers={"retry-after": "1"}), Answer("At last."))
    client = clients.for_google(gateway, attempts=3)
    told = client.models.generate_content(model=f"once-{upstream}", contents="Hello?")
    assert told.text == "At last."
    assert [call["status"] for call in gateway.calls(2)] == ["ok", "failed"]


def test_a_stream_that_is_left_is_booked_as_interrupted(client, gateway, provider, upstream):
    provider.play(Slowly(Answer("Hello, you.", calls=CALLS * 10), 0.2))
    stream = client.models.generate_content_stream(model=f"{upstream}/m", contents="Hello?")
    next(stream)
    stream.close()
    client.close()
    assert gateway.calls(1)[0]["status"] == "interrupted"
