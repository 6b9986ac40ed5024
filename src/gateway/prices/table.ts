/** Made by scripts/update-prices.ts; rows.ts says what the columns are. */
export const PRICES_DATE = "2026-10-21";
/** Source: https://github.com/BerriAI/litellm (MIT), which names each provider's own price list. */
export const PRICE_ROWS: string = `cerebras/gemma-4-31b 0 0.99 1.49
cerebras/gpt-oss-120b 0 0.35 0.75
cerebras/llama-3.3-70b 0 0.85 1.2
cerebras/llama3.1-70b 0 0.6 0.6
cerebras/llama3.1-8b 0 0.1 0.1
cerebras/qwen-3-32b 0 0.4 0.8
cerebras/qwen-3.8-27b 0 0.99 1.49
claude/claude-fable-5 0 10 50 1 12.5 20
claude/claude-fable-5-1 0 10 50 0.25 12.5 20
claude/claude-haiku-4-5 0 1 5 0.1 1.25 2
claude/claude-haiku-4-5-20251001 0 1 5 0.1 1.25 2
claude/claude-haiku-5-5 0 0.1 0.5 0.01 0.125 0.2
claude/claude-haiku-5-5 100000 0.5 2.5 0.05 0.625 1
claude/claude-mythos-5 0 10 50 1 12.5 20
claude/claude-mythos-5-1 0 10 50 0.25 12.5 20
claude/claude-mythos-preview 0 10 50 1 12.5 20
claude/claude-opus-4-5 0 5 25 0.5 6.25 10
claude/claude-opus-4-5-20251101 0 5 25 0.5 6.25 10
claude/claude-opus-4-6 0 5 25 0.5 6.25 10
claude/claude-opus-4-6-20260205 0 5 25 0.5 6.25 10
claude/claude-opus-4-7 0 5 25 0.5 6.25 10
claude/claude-opus-4-7-20260416 0 5 25 0.5 6.25 10
claude/claude-opus-4-8 0 5 25 0.5 6.25 10
claude/claude-opus-5 0 5 25 0.5 6.25 10
claude/claude-opus-5-5 0 4 20 0.2 5 8
claude/claude-sonnet-4-5 0 3 15 0.3 3.75 6
claude/claude-sonnet-4-5-20250929 0 3 15 0.3 3.75 6
claude/claude-sonnet-4-6 0 3 15 0.3 3.75 6
claude/claude-sonnet-5 0 2 10 0.2 2.5 4
claude/claude-sonnet-5-5 0 2 10 0.1 2.5 4
deepseek/deepseek-chat 0 0.28 0.42 0.028
deepseek/deepseek-coder 0 0.14 0.28 0.014
deepseek/deepseek-flash 0 0.3 1.2 0.006
deepseek/deepseek-r1 0 0.55 2.19 0.14
deepseek/deepseek-reasoner 0 0.28 0.42 0.028
deepseek/deepseek-v3 0 0.27 1.1 0.07
deepseek/deepseek-v3.2 0 0.28 0.4 0.028
deepseek/deepseek-v4-flash 0 0.3 1.2 0.006
deepseek/deepseek-v4-flash-vision-exp 0 0.3 1.2 0.006
deepseek/deepseek-v4-pro 0 1.32 3.96 0.044
fireworks/WhereIsAI/UAE-Large-V1 0 0.016 0
fireworks/accounts/fireworks/models/deepseek-coder-v2-instruct 0 1.2 1.2
fireworks/accounts/fireworks/models/deepseek-r1 0 3 8
fireworks/accounts/fireworks/models/deepseek-r1-0528 0 3 8
fireworks/accounts/fireworks/models/deepseek-r1-basic 0 0.55 2.19
fireworks/accounts/fireworks/models/deepseek-v3 0 0.9 0.9
fireworks/accounts/fireworks/models/deepseek-v3-0324 0 0.9 0.9
fireworks/accounts/fireworks/models/deepseek-v3p1 0 0.56 1.68
fireworks/accounts/fireworks/models/deepseek-v3p1-terminus 0 0.56 1.68
fireworks/accounts/fireworks/models/deepseek-v3p2 0 0.56 1.68
fireworks/accounts/fireworks/models/deepseek-v4-flash 0 0.14 0.28 0.028
fireworks/accounts/fireworks/models/deepseek-v4-flash-0731 0 0.22 0.66 0.007
fireworks/accounts/fireworks/models/deepseek-v4-flash-vision-exp 0 0.22 0.66 0.007
fireworks/accounts/fireworks/models/deepseek-v4-pro 0 1.2 1.2 0.6
fireworks/accounts/fireworks/models/deepseek-v4-pro-0813 0 1.32 3.96 0.044
fireworks/accounts/fireworks/models/deepseek-v4p1-flash 0 0.3 1.2 0.006
fireworks/accounts/fireworks/models/deepseek-v4p1-flash-1017 0 0.3 1.2 0.006
fireworks/accounts/fireworks/models/deepseek-v4p1-flash-1017-us 0 0.45 1.8 0.009
fireworks/accounts/fireworks/models/ember-1 0 3 15 0.3
fireworks/accounts/fireworks/models/firefunction-v2 0 0.9 0.9
fireworks/accounts/fireworks/models/glm-4p5 0 0.55 2.19
fireworks/accounts/fireworks/models/glm-4p5-air 0 0.22 0.88
fireworks/accounts/fireworks/models/glm-4p6 0 0.55 2.19
fireworks/accounts/fireworks/models/glm-4p7 0 0.6 2.2 0.3
fireworks/accounts/fireworks/models/glm-5p1 0 1.4 4.4 0.26
fireworks/accounts/fireworks/models/glm-5p2 0 1.4 4.4 0.14
fireworks/accounts/fireworks/models/glm-5p3 0 1.4 4.4 0.26
fireworks/accounts/fireworks/models/glm-5p3-flash 0 0.15 0.5 0.03
fireworks/accounts/fireworks/models/gpt-oss-120b 0 0.15 0.6 0.015
fireworks/accounts/fireworks/models/gpt-oss-20b 0 0.07 0.3 0.035
fireworks/accounts/fireworks/models/inkling 0 1 4.05 0.17
fireworks/accounts/fireworks/models/kimi-k2-instruct 0 0.6 2.5
fireworks/accounts/fireworks/models/kimi-k2-instruct-0905 0 0.6 2.5
fireworks/accounts/fireworks/models/kimi-k2-thinking 0 0.6 2.5
fireworks/accounts/fireworks/models/kimi-k2p5 0 0.6 3 0.1
fireworks/accounts/fireworks/models/kimi-k2p6 0 0.95 4 0.16
fireworks/accounts/fireworks/models/kimi-k2p7-code 0 0.95 4 0.19
fireworks/accounts/fireworks/models/kimi-k3 0 3 15 0.3
fireworks/accounts/fireworks/models/llama-v3p1-405b-instruct 0 3 3
fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct 0 0.1 0.1
fireworks/accounts/fireworks/models/llama-v3p2-11b-vision-instruct 0 0.2 0.2
fireworks/accounts/fireworks/models/llama-v3p2-1b-instruct 0 0.1 0.1
fireworks/accounts/fireworks/models/llama-v3p2-3b-instruct 0 0.1 0.1
fireworks/accounts/fireworks/models/llama-v3p2-90b-vision-instruct 0 0.9 0.9
fireworks/accounts/fireworks/models/llama4-maverick-instruct-basic 0 0.22 0.88
fireworks/accounts/fireworks/models/llama4-scout-instruct-basic 0 0.15 0.6
fireworks/accounts/fireworks/models/minimax-m2p1 0 0.3 1.2 0.03
fireworks/accounts/fireworks/models/minimax-m3 0 0.3 1.2 0.06
fireworks/accounts/fireworks/models/minimax-m3p1-flash 0 0.15 0.6 0.015
fireworks/accounts/fireworks/models/mixtral-8x22b-instruct-hf 0 1.2 1.2
fireworks/accounts/fireworks/models/muse-glimmer-30b 0 0.35 1.5 0.04
fireworks/accounts/fireworks/models/muse-spark-open 0 1.25 4.25 0.15
fireworks/accounts/fireworks/models/nemotron-3-ultra-nvfp4 0 0.6 2.4 0.12
fireworks/accounts/fireworks/models/nemotron-lightning-3p5-30b-a3b 0 0.05 0.2 0.01
fireworks/accounts/fireworks/models/qwen2-72b-instruct 0 0.9 0.9
fireworks/accounts/fireworks/models/qwen2p5-coder-32b-instruct 0 0.9 0.9
fireworks/accounts/fireworks/models/qwen3-embedding-8b 0 0.1 0
fireworks/accounts/fireworks/models/qwen3p7-plus 0 0.4 1.6 0.08
fireworks/accounts/fireworks/models/qwen3p8-max 0 2 6 0.25
fireworks/accounts/fireworks/models/yi-large 0 3 3
fireworks/accounts/fireworks/routers/deepseek-v4p1-flash-us 0 0.45 1.8 0.009
fireworks/accounts/fireworks/routers/glm-5p1-fast 0 2.8 8.8 0.52
fireworks/accounts/fireworks/routers/glm-5p2-fast 0 2.1 6.6 0.21
fireworks/accounts/fireworks/routers/glm-5p2-fast-us 0 2.1 6.6 0.21
fireworks/accounts/fireworks/routers/glm-5p3-fast 0 2.1 6.6 0.39
fireworks/accounts/fireworks/routers/glm-5p3-flash-us 0 0.225 0.75 0.045
fireworks/accounts/fireworks/routers/glm-5p3-us 0 2.1 6.6 0.39
fireworks/accounts/fireworks/routers/kimi-k2p6-fast 0 2 8 0.3
fireworks/accounts/fireworks/routers/kimi-k2p7-code-fast 0 1.9 8 0.38
fireworks/accounts/fireworks/routers/kimi-k3-fast 0 4.5 22.5 0.45
fireworks/accounts/fireworks/routers/kimi-k3-us 0 4.5 22.5 0.45
fireworks/deepseek-v4-flash 0 0.14 0.28 0.028
fireworks/deepseek-v4-flash-0731 0 0.22 0.66 0.007
fireworks/deepseek-v4-flash-vision-exp 0 0.22 0.66 0.007
fireworks/deepseek-v4-pro-0813 0 1.32 3.96 0.044
fireworks/deepseek-v4p1-flash 0 0.3 1.2 0.006
fireworks/deepseek-v4p1-flash-us 0 0.45 1.8 0.009
fireworks/glm-4p7 0 0.6 2.2 0.3
fireworks/glm-5p1 0 1.4 4.4 0.26
fireworks/glm-5p1-fast 0 2.8 8.8 0.52
fireworks/glm-5p2 0 1.4 4.4 0.14
fireworks/glm-5p2-fast 0 2.1 6.6 0.21
fireworks/glm-5p2-fast-us 0 2.1 6.6 0.21
fireworks/glm-5p3 0 1.4 4.4 0.26
fireworks/glm-5p3-fast 0 2.1 6.6 0.39
fireworks/glm-5p3-flash 0 0.15 0.5 0.03
fireworks/glm-5p3-flash-us 0 0.225 0.75 0.045
fireworks/glm-5p3-us 0 2.1 6.6 0.39
fireworks/gpt-oss-120b 0 0.15 0.6 0.015
fireworks/gpt-oss-20b 0 0.07 0.3 0.035
fireworks/kimi-k2p5 0 0.6 3 0.1
fireworks/kimi-k2p6 0 0.95 4 0.16
fireworks/kimi-k2p6-fast 0 2 8 0.3
fireworks/kimi-k2p7-code 0 0.95 4 0.19
fireworks/kimi-k2p7-code-fast 0 1.9 8 0.38
fireworks/kimi-k3 0 3 15 0.3
fireworks/kimi-k3-fast 0 4.5 22.5 0.45
fireworks/kimi-k3-us 0 4.5 22.5 0.45
fireworks/minimax-m2p1 0 0.3 1.2 0.03
fireworks/minimax-m3 0 0.3 1.2 0.06
fireworks/muse-glimmer-30b 0 0.35 1.5 0.04
fireworks/nemotron-3-ultra-nvfp4 0 0.6 2.4 0.12
fireworks/nemotron-lightning-3p5-30b-a3b 0 0.05 0.2 0.01
fireworks/nomic-ai/nomic-embed-text-v1 0 0.008 0
fireworks/nomic-ai/nomic-embed-text-v1.5 0 0.008 0
fireworks/qwen3p7-plus 0 0.4 1.6 0.08
fireworks/qwen3p8-max 0 2 6 0.25
fireworks/thenlper/gte-base 0 0.008 0
fireworks/thenlper/gte-large 0 0.016 0
gemini/gemini-2.5-computer-use-preview-10-2025 0 1.25 10
gemini/gemini-2.5-computer-use-preview-10-2025 200000 2.5 15
gemini/gemini-2.5-flash 0 0.3 2.5 0.03 - - 1
gemini/gemini-2.5-flash-lite 0 0.1 0.4 0.01 - - 0.3
gemini/gemini-2.5-pro 0 1.25 10 0.125
gemini/gemini-2.5-pro 200000 2.5 15 0.25
gemini/gemini-3-flash-preview 0 0.5 3 0.05 - - 1
gemini/gemini-3.1-flash-lite 0 0.25 1.5 0.025 - - 0.5
gemini/gemini-3.1-flash-lite-preview 0 0.25 1.5 0.025 - - 0.5
gemini/gemini-3.1-pro-preview 0 2 12 0.2
gemini/gemini-3.1-pro-preview 200000 4 18 0.4
gemini/gemini-3.1-pro-preview-customtools 0 2 12 0.2
gemini/gemini-3.1-pro-preview-customtools 200000 4 18 0.4
gemini/gemini-3.5-flash 0 1.5 9 0.15 - - 1.5
gemini/gemini-3.5-flash-lite 0 0.3 2.5 0.03
gemini/gemini-3.6-flash 0 0.75 3.75 0.075
gemini/gemini-3.7-flash 0 0.75 3.75 0.075
gemini/gemini-3.8-flash 0 0.75 3.75 0.075
gemini/gemini-4-argon 0 2 10 0.1
gemini/gemini-embedding-001 0 0.15 0
gemini/gemini-embedding-2 0 0.2 0 - - - 6.5
gemini/gemini-embedding-2-preview 0 0.2 0 - - - 6.5
gemini/gemini-exp-1206 0 0.3 2.5 0.03 - - 1
gemini/gemini-flash-latest 0 0.75 3.75 0.075
gemini/gemini-flash-lite-latest 0 0.3 2.5 0.03
gemini/gemini-gemma-2-27b-it 0 0.35 1.05
gemini/gemini-gemma-2-9b-it 0 0.35 1.05
gemini/gemini-omni-1.1-flash 0 1.5 9 - - - 1.5
gemini/gemini-omni-flash-preview 0 1.5 9 - - - 1.5
gemini/gemini-pro-latest 0 2 12 0.2
gemini/gemini-pro-latest 200000 4 18 0.4
gemini/gemini-robotics-er-2-preview 0 1 5 0.1 - - 1
gemini/gemini-robotics-er-2-streaming-preview 0 1 5 - - - 1
groq/llama-guard-3-8b 0 0.2 0.2
groq/meta-llama/llama-prompt-guard-2-22m 0 0.03 0.03
groq/meta-llama/llama-prompt-guard-2-86m 0 0.04 0.04
groq/openai/gpt-oss-120b 0 0.15 0.6 0.075
groq/openai/gpt-oss-20b 0 0.075 0.3 0.0375
groq/openai/gpt-oss-safeguard-20b 0 0.075 0.3 0.037
groq/qwen/qwen3.8-27b 0 0.8 4
minmax/MiniMax-M2 0 0.3 1.2 0.03 0.375
minmax/MiniMax-M2.1 0 0.3 1.2 0.03 0.375
minmax/MiniMax-M2.1-lightning 0 0.3 2.4 0.03 0.375
minmax/MiniMax-M2.5 0 0.3 1.2 0.03 0.375
minmax/MiniMax-M2.5-lightning 0 0.3 2.4 0.03 0.375
minmax/MiniMax-M3 0 0.3 1.2 0.06
minmax/MiniMax-M3 512000 0.6 2.4 0.12
mistral/codestral-2508 0 0.3 0.9 0.03
mistral/codestral-embed 0 0.15 0 0.015
mistral/codestral-embed-2505 0 0.15 0 0.015
mistral/codestral-latest 0 0.3 0.9 0.03
mistral/codestral-mamba-latest 0 0.25 0.25 0.025
mistral/devstral-latest 0 0.4 2 0.04
mistral/devstral-medium-latest 0 0.4 2 0.04
mistral/devstral-small-latest 0 0.1 0.3 0.01
mistral/glm-5-2 0 1.4 4.4 0.14
mistral/magistral-medium-latest 0 1.5 7.5 0.15
mistral/magistral-small-latest 0 0.15 0.6 0.015
mistral/ministral-14b-2512 0 0.2 0.2 0.02
mistral/ministral-14b-latest 0 0.2 0.2 0.02
mistral/ministral-3-14b-2512 0 0.2 0.2 0.02
mistral/ministral-3-3b-2512 0 0.1 0.1 0.01
mistral/ministral-3-8b-2512 0 0.15 0.15 0.015
mistral/ministral-3b-2512 0 0.1 0.1 0.01
mistral/ministral-3b-latest 0 0.1 0.1 0.01
mistral/ministral-8b-2512 0 0.15 0.15 0.015
mistral/ministral-8b-latest 0 0.15 0.15 0.015
mistral/mistral-code-agent-latest 0 0.4 2 0.04
mistral/mistral-code-fim-latest 0 0.3 0.9 0.03
mistral/mistral-code-latest 0 0.3 0.9 0.03
mistral/mistral-embed 0 0.1 0
mistral/mistral-embed-2312 0 0.1 0
mistral/mistral-large-2512 0 0.5 1.5 0.05
mistral/mistral-large-3 0 0.5 1.5 0.05
mistral/mistral-large-4 0 0.68 2.09 0.068
mistral/mistral-large-4-0 0 0.68 2.09 0.068
mistral/mistral-large-latest 0 0.5 1.5 0.05
mistral/mistral-medium 0 1.5 7.5 0.15
mistral/mistral-medium-2604 0 1.5 7.5 0.15
mistral/mistral-medium-3 0 1.5 7.5 0.15
mistral/mistral-medium-3-5 0 1.5 7.5 0.15
mistral/mistral-medium-3.5 0 1.5 7.5 0.15
mistral/mistral-medium-latest 0 1.5 7.5 0.15
mistral/mistral-small 0 0.1 0.3 0.01
mistral/mistral-small-2603 0 0.15 0.6 0.015
mistral/mistral-small-latest 0 0.15 0.6 0.015
mistral/mistral-tiny 0 0.25 0.25 0.025
mistral/mistral-vibe-cli-fast 0 0.15 0.6 0.015
mistral/mistral-vibe-cli-latest 0 1.5 7.5 0.15
mistral/mistral-vibe-cli-with-tools 0 1.5 7.5 0.15
mistral/open-mistral-nemo 0 0.3 0.3 0.03
mistral/pixtral-large-latest 0 2 6 0.2
mistral/voxtral-small-2507 0 0.1 0.4 0.01
mistral/voxtral-small-latest 0 0.1 0.4 0.01
mistral/zai-glm-5 0 1.4 4.4 0.14
mistral/zai-glm-5-2 0 1.4 4.4 0.14
mistral/zai-glm-5-3 0 1.4 4.4 0.14
mistral/zai-glm-latest 0 1.4 4.4 0.14
moonshot/kimi-k2.5 0 0.6 3 0.1
moonshot/kimi-k2.6 0 0.95 4 0.16
moonshot/kimi-k2.7-code 0 0.95 4 0.19
moonshot/kimi-k3 0 3 15 0.3
moonshot/moonshot-v1-128k 0 2 5
moonshot/moonshot-v1-128k-vision-preview 0 2 5
moonshot/moonshot-v1-32k 0 1 3
moonshot/moonshot-v1-32k-vision-preview 0 1 3
moonshot/moonshot-v1-8k 0 0.2 2
moonshot/moonshot-v1-8k-vision-preview 0 0.2 2
moonshot/moonshot-v1-auto 0 2 5
openai/chat-latest 0 5 30 0.5
openai/computer-use-preview 0 3 12
openai/computer-use-preview-2025-03-11 0 3 12
openai/daybreak-blue-latest 0 4 20 0.4 5
openai/daybreak-blue-latest 272000 8 30 0.8 10
openai/daybreak-red-latest 0 12.5 75 1.25 15.625
openai/daybreak-red-latest 272000 25 112.5 2.5 31.25
openai/gpt-3.5-turbo 0 0.5 1.5
openai/gpt-3.5-turbo-0125 0 0.5 1.5
openai/gpt-3.5-turbo-1106 0 1 2
openai/gpt-3.5-turbo-16k 0 3 4
openai/gpt-4 0 30 60
openai/gpt-4-0613 0 30 60
openai/gpt-4-1106-preview 0 10 30
openai/gpt-4-turbo 0 10 30
openai/gpt-4-turbo-2024-04-09 0 10 30
openai/gpt-4.1 0 2 8 0.5
openai/gpt-4.1-2025-04-14 0 2 8 0.5
openai/gpt-4.1-mini 0 0.4 1.6 0.1
openai/gpt-4.1-mini-2025-04-14 0 0.4 1.6 0.1
openai/gpt-4.1-nano 0 0.1 0.4 0.025
openai/gpt-4.1-nano-2025-04-14 0 0.1 0.4 0.025
openai/gpt-4o 0 2.5 10 1.25
openai/gpt-4o-2024-05-13 0 5 15
openai/gpt-4o-2024-08-06 0 2.5 10 1.25
openai/gpt-4o-2024-11-20 0 2.5 10 1.25
openai/gpt-4o-audio-preview-2024-12-17 0 2.5 10 - - - 40 80
openai/gpt-4o-audio-preview-2025-06-03 0 2.5 10 - - - 40 80
openai/gpt-4o-mini 0 0.15 0.6 0.075
openai/gpt-4o-mini-2024-07-18 0 0.15 0.6 0.075
openai/gpt-4o-mini-audio-preview-2024-12-17 0 0.15 0.6 - - - 10 20
openai/gpt-5 0 1.25 10 0.125
openai/gpt-5-2025-08-07 0 1.25 10 0.125
openai/gpt-5-chat 0 1.25 10 0.125
openai/gpt-5-chat-latest 0 1.25 10 0.125
openai/gpt-5-codex 0 1.25 10 0.125
openai/gpt-5-mini 0 0.25 2 0.025
openai/gpt-5-mini-2025-08-07 0 0.25 2 0.025
openai/gpt-5-nano 0 0.05 0.4 0.005
openai/gpt-5-nano-2025-08-07 0 0.05 0.4 0.005
openai/gpt-5-pro 0 15 120
openai/gpt-5-pro-2025-10-06 0 15 120
openai/gpt-5.1 0 1.25 10 0.125
openai/gpt-5.1-2025-11-13 0 1.25 10 0.125
openai/gpt-5.1-chat-latest 0 1.25 10 0.125
openai/gpt-5.1-codex 0 1.25 10 0.125
openai/gpt-5.1-codex-max 0 1.25 10 0.125
openai/gpt-5.1-codex-mini 0 0.25 2 0.025
openai/gpt-5.2 0 1.75 14 0.175
openai/gpt-5.2-2025-12-11 0 1.75 14 0.175
openai/gpt-5.2-chat-latest 0 1.75 14 0.175
openai/gpt-5.2-codex 0 1.75 14 0.175
openai/gpt-5.2-pro 0 21 168
openai/gpt-5.2-pro-2025-12-11 0 21 168
openai/gpt-5.3-chat-latest 0 1.75 14 0.175
openai/gpt-5.3-codex 0 1.75 14 0.175
openai/gpt-5.4 0 2.5 15 0.25
openai/gpt-5.4 272000 5 22.5 0.5
openai/gpt-5.4-2026-03-05 0 2.5 15 0.25
openai/gpt-5.4-2026-03-05 272000 5 22.5 0.5
openai/gpt-5.4-mini 0 0.75 4.5 0.075
openai/gpt-5.4-mini-2026-03-17 0 0.75 4.5 0.075
openai/gpt-5.4-nano 0 0.2 1.25 0.02
openai/gpt-5.4-nano-2026-03-17 0 0.2 1.25 0.02
openai/gpt-5.4-pro 0 30 180
openai/gpt-5.4-pro 272000 60 270
openai/gpt-5.4-pro-2026-03-05 0 30 180
openai/gpt-5.4-pro-2026-03-05 272000 60 270
openai/gpt-5.5 0 5 30 0.5
openai/gpt-5.5 272000 10 45 1
openai/gpt-5.5-2026-04-23 0 5 30 0.5
openai/gpt-5.5-2026-04-23 272000 10 45 1
openai/gpt-5.5-cyber 0 12.5 75 1.25
openai/gpt-5.5-cyber-preview 0 12.5 75 1.25
openai/gpt-5.5-pro 0 30 180
openai/gpt-5.5-pro 272000 60 270
openai/gpt-5.5-pro-2026-04-23 0 30 180
openai/gpt-5.5-pro-2026-04-23 272000 60 270
openai/gpt-5.6 0 4 20 0.4 5
openai/gpt-5.6 272000 8 30 0.8 10
openai/gpt-5.6-cyber 0 12.5 75 1.25 15.625
openai/gpt-5.6-cyber 272000 25 112.5 2.5 31.25
openai/gpt-5.6-luna 0 0.2 1.2 0.02 0.25
openai/gpt-5.6-luna 272000 0.4 1.8 0.04 0.5
openai/gpt-5.6-sol 0 4 20 0.4 5
openai/gpt-5.6-sol 272000 8 30 0.8 10
openai/gpt-5.6-terra 0 2 12 0.2 2.5
openai/gpt-5.6-terra 272000 4 18 0.4 5
openai/gpt-6-astra 0 10 50 1 12.5
openai/gpt-6-astra 272000 20 75 2 25
openai/gpt-6-luna 0 0.1 0.5 0.01 0.125
openai/gpt-6-luna 272000 0.2 0.75 0.02 0.25
openai/gpt-6-sol 0 2 10 0.2 2.5
openai/gpt-6-sol 272000 4 15 0.4 5
openai/gpt-6.1-sol 0 2 10 0.1 2.5
openai/gpt-6.1-sol 272000 4 15 0.2 5
openai/gpt-audio 0 2.5 10 - - - 32 64
openai/gpt-audio-1.5 0 2.5 10 - - - 32 64
openai/gpt-audio-2025-08-28 0 2.5 10 - - - 32 64
openai/gpt-audio-mini 0 0.6 2.4 - - - 10 20
openai/gpt-audio-mini-2025-10-06 0 0.6 2.4 - - - 10 20
openai/gpt-audio-mini-2025-12-15 0 0.6 2.4 - - - 10 20
openai/gpt-daybreak-blue-latest 0 4 20 0.4 5
openai/gpt-daybreak-blue-latest 272000 8 30 0.8 10
openai/gpt-daybreak-red-latest 0 12.5 75 1.25 15.625
openai/gpt-daybreak-red-latest 272000 25 112.5 2.5 31.25
openai/gpt-rosalind-discovery 0 5 25 0.5
openai/o1 0 15 60 7.5
openai/o1-2024-12-17 0 15 60 7.5
openai/o1-pro 0 150 600
openai/o1-pro-2025-03-19 0 150 600
openai/o3 0 2 8 0.5
openai/o3-2025-04-16 0 2 8 0.5
openai/o3-mini 0 1.1 4.4 0.55
openai/o3-mini-2025-01-31 0 1.1 4.4 0.55
openai/o3-pro 0 20 80
openai/o3-pro-2025-06-10 0 20 80
openai/o4-mini 0 1.1 4.4 0.275
openai/o4-mini-2025-04-16 0 1.1 4.4 0.275
openai/text-embedding-3-large 0 0.13 0
openai/text-embedding-3-small 0 0.02 0
openai/text-embedding-ada-002 0 0.1 0
openai/text-embedding-ada-002-v2 0 0.1 0
qwen/deepseek-v4-flash 0 0.2 0.4 0.04
qwen/deepseek-v4-flash-0731 0 0.2 0.4 0.04
qwen/deepseek-v4-pro 0 2.4 4.8 0.2
qwen/glm-5.1 0 1.4 4.4 0.26
qwen/glm-5.2 0 1.4 4.4 0.28
qwen/kimi-k2.7-code 0 0.95 4 0.19
qwen/qwen-coder 0 0.3 1.5
qwen/qwen-flash 0 0.05 0.4
qwen/qwen-flash 256000 0.25 2
qwen/qwen-flash-2025-07-28 0 0.05 0.4
qwen/qwen-flash-2025-07-28 256000 0.25 2
qwen/qwen-max 0 1.6 6.4
qwen/qwen-plus 0 0.4 1.2
qwen/qwen-plus-2025-01-25 0 0.4 1.2
qwen/qwen-turbo-2024-11-01 0 0.05 0.2
qwen/qwen3-coder-flash 0 0.3 1.5 0.08
qwen/qwen3-coder-flash 32000 0.5 2.5 0.12
qwen/qwen3-coder-flash 128000 0.8 4 0.2
qwen/qwen3-coder-flash 256000 1.6 9.6 0.4
qwen/qwen3-coder-flash-2025-07-28 0 0.3 1.5
qwen/qwen3-coder-flash-2025-07-28 32000 0.5 2.5
qwen/qwen3-coder-flash-2025-07-28 128000 0.8 4
qwen/qwen3-coder-flash-2025-07-28 256000 1.6 9.6
qwen/qwen3-coder-plus 0 1 5 0.1
qwen/qwen3-coder-plus 32000 1.8 9 0.18
qwen/qwen3-coder-plus 128000 3 15 0.3
qwen/qwen3-coder-plus 256000 6 60 0.6
qwen/qwen3-coder-plus-2025-07-22 0 1 5
qwen/qwen3-coder-plus-2025-07-22 32000 1.8 9
qwen/qwen3-coder-plus-2025-07-22 128000 3 15
qwen/qwen3-coder-plus-2025-07-22 256000 6 60
qwen/qwen3-max 0 1.2 6
qwen/qwen3-max 32000 2.4 12
qwen/qwen3-max 128000 3 15
qwen/qwen3-max-2026-01-23 0 1.2 6
qwen/qwen3-max-2026-01-23 32000 2.4 12
qwen/qwen3-max-2026-01-23 128000 3 15
qwen/qwen3-max-preview 0 1.2 6
qwen/qwen3-max-preview 32000 2.4 12
qwen/qwen3-max-preview 128000 3 15
qwen/qwen3-next-80b-a3b-instruct 0 0.15 1.2
qwen/qwen3-next-80b-a3b-thinking 0 0.15 1.2
qwen/qwen3-vl-235b-a22b-instruct 0 0.4 1.6
qwen/qwen3-vl-235b-a22b-thinking 0 0.4 4
qwen/qwen3-vl-32b-instruct 0 0.16 0.64
qwen/qwen3-vl-32b-thinking 0 0.16 2.87
qwen/qwen3-vl-plus 0 0.2 1.6
qwen/qwen3-vl-plus 32000 0.3 2.4
qwen/qwen3-vl-plus 128000 0.6 4.8
qwen/qwen3.5-plus 0 0.4 2.4
qwen/qwen3.5-plus 256000 0.5 3
qwen/qwen3.7-max 0 2.5 7.5 0.5 3.125
qwen/qwen3.7-plus 0 0.4 1.6 0.08
qwen/qwen3.7-plus 256000 1.2 4.8 0.24
qwen/qwen3.8-flash 0 0.15 0.47 0.016 0.2
qwen/qwen3.8-max 0 2 6 0.25
qwen/qwen3.8-omni-flash 0 0.15 0.47 0.016
qwen/qwq-plus 0 0.8 2.4
together/BAAI/bge-base-en-v1.5 0 0.008 0
together/MiniMaxAI/MiniMax-M2.7 0 0.3 1.2 0.06
together/MiniMaxAI/MiniMax-M3 0 0.3 1.2 0.06
together/Qwen/QwQ-32B 0 1.2 1.2
together/Qwen/Qwen2-1.5B-Instruct 0 0.02 0.02
together/Qwen/Qwen2-72B-Instruct 0 0.9 0.9
together/Qwen/Qwen2-VL-72B-Instruct 0 1.2 1.2
together/Qwen/Qwen2.5-14B-Instruct 0 0.8 0.8
together/Qwen/Qwen2.5-72B-Instruct 0 1.2 1.2
together/Qwen/Qwen2.5-72B-Instruct-Turbo 0 1.2 1.2
together/Qwen/Qwen2.5-7B-Instruct-Turbo 0 0.3 0.3
together/Qwen/Qwen2.5-Coder-32B-Instruct 0 0.8 0.8
together/Qwen/Qwen2.5-VL-72B-Instruct 0 1.95 8
together/Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8 0 2 2
together/Qwen/Qwen3-Coder-Next-FP8 0 0.5 1.2
together/Qwen/Qwen3-Next-80B-A3B-Instruct 0 0.15 1.5
together/Qwen/Qwen3-Next-80B-A3B-Thinking 0 0.15 1.5
together/Qwen/Qwen3-VL-32B-Instruct 0 0.5 1.5
together/Qwen/Qwen3-VL-8B-Instruct 0 0.18 0.68
together/Qwen/Qwen3.5-397B-A17B 0 0.6 3.6 0.35
together/Qwen/Qwen3.5-9B 0 0.17 0.25
together/Qwen/Qwen3.6-Plus 0 0.5 3
together/Qwen/Qwen3.7-Max 0 1.5 4.5 0.3
together/Qwen/Qwen3.7-Plus 0 0.32 1.28
together/Qwen/Qwen3.8-2.4T-A95B 0 2 6 0.25
together/Qwen/Qwen3.8-Flash 0 0.15 0.47
together/arcee-ai/trinity-mini 0 0.045 0.15
together/arize-ai/qwen-2-1.5b-instruct 0 0.1 0.1
together/deepseek-ai/DeepSeek-R1-0528 0 3 7
together/deepseek-ai/DeepSeek-R1-Distill-Llama-70B 0 2 2
together/deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B 0 0.18 0.18
together/deepseek-ai/DeepSeek-R1-Distill-Qwen-14B 0 1.6 1.6
together/deepseek-ai/DeepSeek-V3 0 1.25 1.25
together/deepseek-ai/DeepSeek-V3.1 0 0.6 1.7
together/deepseek-ai/DeepSeek-V4-Flash-0731 0 0.14 0.28 0.03
together/deepseek-ai/DeepSeek-V4-Pro-0813 0 1.32 3.96 0.13
together/deepseek-ai/DeepSeek-V4.1-Flash 0 0.3 1.2 0.006
together/deepseek-ai/DeepSeek-V4.1-Flash-1017 0 0.3 1.2 0.006
together/deepseek-ai/deepseek-coder-33b-instruct 0 0.8 0.8
together/google/gemma-2-27b-it 0 0.8 0.8
together/google/gemma-4-31B-it 0 0.39 0.97
together/meta-llama/Llama-3-8b-chat-hf 0 0.2 0.2
together/meta-llama/Llama-3.1-405B-Instruct 0 3.5 3.5
together/meta-llama/Llama-3.2-1B-Instruct 0 0.06 0.06
together/meta-llama/Llama-3.2-3B-Instruct 0 0.06 0.06
together/meta-llama/Llama-3.3-70B-Instruct-Turbo 0 1.04 1.04
together/meta-llama/Llama-4-Scout-17B-16E-Instruct 0 0.18 0.59
together/meta-llama/Meta-Llama-3-70B-Instruct-Turbo 0 0.88 0.88
together/meta-llama/Meta-Llama-3-8B-Instruct 0 0.2 0.2
together/meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo 0 0.88 0.88
together/meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo 0 0.18 0.18
together/meta-models/Muse-Glimmer-30B 0 0.35 1.5 0.04
together/meta-models/Muse-Spark-Open-816B-A42B 0 1.25 4.25 0.15
together/mistralai/Ministral-3-14B-Instruct-2512 0 0.2 0.2
together/mistralai/Mistral-7B-Instruct-v0.1 0 0.2 0.2
together/mistralai/Mistral-7B-Instruct-v0.3 0 0.2 0.2
together/mistralai/Mistral-Small-24B-Instruct-2501 0 0.1 0.3
together/mistralai/Mixtral-8x7B-Instruct-v0.1 0 0.6 0.6
together/moonshotai/Kimi-K2-Instruct 0 1 3
together/moonshotai/Kimi-K2.5-fp4 0 0.5 2.8
together/moonshotai/Kimi-K2.6 0 1.2 4.5 0.2
together/moonshotai/Kimi-K2.7-Code 0 0.95 4 0.19
together/moonshotai/Kimi-K3 0 3 15 0.3
together/nvidia/Llama-3.1-Nemotron-70B-Instruct-HF 0 0.88 0.88
together/nvidia/NVIDIA-Nemotron-3.5-Super-VL 0 0.15 0.5 0.02
together/nvidia/NVIDIA-Nemotron-Nano-9B-v2 0 0.06 0.25
together/nvidia/nemotron-3-ultra-550b-a55b 0 0.6 3.6 0.2
together/openai/gpt-oss-120b 0 0.15 0.6
together/openai/gpt-oss-20b 0 0.05 0.2
together/reflection/Beam-1.0-501B-A23B 0 0.4 1.2 0.04
together/thinkingmachines/Inkling 0 1 4.05 0.17
together/zai-org/GLM-4.5-Air-FP8 0 0.2 1.1
together/zai-org/GLM-4.6 0 0.6 2.2
together/zai-org/GLM-4.7 0 0.45 2
together/zai-org/GLM-5 0 1 3.2
together/zai-org/GLM-5.1 0 1.4 4.4 0.26
together/zai-org/GLM-5.2 0 1.4 4.4 0.26
together/zai-org/GLM-5.3 0 1.4 4.4 0.26
together/zai-org/GLM-5.3-Flash 0 0.15 0.5 0.03
xai/grok-4.20 0 1.25 2.5 0.2
xai/grok-4.20 200000 2.5 5 0.4
xai/grok-4.20-0309 0 1.25 2.5 0.2
xai/grok-4.20-0309 200000 2.5 5 0.4
xai/grok-4.20-0309-non-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-0309-non-reasoning 200000 2.5 5 0.4
xai/grok-4.20-0309-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-0309-reasoning 200000 2.5 5 0.4
xai/grok-4.20-beta 0 1.25 2.5 0.2
xai/grok-4.20-beta 200000 2.5 5 0.4
xai/grok-4.20-beta-0309 0 1.25 2.5 0.2
xai/grok-4.20-beta-0309 200000 2.5 5 0.4
xai/grok-4.20-beta-0309-non-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-beta-0309-non-reasoning 200000 2.5 5 0.4
xai/grok-4.20-beta-0309-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-beta-0309-reasoning 200000 2.5 5 0.4
xai/grok-4.20-beta-latest 0 1.25 2.5 0.2
xai/grok-4.20-beta-latest 200000 2.5 5 0.4
xai/grok-4.20-beta-latest-non-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-beta-latest-non-reasoning 200000 2.5 5 0.4
xai/grok-4.20-beta-latest-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-beta-latest-reasoning 200000 2.5 5 0.4
xai/grok-4.20-beta-non-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-beta-non-reasoning 200000 2.5 5 0.4
xai/grok-4.20-beta-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-beta-reasoning 200000 2.5 5 0.4
xai/grok-4.20-experimental-beta-0304 0 1.25 2.5 0.2
xai/grok-4.20-experimental-beta-0304 200000 2.5 5 0.4
xai/grok-4.20-experimental-beta-0304-non-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-experimental-beta-0304-non-reasoning 200000 2.5 5 0.4
xai/grok-4.20-experimental-beta-0304-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-experimental-beta-0304-reasoning 200000 2.5 5 0.4
xai/grok-4.20-experimental-beta-latest 0 1.25 2.5 0.2
xai/grok-4.20-experimental-beta-latest 200000 2.5 5 0.4
xai/grok-4.20-experimental-beta-non-reasoning-latest 0 1.25 2.5 0.2
xai/grok-4.20-experimental-beta-non-reasoning-latest 200000 2.5 5 0.4
xai/grok-4.20-experimental-beta-reasoning-latest 0 1.25 2.5 0.2
xai/grok-4.20-experimental-beta-reasoning-latest 200000 2.5 5 0.4
xai/grok-4.20-multi-agent 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent 200000 2.5 5 0.4
xai/grok-4.20-multi-agent-0309 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent-0309 200000 2.5 5 0.4
xai/grok-4.20-multi-agent-beta-0309 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent-beta-0309 200000 2.5 5 0.4
xai/grok-4.20-multi-agent-beta-latest 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent-beta-latest 200000 2.5 5 0.4
xai/grok-4.20-multi-agent-experimental-beta-0304 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent-experimental-beta-0304 200000 2.5 5 0.4
xai/grok-4.20-multi-agent-experimental-beta-latest 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent-experimental-beta-latest 200000 2.5 5 0.4
xai/grok-4.20-multi-agent-latest 0 1.25 2.5 0.2
xai/grok-4.20-multi-agent-latest 200000 2.5 5 0.4
xai/grok-4.20-non-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-non-reasoning 200000 2.5 5 0.4
xai/grok-4.20-non-reasoning-gv2 0 1.25 2.5 0.2
xai/grok-4.20-non-reasoning-gv2 200000 2.5 5 0.4
xai/grok-4.20-non-reasoning-latest 0 1.25 2.5 0.2
xai/grok-4.20-non-reasoning-latest 200000 2.5 5 0.4
xai/grok-4.20-reasoning 0 1.25 2.5 0.2
xai/grok-4.20-reasoning 200000 2.5 5 0.4
xai/grok-4.20-reasoning-gv2 0 1.25 2.5 0.2
xai/grok-4.20-reasoning-gv2 200000 2.5 5 0.4
xai/grok-4.20-reasoning-latest 0 1.25 2.5 0.2
xai/grok-4.20-reasoning-latest 200000 2.5 5 0.4
xai/grok-4.3 0 1.25 2.5 0.2
xai/grok-4.3 200000 2.5 5 0.4
xai/grok-4.3-latest 0 1.25 2.5 0.2
xai/grok-4.3-latest 200000 2.5 5 0.4
xai/grok-4.5 0 2 6 0.3
xai/grok-4.5 200000 4 12 0.6
xai/grok-4.5-latest 0 2 6 0.3
xai/grok-4.5-latest 200000 4 12 0.6
xai/grok-4.6 0 2 6 0.5
xai/grok-4.6 200000 4 12 1
xai/grok-4.7 0 2 6 0.5
xai/grok-4.7 200000 4 12 1
xai/grok-build-0.1 0 1 2 0.2
xai/grok-build-0.1 200000 2 4 0.4
xai/grok-build-latest 0 2 6 0.3
xai/grok-build-latest 200000 4 12 0.6
xai/grok-code-fast 0 1 2 0.2
xai/grok-code-fast 200000 2 4 0.4
xai/grok-code-fast-1 0 1 2 0.2
xai/grok-code-fast-1 200000 2 4 0.4
xai/grok-code-fast-1-0825 0 1 2 0.2
xai/grok-code-fast-1-0825 200000 2 4 0.4
zai/glm-4-32b-0414-128k 0 0.1 0.1
zai/glm-4.5 0 0.6 2.2
zai/glm-4.5-air 0 0.2 1.1
zai/glm-4.5-airx 0 1.1 4.5
zai/glm-4.5-x 0 2.2 8.9
zai/glm-4.5v 0 0.6 1.8
zai/glm-4.6 0 0.6 2.2 0.11
zai/glm-4.7 0 0.6 2.2 0.11
zai/glm-5 0 1 3.2 0.2
zai/glm-5-code 0 1.2 5 0.3
zai/glm-5.1 0 1.4 4.4 0.26
zai/glm-5.2 0 1.4 4.4 0.26
zai/glm-5.3 0 1.4 4.4 0.26
zai/glm-5.3-flash 0 0.15 0.5 0.03`;
