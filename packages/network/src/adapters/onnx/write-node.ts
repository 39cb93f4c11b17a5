import type { OperationKind } from '../../operation.ts';
import type { Place, Write } from './place.ts';
import { channelWriters } from './write-channels.ts';
import { convolutionWriters } from './write-convolutions.ts';
import { elementwiseWriters } from './write-elementwise.ts';
import { writeLocallyConnected } from './write-locally-connected.ts';
import { poolWriters } from './write-pools.ts';

const writers: { readonly [K in OperationKind]: Write<K> } = {
  ...convolutionWriters,
  locallyConnected: writeLocallyConnected,
  ...poolWriters,
  ...elementwiseWriters,
  ...channelWriters,
};

/** Write one operation; gives back the name of its value, `[n, c, h, w]` or `[n, c]`. */
export function writeNode(place: Place): string {
  return (writers[place.operation.kind] as Write<OperationKind>)(place);
}
