"""Calls a running Omniport, with fakes of the vendors behind it, as Python clients and frameworks do.

Usage: vendors.py <base URL with /v1> <model>... Prints a JSON object: for each model and check, its traceback where it
failed, or null.
"""

import asyncio
import json
import sys
import traceback

import openai
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

URL, *MODELS = sys.argv[1:]
SAID = "Hello big 世界 👋"
WEATHER = "How is the weather?"
RAIN = "It rains in 台北."

client = openai.OpenAI(base_url=URL, api_key="dummy-key", max_retries=0)


class Weather(BaseModel):
    city: str
    degrees: int


ANSWER = Weather(city="台北", degrees=31)


def place() -> str:
    """Where the user is."""
    return "台北"


def weather(city: str) -> str:
    """The weather in a city."""
    return f"{city}: rain"


TOOLS = [
    {"type": "function", "function": {"name": "place", "parameters": {"type": "object", "properties": {}}}},
    {
        "type": "function",
        "function": {
            "name": "weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    },
]
RUN = {"place": place, "weather": weather}


def user(content):
    return [{"role": "user", "content": content}]


def openai_chat(model):
    answer = client.chat.completions.create(model=model, messages=user(SAID))
    assert answer.choices[0].message.content == SAID, answer
    assert answer.usage.total_tokens == 12, answer


def openai_stream(model):
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=model, messages=user(SAID), stream=True, stream_options=options))
    assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == SAID, chunks
    assert chunks[-1].usage.total_tokens == 12, chunks


def openai_async(model):
    async def run():
        async with openai.AsyncOpenAI(base_url=URL, api_key="dummy-key", max_retries=0) as client:
            answer = await client.chat.completions.create(model=model, messages=user(SAID))
            assert answer.choices[0].message.content == SAID, answer
            async with client.chat.completions.stream(model=model, messages=user(SAID)) as stream:
                final = await stream.get_final_completion()
            assert final.choices[0].message.content == SAID, final

    asyncio.run(run())


def openai_parallel_tools(model):
    messages = user("How is the weather in both?")
    answer = client.chat.completions.create(model=model, messages=messages, tools=TOOLS)
    calls = [(call.function.name, json.loads(call.function.arguments)) for call in answer.choices[0].message.tool_calls]
    assert calls == [("weather", {"city": "台北"}), ("weather", {"city": "高雄"})], answer


def openai_parse(model):
    for completions in (client.chat.completions, client.beta.chat.completions):
        answer = completions.parse(model=model, messages=user(WEATHER), response_format=Weather)
        assert answer.choices[0].message.parsed == ANSWER, answer


def openai_tool_loop(model):
    """Sends nothing back but what OpenAI's format names."""
    messages = user(WEATHER)
    for _ in range(5):
        answer = client.chat.completions.create(model=model, messages=messages, tools=TOOLS, reasoning_effort="low")
        message = answer.choices[0].message
        if not message.tool_calls:
            break
        calls = [plain(call) for call in message.tool_calls]
        messages.append({"role": "assistant", "content": message.content, "tool_calls": calls})
        for call in message.tool_calls:
            result = RUN[call.function.name](**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    assert message.content == RAIN, message
    assert len(messages) == 5, messages


def plain(call):
    function = {"name": call.function.name, "arguments": call.function.arguments}
    return {"id": call.id, "type": "function", "function": function}


def openai_errors(model):
    kinds = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        404: openai.NotFoundError,
        429: openai.RateLimitError,
    }
    for status, kind in kinds.items():
        for stream in (False, True):
            try:
                client.chat.completions.create(model=model, messages=user(f"refuse {status}"), stream=stream)
            except kind:
                continue
            raise AssertionError(f"no {kind.__name__} was raised")


def chat_openai(model, **options):
    return ChatOpenAI(base_url=URL, api_key="dummy-key", model=model, max_retries=0, **options)


def langchain_invoke(model):
    answer = chat_openai(model).invoke(SAID)
    assert answer.content == SAID, answer
    assert answer.usage_metadata["total_tokens"] == 12, answer


def langchain_stream(model):
    chunks = list(chat_openai(model, stream_usage=True).stream(SAID))
    assert "".join(chunk.content for chunk in chunks) == SAID, chunks
    assert sum((chunk.usage_metadata or {}).get("total_tokens", 0) for chunk in chunks) == 12, chunks


def langchain_tool_loop(model):
    for stream in (False, True):
        bound = chat_openai(model, reasoning_effort="low", streaming=stream).bind_tools([tool(place), tool(weather)])
        messages = [HumanMessage(WEATHER)]
        for _ in range(5):
            answer = bound.invoke(messages)
            messages.append(answer)
            if not answer.tool_calls:
                break
            for call in answer.tool_calls:
                messages.append(ToolMessage(RUN[call["name"]](**call["args"]), tool_call_id=call["id"]))
        assert answer.content == RAIN, messages
        assert len(messages) == 6, messages


def langchain_json_schema(model):
    assert chat_openai(model).with_structured_output(Weather, method="json_schema").invoke(WEATHER) == ANSWER


def langchain_function_calling(model):
    """It also asks for one call only."""
    assert chat_openai(model).with_structured_output(Weather, method="function_calling").invoke(WEATHER) == ANSWER


def agent(model, **options):
    provider = OpenAIProvider(base_url=URL, api_key="dummy-key")
    return Agent(OpenAIChatModel(model, provider=provider), **options)


def pydantic_ai_tool_loop(model):
    settings = {"openai_reasoning_effort": "low"}
    answer = agent(model, tools=[place, weather], model_settings=settings).run_sync(WEATHER)
    assert answer.output == RAIN, answer


def pydantic_ai_structured_output(model):
    answer = agent(model, output_type=Weather).run_sync(WEATHER)
    assert answer.output == ANSWER, answer


def pydantic_ai_stream(model):
    async def run():
        async with agent(model).run_stream(SAID) as stream:
            assert await stream.get_output() == SAID

    asyncio.run(run())


CHECKS = [
    openai_chat,
    openai_stream,
    openai_async,
    openai_parallel_tools,
    openai_parse,
    openai_tool_loop,
    openai_errors,
    langchain_invoke,
    langchain_stream,
    langchain_tool_loop,
    langchain_json_schema,
    langchain_function_calling,
    pydantic_ai_tool_loop,
    pydantic_ai_structured_output,
    pydantic_ai_stream,
]


def failure(check, model):
    try:
        check(model)
    except Exception:
        return traceback.format_exc()


print(json.dumps({model: {check.__name__: failure(check, model) for check in CHECKS} for model in MODELS}))
