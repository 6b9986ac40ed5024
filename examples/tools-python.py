"""A question that takes two tools, one after the other. Usage: CHAT_MODEL=… python examples/tools-python.py

For example CHAT_MODEL=claude/claude-haiku-4-5, after pip install openai. The same lines work with every provider, also
with those that want the model's thoughts back with each result: Omniport keeps them by the tool call's id.
"""

import json
import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("OMNIPORT_URL", "http://localhost:8000/v1"),
    api_key=os.environ.get("OMNIPORT_API_KEY", "dummy-key"),
)
chat_model = os.environ["CHAT_MODEL"]


def place():
    return {"city": "Taipei"}


def weather(city, **_):
    return {"city": city, "sky": "rain", "degrees": 31}


functions = {"place": place, "weather": weather}
tools = [
    {"type": "function", "function": {"name": "place", "description": "Where the user is."}},
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    },
]

messages = [{"role": "user", "content": "Does it rain where I am?"}]
for _ in range(5):
    message = client.chat.completions.create(model=chat_model, messages=messages, tools=tools).choices[0].message
    if not message.tool_calls:
        print(message.content)
        break
    # Only what OpenAI's format names, as many clients keep no more.
    calls = [call.model_dump(include={"id", "type", "function"}) for call in message.tool_calls]
    messages.append({"role": "assistant", "content": message.content, "tool_calls": calls})
    for call in message.tool_calls:
        result = functions[call.function.name](**json.loads(call.function.arguments))
        print(call.function.name, call.function.arguments, "→", result)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
