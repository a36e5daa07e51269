import { describe, expect, it } from 'vitest';
import {
  MissingSecretError,
  resolveHeaders,
  secretReferences,
} from '../../../../src/host/endpoints/headerSecrets';

describe('header secrets', () => {
  const headers = {
    'x-one': 'Bearer ${secret:gateway}',
    'x-two': '${secret:gateway}:${secret:team.id}',
    'x-three': 'plain ${env:HOME}',
  };

  it('are found, each once', () => {
    expect(secretReferences(headers)).toEqual(['gateway', 'team.id']);
  });

  it('are put into their places, whatever characters they hold', async () => {
    const values = new Map([
      ['gateway', '$&$1'],
      ['team.id', 'x'],
    ]);
    const resolved = await resolveHeaders(headers, (name) => Promise.resolve(values.get(name)));
    expect(resolved).toEqual({
      'x-one': 'Bearer $&$1',
      'x-two': '$&$1:x',
      'x-three': 'plain ${env:HOME}',
    });
  });

  it('that are not set are an error that names them', async () => {
    await expect(resolveHeaders(headers, () => Promise.resolve(undefined))).rejects.toThrow(
      MissingSecretError,
    );
  });
});
