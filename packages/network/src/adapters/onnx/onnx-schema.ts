import protobuf from 'protobufjs';

const many = (type: string, id: number) => ({ rule: 'repeated', type, id, options: { packed: false } });
const one = (type: string, id: number) => ({ type, id });

/** What kith writes and reads of ONNX's messages. @see onnx.proto of the ONNX specification (field numbers). */
const { nested } = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        graph: one('Graph', 7),
        opsetImport: many('OperatorSet', 8),
      },
    },
    OperatorSet: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    Graph: {
      fields: {
        node: many('Node', 1),
        name: one('string', 2),
        initializer: many('Tensor', 5),
        input: many('Value', 11),
        output: many('Value', 12),
      },
    },
    Node: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: one('string', 3),
        opType: one('string', 4),
        attribute: many('Attribute', 5),
      },
    },
    Attribute: {
      fields: {
        name: one('string', 1),
        f: one('float', 2),
        i: one('int64', 3),
        ints: many('int64', 8),
        type: one('int32', 20),
      },
    },
    ModelHeader: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        producerVersion: one('string', 3),
        graph: one('GraphHeader', 7),
        opsetImport: many('OperatorSet', 8),
      },
    },
    GraphHeader: {
      fields: { initializer: many('TensorHeader', 5), input: many('Value', 11), output: many('Value', 12) },
    },
    TensorHeader: { fields: { name: one('string', 8) } },
    Tensor: {
      fields: {
        dims: many('int64', 1),
        dataType: one('int32', 2),
        name: one('string', 8),
        rawData: one('bytes', 9),
      },
    },
    Value: { fields: { name: one('string', 1), type: one('Type', 2) } },
    Type: { fields: { tensorType: one('TensorType', 1) } },
    TensorType: { fields: { elemType: one('int32', 1), shape: one('TensorShape', 2) } },
    TensorShape: { fields: { dim: many('Dimension', 1) } },
    Dimension: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) } },
  },
});

/** The message of a whole file. */
export const modelMessage = nested?.Model as protobuf.Type;

/** A whole file read for what it takes and gives: its nodes and the numbers of its constants are skipped. */
export const headerMessage = nested?.ModelHeader as protobuf.Type;

/** The message of a graph, field 7 of a file. */
export const graphMessage = nested?.Graph as protobuf.Type;

/** The message of a constant, field 5 of a graph. */
export const tensorMessage = nested?.Tensor as protobuf.Type;

/** What stands before a field that holds bytes. */
export function fieldHead(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .uint32(length)
    .finish();
}

/** ONNX's numbers for the types of elements. */
export const elementType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

/** ONNX's numbers for the types of attributes. */
export const attributeType = { float: 1, int: 2, ints: 7 } as const;
