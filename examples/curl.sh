#!/bin/sh
# A chat answer, the same as a stream, and an embedding. Usage: sh examples/curl.sh
set -eu

url="${OMNIPORT_URL:-http://localhost:8000/v1}"
key="${OMNIPORT_API_KEY:-dummy-key}"
chat_model="${CHAT_MODEL:-local/chat}"
embedding_model="${EMBEDDING_MODEL:-local/embed}"

call() {
  curl --silent --show-error --fail-with-body --no-buffer "$url/$1" \
    -H "Content-Type: application/json" -H "Authorization: Bearer $key" -d "$2"
  echo
}

messages='[{"role": "user", "content": "What is the capital of France? Answer in one sentence."}]'

call chat/completions "{\"model\": \"$chat_model\", \"messages\": $messages, \"temperature\": 0}"
call chat/completions "{\"model\": \"$chat_model\", \"messages\": $messages, \"temperature\": 0, \"stream\": true}"
call embeddings "{\"model\": \"$embedding_model\", \"input\": \"A sentence to embed.\"}"
