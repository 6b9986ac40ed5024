import { float, integer, message, text } from "./protobuf.ts";

/** The name of a value in the graph: an input, a weight, or what a node gives. */
export type Value = string;

/** ONNX's numbers for the element types. */
export const FLOAT = 1;
export const INT32 = 6;
const INT64 = 7;
export const BOOL = 9;
const FLOAT16 = 10;
const BFLOAT16 = 16;

export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

/** Numbers that stay in a file beside the graph, as ONNX's "external data" has it. */
export interface ExternalTensor {
  readonly name: string;
  readonly dtype: WeightType;
  readonly shape: readonly number[];
  /** The file's name, relative to the graph's folder. */
  readonly file: string;
  readonly offset: number;
  readonly byteLength: number;
}

/** The types of weights that a graph can take; it computes in float32 whatever they are. */
export type WeightType = "F32" | "F16" | "BF16";
export const WEIGHT_TYPES: Readonly<Record<WeightType, number>> = { F32: FLOAT, F16: FLOAT16, BF16: BFLOAT16 };

/** A node by what it computes. */
export interface NodeOf {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

/** Writes a graph node by node; nodes are named by us and stand in the order in which they compute. */
export interface GraphWriter {
  /** @param shape a string is a dimension that each run chooses. */
  input(name: string, type: number, shape: readonly (string | number)[]): Value;
  /** The tensor as float32. Asked for twice, it is there once. */
  weight(tensor: ExternalTensor): Value;
  /** A single whole number (int64, no dimensions). */
  scalar(value: number): Value;
  /** Whole numbers that are the same in each run (int64). */
  integers(values: readonly number[], shape: readonly number[]): Value;
  /** Numbers that are the same in each run (float32). */
  floats(values: readonly number[], shape: readonly number[]): Value;
  /** @param domain `com.microsoft` for ONNX Runtime's own operators. `""` as an input leaves an optional one out. */
  node(op: string, inputs: readonly Value[], attributes?: Readonly<Record<string, Attribute>>, domain?: string): Value;
  /** So many equal parts of the last dimension. */
  split(value: Value, parts: number): readonly Value[];
  /** The so many largest numbers of the last dimension, the largest first. */
  largest(value: Value, count: number): Value;
  /**
   * One of two nodes, chosen in each run.
   * @param condition a single bool.
   */
  either(condition: Value, whenTrue: NodeOf, otherwise: NodeOf): Value;
  output(name: string, value: Value, shape: readonly (string | number)[]): void;
  /** The file: a `ModelProto`. */
  bytes(): Uint8Array;
}

export const MICROSOFT = "com.microsoft";
const IR_VERSION = 8;
const OPSET_VERSION = 17;
const EXTERNAL = 1;

/** Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
export function createGraphWriter(name: string): GraphWriter {
  const nodes: Uint8Array[] = [];
  const initializers = new Map<string, Uint8Array>();
  const inputs: Uint8Array[] = [];
  const outputs: Uint8Array[] = [];
  const weights = new Map<string, Value>();

  function addNode(outputs: readonly Value[], node: NodeOf, branches: readonly Uint8Array[] = []): void {
    nodes.push(message(1, ...nodeFields(outputs, node), ...branches));
  }

  function constant(type: number, shape: readonly number[], numbers: BigInt64Array | Float32Array): Value {
    const name = `constant ${initializers.size}`;
    const dimensions = shape.map((size) => integer(1, size));
    const bytes = new Uint8Array(numbers.buffer);
    initializers.set(name, message(5, ...dimensions, integer(2, type), text(8, name), message(9, bytes)));
    return name;
  }

  const writer: GraphWriter = {
    input(name, type, shape) {
      inputs.push(message(11, ...valueInfo(name, type, shape)));
      return name;
    },
    weight(tensor) {
      const known = weights.get(tensor.name);
      if (known !== undefined) return known;
      initializers.set(tensor.name, message(5, ...externalTensor(tensor)));
      const value = tensor.dtype === "F32" ? tensor.name : writer.node("Cast", [tensor.name], { to: { int: FLOAT } });
      weights.set(tensor.name, value);
      return value;
    },
    scalar(value) {
      const name = `scalar ${value}`;
      initializers.set(name, message(5, integer(2, INT64), integer(7, value), text(8, name)));
      return name;
    },
    integers: (values, shape) => constant(INT64, shape, BigInt64Array.from(values, BigInt)),
    floats: (values, shape) => constant(FLOAT, shape, Float32Array.from(values)),
    node(op, from, attributes = {}, domain = "") {
      const output = `${op} ${nodes.length}`;
      addNode([output], { op, inputs: from, attributes, domain });
      return output;
    },
    split(value, parts) {
      const outputs = Array.from({ length: parts }, (_, part) => `Split ${nodes.length}.${part}`);
      addNode(outputs, { op: "Split", inputs: [value], attributes: { axis: { int: -1 } } });
      return outputs;
    },
    largest(value, count) {
      const output = `TopK ${nodes.length}`;
      addNode([output, `${output} places`], { op: "TopK", inputs: [value, writer.integers([count], [1])] });
      return output;
    },
    either(condition, whenTrue, otherwise) {
      const output = `If ${nodes.length}`;
      const branches = [branch("then_branch", output, whenTrue), branch("else_branch", output, otherwise)];
      addNode([output], { op: "If", inputs: [condition] }, branches);
      return output;
    },
    output(name, value, shape) {
      addNode([name], { op: "Identity", inputs: [value] });
      outputs.push(message(12, ...valueInfo(name, FLOAT, shape)));
    },
    bytes() {
      const graph = message(7, ...nodes, text(2, name), ...initializers.values(), ...inputs, ...outputs);
      const opsets = [
        message(8, text(1, ""), integer(2, OPSET_VERSION)),
        message(8, text(1, MICROSOFT), integer(2, 1)),
      ];
      return Buffer.concat([integer(1, IR_VERSION), graph, ...opsets]);
    },
  };
  return writer;
}

/** The fields of a `NodeProto`. */
function nodeFields(outputs: readonly Value[], { op, inputs, attributes = {}, domain = "" }: NodeOf): Uint8Array[] {
  const settings = Object.entries(attributes).map(([name, value]) => message(5, ...attribute(name, value)));
  const values = [...inputs.map((value) => text(1, value)), ...outputs.map((value) => text(2, value))];
  return [...values, text(4, op), ...settings, text(7, domain)];
}

/** An attribute that is a graph of one node, which takes its inputs from the graph around it and gives a float32. */
function branch(name: string, output: Value, node: NodeOf): Uint8Array {
  const result = `${output} ${name}`;
  const type = message(2, message(1, integer(1, FLOAT)));
  const graph = [message(1, ...nodeFields([result], node)), text(2, name), message(12, text(1, result), type)];
  return message(5, text(1, name), integer(20, 5), message(6, ...graph));
}

/** The fields of an `AttributeProto`. */
function attribute(name: string, value: Attribute): Uint8Array[] {
  if ("int" in value) return [text(1, name), integer(20, 2), integer(3, value.int)];
  if ("float" in value) return [text(1, name), integer(20, 1), float(2, value.float)];
  if ("text" in value) return [text(1, name), integer(20, 3), text(4, value.text)];
  return [text(1, name), integer(20, 7), ...value.ints.map((each) => integer(8, each))];
}

/** The fields of a `ValueInfoProto` of a tensor. */
function valueInfo(name: string, type: number, shape: readonly (string | number)[]): Uint8Array[] {
  const dimensions = shape.map((size) => message(1, typeof size === "number" ? integer(1, size) : text(2, size)));
  return [text(1, name), message(2, message(1, integer(1, type), message(2, ...dimensions)))];
}

/** The fields of a `TensorProto` whose numbers lie elsewhere. */
function externalTensor({ name, dtype, shape, file, offset, byteLength }: ExternalTensor): Uint8Array[] {
  const place = { location: file, offset: String(offset), length: String(byteLength) };
  return [
    ...shape.map((size) => integer(1, size)),
    integer(2, WEIGHT_TYPES[dtype]),
    text(8, name),
    ...Object.entries(place).map(([key, value]) => message(13, text(1, key), text(2, value))),
    integer(14, EXTERNAL),
  ];
}
