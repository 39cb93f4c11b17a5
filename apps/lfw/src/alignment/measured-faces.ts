import { measureFaces } from '@kith/pipeline/data';
import { withProgress } from '@kith/terminal';

/** Find landmarks and embeddings of photos, with a bar; what the file holds is not done again. */
export const measuredFaces: typeof measureFaces = (recognizer, options) =>
  withProgress(options.paths.length, { label: 'landmarks' }, (progress) =>
    measureFaces(recognizer, { ...options, onFace: progress.tick }),
  );
