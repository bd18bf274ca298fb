"""The official clients, set up as their manuals say."""
import anthropic
import openai
from google import genai
from google.genai import types


def for_openai(gateway, **settings):
    return openai.OpenAI(base_url=gateway.address + "/v1", **{"api_key": gateway.key, "max_retries": 0} | settings)


def for_anthropic(gateway, **settings):
    return anthropic.Anthropic(base_url=gateway.address, **{"api_key": gateway.key, "max_retries": 0} | settings)


def for_google(gateway, key=None, attempts=1):
    options = types.HttpOptions(
        base_url=gateway.address, retry_options=types.HttpRetryOptions(attempts=attempts, initial_delay=0.1))
    return genai.Client(api_key=key or gateway.key, http_options=options)
