"""An embedding model in sentence-transformers: reads one order a line, and answers each with a line when it is done."""

import json
import sys

import torch
from sentence_transformers import SentenceTransformer

torch.set_num_threads(1)
model = SentenceTransformer(sys.argv[1], device="cpu")
print("ready", flush=True)

for line in sys.stdin:
    order = json.loads(line)
    for _ in range(order["calls"]):
        model.encode(order["texts"], batch_size=len(order["texts"]))
    print("done", flush=True)
