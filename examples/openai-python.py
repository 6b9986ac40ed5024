"""A chat answer, the same as a stream, and embeddings. Usage: pip install openai && python examples/openai-python.py"""

import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("OMNIPORT_URL", "http://localhost:8000/v1"),
    api_key=os.environ.get("OMNIPORT_API_KEY", "dummy-key"),
)
chat_model = os.environ.get("CHAT_MODEL", "local/chat")
embedding_model = os.environ.get("EMBEDDING_MODEL", "local/embed")
question = {"role": "user", "content": "What is the capital of France? Answer in one sentence."}

answer = client.chat.completions.create(model=chat_model, messages=[question], temperature=0)
print(answer.choices[0].message.content, answer.usage)

stream = client.chat.completions.create(model=chat_model, messages=[question], temperature=0, stream=True)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

vectors = client.embeddings.create(model=embedding_model, input=["A sentence to embed.", "And one more."])
for entry in vectors.data:
    print(entry.index, len(entry.embedding), entry.embedding[:3])
