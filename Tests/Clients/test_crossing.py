"""Each client gets what recorded providers of every format answered, word for word."""
import json

import pytest

import clients
import recordings

PROMPT = "Say something."


def called(call):
    """Name and arguments; some providers leave the type of a call out, and some calls take a text."""
    part = call.custom if call.type == "custom" else call.function
    return part.name, part.input if call.type == "custom" else part.arguments


def text_of(content):
    """What was said; a list, which some providers answer with, is forwarded as it came."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def by_openai_chat(gateway, model, streams):
    client = clients.for_openai(gateway)
    messages = [{"role": "user", "content": PROMPT}]
    if not streams:
        message = client.chat.completions.create(model=model, messages=messages).choices[0].message
        legacy = message.function_call
        calls = [called(each) for each in message.tool_calls or []]
        return text_of(message.content), calls or ([(legacy.name, legacy.arguments)] if legacy and legacy.name else [])
    text, calls = "", {}
    for chunk in client.chat.completions.create(model=model, messages=messages, stream=True):
        for choice in chunk.choices:
            if choice.index != 0 or choice.delta is None:
                continue
            text += text_of(choice.delta.content)
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(part.index, ["", ""])
                call[0] += part.function.name or ""
                call[1] += part.function.arguments or ""
    return text, [tuple(each) for each in calls.values()]


def by_openai_responses(gateway, model, streams):
    client = clients.for_openai(gateway)
    response = None
    if streams:
        text = ""
        for event in client.responses.create(model=model, input=PROMPT, stream=True):
            if event.type == "response.output_text.delta":
                text += event.delta
            elif event.type in ("response.completed", "response.incomplete"):
                response = event.response
        assert response.output_text == text
    else:
        response = client.responses.create(model=model, input=PROMPT)
    return response.output_text, [
        (each.name, each.input if each.type == "custom_tool_call" else each.arguments)
        for each in response.output if each.type in ("function_call", "custom_tool_call")]


def by_anthropic(gateway, model, streams):
    client = clients.for_anthropic(gateway)
    asked = {"model": model, "max_tokens": 1000, "messages": [{"role": "user", "content": PROMPT}]}
    if streams:
        with client.messages.stream(**asked) as stream:
            message = stream.get_final_message()
    else:
        message = client.messages.create(**asked)
    text = "".join(block.text for block in message.content if block.type == "text")
    return text, [(block.name, json.dumps(block.input)) for block in message.content if block.type == "tool_use"]


def by_google(gateway, model, streams):
    client = clients.for_google(gateway)
    if streams:
        told = list(client.models.generate_content_stream(model=model, contents=PROMPT))
    else:
        told = [client.models.generate_content(model=model, contents=PROMPT)]
    parts = [part for response in told for candidate in response.candidates or [] if not candidate.index
             for part in (candidate.content and candidate.content.parts or [])]
    text = "".join(part.text for part in parts if part.text and not part.thought)
    return text, [(part.function_call.name, json.dumps(part.function_call.args or {}))
                  for part in parts if part.function_call]


def parsed(arguments):
    return json.loads(arguments or "{}")


def whole_exchanges():
    for each in recordings.chats():
        expected = recordings.expected(each)
        if expected["complete"] and not expected["error"]:
            yield pytest.param(each, expected, id=f"{each['dialect']}-{each['id']}")


@pytest.mark.parametrize("ask", [by_openai_chat, by_openai_responses, by_anthropic, by_google])
@pytest.mark.parametrize(("exchange", "expected"), list(whole_exchanges()))
def test_every_client_reads_every_provider(gateway, ask, exchange, expected):
    text, calls = ask(gateway, f"{exchange['id']}/{exchange['model'] or 'm'}", exchange["streaming"])
    assert text == expected["text"]
    # Some providers fill in the call of old clients with nothing.
    wanted = [each for each in expected["tool_calls"] if each["name"]]
    assert [name for name, _ in calls] == [each["name"] for each in wanted]
    for (_, arguments), each in zip(calls, wanted):
        if each["arguments"] is not None:
            assert parsed(arguments) == each["arguments"]
