import { expect, test } from 'vitest';
import { readDecisionTable } from './decision-table.ts';
import { defaultModel, modelNames, spaceOfModel } from './index.ts';

test.each(modelNames)('the decision table of %s was measured in the space it embeds into', async (name) => {
  const space = spaceOfModel(name);
  expect((await readDecisionTable(name, { space })).space).toEqual(space);
});

test('a table of another space is refused, as is none', async () => {
  const space = spaceOfModel(defaultModel);
  for (const other of [{ model: 'another' }, { preprocessing: 'another' }, { dimension: 512 }]) {
    await expect(readDecisionTable(defaultModel, { space: { ...space, ...other } })).rejects.toMatchObject({
      code: 'SPACE_MISMATCH',
    });
  }
  await expect(readDecisionTable('none', { space })).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
});
