import { describe, expect, it } from 'vitest';
import { SavedState } from '../../../../src/webview/chat/savedState';

function saved(state: unknown): { readonly api: { state: unknown }; readonly value: SavedState } {
  const api = {
    state,
    postMessage: () => undefined,
    getState: () => api.state,
    setState: (next: unknown) => void (api.state = next),
  };
  return { api, value: new SavedState(api) };
}

describe('what the webview remembers', () => {
  it('is its draft and the place of the reader', () => {
    const { api, value } = saved(undefined);
    value.setDraft('half');
    value.setPlace({ turnId: 't1', offset: 12 });
    const again = saved(api.state).value;
    expect(again.draft).toBe('half');
    expect(again.place).toEqual({ turnId: 't1', offset: 12 });
    again.setPlace(undefined);
    expect(again.place).toBeUndefined();
    expect(again.draft).toBe('half');
  });

  it.each([undefined, null, 'text', { draft: 1 }, { draft: 'x', place: { turnId: 1 } }])(
    'is nothing where %j was stored',
    (state) => {
      expect(saved(state).value.draft).toBe('');
      expect(saved(state).value.place).toBeUndefined();
    },
  );
});
