"""What a scripted provider answers and was asked, in three wire formats, behind one neutral shape."""
import json
from dataclasses import dataclass, field


@dataclass
class ToolCall:
    id: str
    name: str
    arguments: dict


@dataclass
class Answer:
    """One turn of a model."""
    text: str = ""
    thinking: str = ""
    calls: list = field(default_factory=list)
    input_tokens: int = 11
    output_tokens: int = 7


@dataclass
class Asked:
    """A request as a provider got it: `turns` are (role, parts), a part is ("text", TEXT), ("image", BASE64),
    ("call", NAME, ARGUMENTS) or ("result", NAME OR ID, TEXT)."""
    system: str
    turns: list
    tools: list
    schema: dict | None
    forced_tool: str | None = None

    def parts(self, kind):
        return [part for _, parts in self.turns for part in parts if part[0] == kind]


def pieces(text):
    """A text cut in two, as streams do."""
    middle = max(1, len(text) // 2)
    return [piece for piece in (text[:middle], text[middle:]) if piece]


def events(objects, named=False):
    for each in objects:
        name = f"event: {each['type']}\n" if named else ""
        yield f"{name}data: {json.dumps(each)}\n\n".encode()


def texts_of(content):
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or [])


class OpenAIFormat:
    dialect, base = "openai-chat", "/v1"

    @staticmethod
    def streams(path, body):
        return body.get("stream") is True

    @staticmethod
    def whole(answer):
        message = {"role": "assistant", "content": answer.text or None}
        if answer.thinking:
            message["reasoning_content"] = answer.thinking
        if answer.calls:
            message["tool_calls"] = [OpenAIFormat.call(each) for each in answer.calls]
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if answer.calls else "stop"}
        return OpenAIFormat.frame("chat.completion", [choice], OpenAIFormat.usage(answer))

    @staticmethod
    def stream(answer):
        deltas = [{"role": "assistant", "content": ""}]
        deltas += [{"reasoning_content": piece} for piece in pieces(answer.thinking)]
        deltas += [{"content": piece} for piece in pieces(answer.text)]
        for index, each in enumerate(answer.calls):
            call = OpenAIFormat.call(each)
            first, *rest = pieces(call["function"]["arguments"])
            deltas.append({"tool_calls": [call | {
                "index": index, "function": {"name": each.name, "arguments": first}}]})
            deltas += [{"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in rest]
        choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if answer.calls else "stop"})
        yield from events(OpenAIFormat.frame("chat.completion.chunk", [choice], None) for choice in choices)
        yield from events([OpenAIFormat.frame("chat.completion.chunk", [], OpenAIFormat.usage(answer))])
        yield b"data: [DONE]\n\n"

    @staticmethod
    def frame(kind, choices, usage):
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "m", "choices": choices, "usage": usage}

    @staticmethod
    def call(each):
        return {"id": each.id, "type": "function",
                "function": {"name": each.name, "arguments": json.dumps(each.arguments)}}

    @staticmethod
    def usage(answer):
        return {"prompt_tokens": answer.input_tokens, "completion_tokens": answer.output_tokens,
                "total_tokens": answer.input_tokens + answer.output_tokens}

    @staticmethod
    def failure(status, message):
        return {"error": {"message": message, "type": "some_error", "param": None, "code": None}}

    @staticmethod
    def asked(body):
        system, turns = "", []
        for message in body["messages"]:
            if message["role"] in ("system", "developer"):
                system += texts_of(message["content"])
                continue
            if message["role"] == "tool":
                turns.append(("user", [("result", message["tool_call_id"], texts_of(message["content"]))]))
                continue
            parts, content = [], message.get("content")
            for part in [{"type": "text", "text": content}] if isinstance(content, str) else content or []:
                if part["type"] == "text":
                    parts.append(("text", part["text"]))
                elif part["type"] == "image_url":
                    parts.append(("image", part["image_url"]["url"].split(",", 1)[-1]))
            for call in message.get("tool_calls") or []:
                parts.append(("call", call["function"]["name"], json.loads(call["function"]["arguments"])))
            turns.append((message["role"], parts))
        tools = [tool["function"]["name"] for tool in body.get("tools") or []]
        schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
        return Asked(system, turns, tools, schema)


class AnthropicFormat:
    dialect, base = "anthropic-messages", "/v1"
    streams = OpenAIFormat.streams

    @staticmethod
    def whole(answer):
        blocks = []
        if answer.thinking:
            blocks.append({"type": "thinking", "thinking": answer.thinking, "signature": "c2ln"})
        if answer.text:
            blocks.append({"type": "text", "text": answer.text})
        blocks += [{"type": "tool_use", "id": each.id, "name": each.name, "input": each.arguments}
                   for each in answer.calls]
        return AnthropicFormat.message(answer, blocks, "tool_use" if answer.calls else "end_turn")

    @staticmethod
    def message(answer, blocks, reason):
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": blocks,
                "stop_reason": reason, "stop_sequence": None,
                "usage": {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens}}

    @staticmethod
    def stream(answer):
        whole = AnthropicFormat.whole(answer)
        told = [{"type": "message_start", "message": whole | {"content": [], "stop_reason": None}}]
        for index, block in enumerate(whole["content"]):
            told += AnthropicFormat.block(index, block)
        told.append({"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
                     "usage": {"output_tokens": answer.output_tokens}})
        yield from events(told + [{"type": "message_stop"}], named=True)

    @staticmethod
    def block(index, block):
        if block["type"] == "text":
            empty, deltas = {"text": ""}, [{"type": "text_delta", "text": each} for each in pieces(block["text"])]
        elif block["type"] == "thinking":
            empty = {"thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": each} for each in pieces(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        else:
            empty = {"input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": each}
                      for each in pieces(json.dumps(block["input"]))]
        yield {"type": "content_block_start", "index": index, "content_block": block | empty}
        for delta in deltas:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}

    @staticmethod
    def failure(status, message):
        return {"type": "error", "error": {"type": "some_error", "message": message}}

    @staticmethod
    def asked(body):
        turns = []
        for message in body["messages"]:
            parts, content = [], message["content"]
            for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
                if part["type"] == "text":
                    parts.append(("text", part["text"]))
                elif part["type"] == "image":
                    parts.append(("image", part["source"]["data"]))
                elif part["type"] == "tool_use":
                    parts.append(("call", part["name"], part["input"]))
                elif part["type"] == "tool_result":
                    parts.append(("result", part["tool_use_id"], texts_of(part.get("content"))))
            turns.append((message["role"], parts))
        form = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
        tools = {tool["name"]: tool["input_schema"] for tool in body.get("tools") or []}
        forced = (body.get("tool_choice") or {}).get("name")
        schema = form.get("schema") or tools.get(forced)
        return Asked(texts_of(body.get("system")), turns, list(tools), schema, forced)


class GeminiFormat:
    dialect, base = "gemini", "/v1beta"

    @staticmethod
    def streams(path, body):
        return "streamGenerateContent" in path

    @staticmethod
    def parts(answer, texts):
        if answer.thinking:
            yield {"text": answer.thinking, "thought": True}
        for text in texts:
            yield {"text": text}
        for each in answer.calls:
            yield {"functionCall": {"id": each.id, "name": each.name, "args": each.arguments}}

    @staticmethod
    def frame(answer, parts, reason):
        candidate = {"index": 0, "content": {"role": "model", "parts": parts}}
        if reason:
            candidate["finishReason"] = reason
        return {"candidates": [candidate], "modelVersion": "m", "responseId": "r1", "usageMetadata": {
            "promptTokenCount": answer.input_tokens, "candidatesTokenCount": answer.output_tokens,
            "totalTokenCount": answer.input_tokens + answer.output_tokens}}

    @staticmethod
    def whole(answer):
        return GeminiFormat.frame(answer, list(GeminiFormat.parts(answer, [answer.text] if answer.text else [])), "STOP")

    @staticmethod
    def stream(answer):
        parts = list(GeminiFormat.parts(answer, pieces(answer.text)))
        yield from events(GeminiFormat.frame(answer, [part], "STOP" if part is parts[-1] else None)
                          for part in parts)

    @staticmethod
    def failure(status, message):
        return {"error": {"code": status, "message": message, "status": "SOME_ERROR"}}

    @staticmethod
    def asked(body):
        turns = []
        for content in body["contents"]:
            parts = []
            for part in content["parts"]:
                if "text" in part:
                    parts.append(("text", part["text"]))
                elif "inlineData" in part:
                    parts.append(("image", part["inlineData"]["data"]))
                elif "functionCall" in part:
                    parts.append(("call", part["functionCall"]["name"], part["functionCall"].get("args", {})))
                elif "functionResponse" in part:
                    answer = part["functionResponse"]
                    parts.append(("result", answer["name"], json.dumps(answer["response"])))
            turns.append(("assistant" if content.get("role") == "model" else "user", parts))
        settings = body.get("generationConfig") or {}
        tools = [each["name"] for tool in body.get("tools") or [] for each in tool.get("functionDeclarations", [])]
        system = texts_of((body.get("systemInstruction") or {}).get("parts"))
        return Asked(system, turns, tools, settings.get("responseJsonSchema") or settings.get("responseSchema"))


FORMATS = {"as-openai": OpenAIFormat, "as-anthropic": AnthropicFormat, "as-gemini": GeminiFormat}
