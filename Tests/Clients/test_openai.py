"""The official client of OpenAI: chat completions, the Responses API, embeddings, models, errors."""
import base64
import json

import openai
import pytest
from pydantic import BaseModel

import clients
from formats import Answer, ToolCall
from provider import Body, Failure, Shaped, Slowly

PIXEL = base64.b64encode(b"a picture").decode()
WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "The weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
CALLS = [ToolCall("call_1", "weather", {"city": "Oslo"}), ToolCall("call_2", "weather", {"city": "Rome"})]
HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def client(gateway):
    return clients.for_openai(gateway)


def test_chat(client, provider, upstream):
    provider.play(Answer("Hello, you."))
    told = client.chat.completions.create(model=f"{upstream}/m", messages=HELLO)
    assert told.choices[0].message.content == "Hello, you."
    assert told.choices[0].finish_reason == "stop"
    assert (told.usage.prompt_tokens, told.usage.completion_tokens) == (11, 7)
    asked = provider.asked()
    assert (asked.system, asked.turns) == ("Be brief.", [("user", [("text", "Hello?")])])


def test_a_chat_stream_with_usage(client, provider, upstream):
    provider.play(Answer("Hello, you."))
    chunks = list(client.chat.completions.create(
        model=f"{upstream}/m", messages=HELLO, stream=True, stream_options={"include_usage": True}))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert len(pieces) == 2 and "".join(pieces) == "Hello, you."
    assert chunks[-1].usage.completion_tokens == 7


@pytest.mark.parametrize("streams", [False, True])
def test_parallel_tools_and_the_turn_with_their_results(client, provider, upstream, streams):
    provider.play(Answer("I look.", calls=CALLS), Answer("Cold and warm."))
    asked = {"model": f"{upstream}/m", "tools": [WEATHER]}
    messages = [{"role": "user", "content": "Oslo and Rome?"}]
    if streams:
        with client.chat.completions.stream(messages=messages, **asked) as stream:
            message = stream.get_final_completion().choices[0].message
    else:
        message = client.chat.completions.create(messages=messages, **asked).choices[0].message
    assert [(each.function.name, json.loads(each.function.arguments)) for each in message.tool_calls] == [
        (each.name, each.arguments) for each in CALLS]
    assert provider.asked().tools == ["weather"]

    messages.append({"role": "assistant", "content": message.content, "tool_calls": [
        {"id": each.id, "type": "function",
         "function": {"name": each.function.name, "arguments": each.function.arguments}}
        for each in message.tool_calls]})
    messages += [{"role": "tool", "tool_call_id": call.id, "content": text}
                 for call, text in zip(message.tool_calls, ["-3 degrees", "30 degrees"])]
    told = client.chat.completions.create(messages=messages, **asked)
    assert told.choices[0].message.content == "Cold and warm."
    asked = provider.asked()
    assert [call[1:] for call in asked.parts("call")] == [(each.name, each.arguments) for each in CALLS]
    results = asked.parts("result")
    assert ["-3 degrees" in results[0][2], "30 degrees" in results[1][2]] == [True, True]


def test_an_image(client, provider, upstream):
    provider.play(Answer("A pixel."))
    client.chat.completions.create(model=f"{upstream}/m", messages=[{"role": "user", "content": [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}]}])
    assert provider.asked().parts("image") == [("image", PIXEL)]


def test_structured_output(client, provider, upstream):
    provider.play(Shaped({"name": "Ada", "age": 36}))
    told = client.chat.completions.parse(model=f"{upstream}/m", messages=HELLO, response_format=Person)
    assert told.choices[0].message.parsed == Person(name="Ada", age=36)
    assert set(provider.asked().schema["properties"]) == {"name", "age"}


def test_reasoning(client, provider, upstream):
    provider.play(Answer("42.", thinking="Let me think."))
    told = client.chat.completions.create(model=f"{upstream}/m", messages=HELLO, reasoning_effort="low")
    assert told.choices[0].message.reasoning_content == "Let me think."
    assert told.choices[0].message.content == "42."


@pytest.mark.parametrize("streams", [False, True])
def test_responses_with_reasoning_tools_and_their_results(client, provider, upstream, streams):
    provider.play(Answer("I look.", thinking="Where?", calls=CALLS), Answer("Cold and warm."))
    tool = {"type": "function", "strict": False} | WEATHER["function"]
    items = [{"role": "user", "content": "Oslo and Rome?"}]
    asked = {"model": f"{upstream}/m", "tools": [tool], "instructions": "Be brief."}
    if streams:
        with client.responses.stream(input=items, **asked) as stream:
            told = stream.get_final_response()
    else:
        told = client.responses.create(input=items, **asked)
    assert told.output_text == "I look." and told.status == "completed"
    reasoning = [each for each in told.output if each.type == "reasoning"]
    assert "Where?" in json.dumps([each.model_dump() for each in reasoning])
    calls = [each for each in told.output if each.type == "function_call"]
    assert [(each.name, json.loads(each.arguments)) for each in calls] == [
        (each.name, each.arguments) for each in CALLS]
    assert (told.usage.input_tokens, told.usage.output_tokens) == (11, 7)

    items += [each.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for each in told.output]
    items += [{"type": "function_call_output", "call_id": call.call_id, "output": text}
              for call, text in zip(calls, ["-3 degrees", "30 degrees"])]
    assert client.responses.create(input=items, **asked).output_text == "Cold and warm."
    asked = provider.asked()
    assert asked.system == "Be brief."
    assert [call[1:] for call in asked.parts("call")] == [(each.name, each.arguments) for each in CALLS]
    assert ["degrees" in each[2] for each in asked.parts("result")] == [True, True]


def test_a_response_of_a_shape_to_an_image(client, provider, upstream):
    provider.play(Shaped({"name": "Ada", "age": 36}))
    told = client.responses.parse(model=f"{upstream}/m", text_format=Person, input=[{"role": "user", "content": [
        {"type": "input_text", "text": "Who is it?"},
        {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{PIXEL}"}]}])
    assert told.output_parsed == Person(name="Ada", age=36)
    assert provider.asked().parts("image") == [("image", PIXEL)]


@pytest.mark.parametrize("settings", [{}, {"encoding_format": "float"}])
def test_embeddings(client, provider, settings):
    provider.play(Body({"object": "list", "model": "e", "usage": {"prompt_tokens": 3, "total_tokens": 3}, "data": [
        {"object": "embedding", "index": 0, "embedding": [0.5, -1.0]},
        {"object": "embedding", "index": 1, "embedding": [0.25, 2.0]}]}))
    told = client.embeddings.create(model="as-openai/e", input=["a", "b"], **settings)
    assert [list(each.embedding) for each in told.data] == [[0.5, -1.0], [0.25, 2.0]]
    assert told.usage.prompt_tokens == 3


def test_models(client):
    assert "clever" in [each.id for each in client.models.list()]
    assert client.models.retrieve("clever").id == "clever"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nothing")


@pytest.mark.parametrize(("status", "kind"), [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError)])
@pytest.mark.parametrize("streams", [False, True])
def test_errors_of_a_provider(client, provider, upstream, status, kind, streams):
    provider.play(Failure(status))
    with pytest.raises(kind) as caught:
        client.chat.completions.create(model=f"once-{upstream}", messages=HELLO, stream=streams)
    assert "the provider says no" in caught.value.message


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_of_ours_that_a_provider_refuses_is_not_the_clients(client, provider, upstream, status):
    provider.play(Failure(status))
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(model=f"once-{upstream}", messages=HELLO)
    assert "the provider says no" in caught.value.message


def test_errors_of_the_gateway(client, gateway):
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="nobody/nothing", messages=HELLO)
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="clever", messages=HELLO, temperature="hot")
    stranger = clients.for_openai(gateway, api_key="wrong")
    for each in (stranger.models.list, lambda: stranger.chat.completions.create(model="clever", messages=HELLO)):
        with pytest.raises(openai.AuthenticationError):
            each()


def test_a_rate_limit_is_waited_for(gateway, provider, upstream):
    provider.play(Failure(429, headers={"retry-after": "1"}), Answer("At last."))
    told = clients.for_openai(gateway, max_retries=2).chat.completions.create(model=f"once-{upstream}", messages=HELLO)
    assert told.choices[0].message.content == "At last."
    assert [call["status"] for call in gateway.calls(2)] == ["ok", "failed"]


def test_a_stream_that_is_left_is_booked_as_interrupted(client, gateway, provider, upstream):
    provider.play(Slowly(Answer("Hello, you.", calls=CALLS * 10), 0.2))
    stream = client.chat.completions.create(model=f"{upstream}/m", messages=HELLO, stream=True)
    next(iter(stream))
    stream.close()
    assert gateway.calls(1)[0]["status"] == "interrupted"


def test_what_a_coding_agent_asks_of_responses(client, provider, upstream):
    provider.play(Answer("I look.", thinking="Where?", calls=CALLS[:1]))
    events = list(client.responses.create(
        model=f"{upstream}/m", instructions="You are a coding agent.", stream=True, store=False,
        include=["reasoning.encrypted_content"], parallel_tool_calls=False, tool_choice="auto", prompt_cache_key="s1",
        reasoning={"effort": "medium", "summary": "auto"}, tools=[
            {"type": "function", "strict": False} | WEATHER["function"],
            {"type": "custom", "name": "apply_patch", "description": "Edits files.",
             "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}],
        input=[{"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Be brief."}]},
               {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Oslo?"}]}]))
    done = [event.item.type for event in events if event.type == "response.output_item.done"]
    assert done == ["reasoning", "message", "function_call"]
    assert events[-1].type == "response.completed"
