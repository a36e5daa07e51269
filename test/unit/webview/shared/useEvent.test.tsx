// @vitest-environment jsdom
import { render } from 'preact';
import type { JSX } from 'preact';
import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { useEvents } from '../../../../src/webview/shared/useEvent';

describe('useEvents', () => {
  function counter() {
    const changed = new Emitter<void>();
    const model = { count: 0 };
    const Count = (): JSX.Element => {
      useEvents(changed.event);
      return <p>{model.count}</p>;
    };
    const root = document.createElement('div');
    render(<Count />, root);
    const count = (): void => {
      model.count += 1;
      changed.fire();
    };
    return { root, count, changed };
  }

  it('misses nothing that happens right after the drawing, before the page is painted', async () => {
    const { root, count } = counter();
    count();
    await vi.waitFor(() => expect(root.textContent).toBe('1'));
  });

  it('no longer listens once the component is gone', () => {
    const { root, changed } = counter();
    expect(changed.hasListeners).toBe(true);
    render(null, root);
    expect(changed.hasListeners).toBe(false);
  });
});
