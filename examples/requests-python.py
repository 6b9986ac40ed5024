"""A chat answer, the same as a stream, and embeddings. Usage: pip install requests && python examples/requests-python.py"""

import json
import os

import requests

url = os.environ.get("OMNIPORT_URL", "http://localhost:8000/v1")
headers = {"Authorization": f"Bearer {os.environ.get('OMNIPORT_API_KEY', 'dummy-key')}"}
chat_model = os.environ.get("CHAT_MODEL", "local/chat")
embedding_model = os.environ.get("EMBEDDING_MODEL", "local/embed")


def post(path, body, **options):
    response = requests.post(f"{url}/{path}", json=body, headers=headers, **options)
    if not response.ok:
        raise SystemExit(response.json()["error"]["message"])
    return response


def events(response):
    """The objects of a stream; one that breaks ends with an error, and without [DONE]."""
    for line in response.iter_lines():
        if line == b"data: [DONE]":
            return
        if line.startswith(b"data: "):
            event = json.loads(line.removeprefix(b"data: "))
            if "error" in event:
                raise SystemExit(event["error"]["message"])
            yield event


question = {"role": "user", "content": "What is the capital of France? Answer in one sentence."}
chat = {"model": chat_model, "messages": [question], "temperature": 0}

answer = post("chat/completions", chat).json()
print(answer["choices"][0]["message"]["content"], answer["usage"])

with post("chat/completions", {**chat, "stream": True}, stream=True) as response:
    for event in events(response):
        print(event["choices"][0]["delta"].get("content", ""), end="", flush=True)
print()

vectors = post("embeddings", {"model": embedding_model, "input": ["A sentence to embed.", "And one more."]}).json()
for entry in vectors["data"]:
    print(entry["index"], len(entry["embedding"]), entry["embedding"][:3])
