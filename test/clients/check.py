"""Calls a running Omniport, with a fake provider behind it, as Python programs do.

Usage: check.py <base URL with /v1>. Prints a JSON object: each check's name, and its traceback where it failed, or null.
"""

import json
import sys
import traceback

import openai
import requests

URL = sys.argv[1]
MODEL = "openai/gpt-4o"
SAID = "Hello big 世界 👋"
MESSAGES = [{"role": "user", "content": SAID}]

client = openai.OpenAI(base_url=URL, api_key="dummy-key", max_retries=0)


def chat():
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert answer.choices[0].message.content == SAID, answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.total_tokens == 8, answer
    assert answer.model == "gpt-4o", answer


def stream():
    chunks = list(client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SAID, chunks
    assert chunks[-1].choices[0].finish_reason == "stop", chunks
    assert all(chunk.usage is None for chunk in chunks), chunks


def stream_with_usage():
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True, stream_options=options))
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 8, chunks


def embeddings():
    """The client asks for base64 and decodes it; the fake provider sends floats."""
    answer = client.embeddings.create(model="openai/text-embedding-3-small", input=["a", "three"])
    assert [entry.embedding for entry in answer.data] == [[1, 0.5, -1], [5, 0.5, -1]], answer
    assert answer.usage.prompt_tokens == 4, answer


def models():
    assert "openai/gpt-4o" in [model.id for model in client.models.list()]
    assert client.models.retrieve("openai/gpt-4o").id == "openai/gpt-4o"


def unknown_model():
    error = raised(openai.NotFoundError, model="opnai/gpt-4o", messages=MESSAGES)
    assert error.code == "model_not_found" and error.param == "model", error
    assert "openai/gpt-4o" in error.message, error


def wrong_request():
    error = raised(openai.BadRequestError, model=MODEL, messages=MESSAGES, temperature=9)
    assert error.param == "temperature", error


def missing_key():
    error = raised(openai.AuthenticationError, model="deepseek/deepseek-chat", messages=MESSAGES)
    assert "DEEPSEEK_API_KEY" in error.message, error


def provider_error():
    """The fake provider refuses what is said here."""
    error = raised(openai.RateLimitError, model=MODEL, messages=[{"role": "user", "content": "refuse: 429"}])
    assert error.type == "rate_limit_error" and error.status_code == 429, error
    assert error.request_id.startswith("req_"), error


def broken_stream():
    messages = [{"role": "user", "content": "break"}]
    words = []
    try:
        for chunk in client.chat.completions.create(model=MODEL, messages=messages, stream=True):
            words.append(chunk.choices[0].delta.content)
    except openai.APIError as error:
        assert words == ["", "half "], words
        assert "before it was complete" in error.message, error
    else:
        raise AssertionError("half an answer was taken for a whole one")


def plain_requests():
    headers = {"Authorization": "Bearer dummy-key"}
    body = {"model": MODEL, "messages": MESSAGES}
    answer = requests.post(f"{URL}/chat/completions", headers=headers, json=body, timeout=30)
    answer.raise_for_status()
    assert answer.json()["choices"][0]["message"]["content"] == SAID, answer.text


def plain_requests_stream():
    body = {"model": MODEL, "messages": MESSAGES, "stream": True}
    said, last = "", ""
    with requests.post(f"{URL}/chat/completions", json=body, stream=True, timeout=30) as answer:
        for line in answer.iter_lines(decode_unicode=True):
            last = line.removeprefix("data: ") or last
            if line and last != "[DONE]":
                said += json.loads(last)["choices"][0]["delta"].get("content", "")
    assert said == SAID, said
    assert last == "[DONE]", last


def raised(kind, **request):
    try:
        client.chat.completions.create(**request)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} was raised")


CHECKS = [
    chat,
    stream,
    stream_with_usage,
    embeddings,
    models,
    unknown_model,
    wrong_request,
    missing_key,
    provider_error,
    broken_stream,
    plain_requests,
    plain_requests_stream,
]


def failure(check):
    try:
        check()
    except Exception:
        return traceback.format_exc()


print(json.dumps({check.__name__: failure(check) for check in CHECKS}))
