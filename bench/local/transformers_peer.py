"""A chat model in transformers: reads one order a line, and answers each with a line when it is done."""

import json
import sys

import torch
from transformers import AutoModelForCausalLM, GgufConfig

torch.set_num_threads(1)
directory, file = sys.argv[1:3]
dense = GgufConfig(dequantize=True)
model = AutoModelForCausalLM.from_pretrained(
    directory, gguf_file=file, quantization_config=dense, dtype=torch.bfloat16
).eval()
print("ready", flush=True)

for line in sys.stdin:
    order = json.loads(line)
    ids = torch.arange(1000, 1000 + order["prompt"]).unsqueeze(0)
    with torch.inference_mode():
        if order["new"] == 0:
            model(ids, logits_to_keep=1)
        else:
            count = order["new"]
            model.generate(ids, max_new_tokens=count, min_new_tokens=count, do_sample=False, pad_token_id=0)
    print("done", flush=True)
