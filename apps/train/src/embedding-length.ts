import { layOut, type Network } from '@kith/network';

/** Numbers in the embedding that a network gives. */
export function embeddingLength(network: Network): number {
  const graph = layOut(network);
  return graph.nodes.find(({ name }) => name === graph.outputs[0])!.shape[0]!;
}
