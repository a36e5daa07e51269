import { describe, expect, it } from 'vitest';
import { useWorkbench } from '../helpers/e2e';

describe('the workbench with the extension in it', () => {
  const workbench = useWorkbench();

  it('shows the chat when asked to', async () => {
    await workbench.current.runCommand('Pulse: Open Chat');
    const chat = await workbench.current.webview('textarea, [contenteditable]');
    expect(await chat.locator('textarea, [contenteditable]').first().isVisible()).toBe(true);
  });

  it.each(['light', 'dark', 'hcDark', 'hcLight'] as const)('can be seen in %s', async (theme) => {
    await workbench.current.setTheme(theme);
    await workbench.current.screenshot(`smoke-${theme}`);
  });

  it('comes back after a reload', async () => {
    await workbench.current.reload();
    await workbench.current.webview('textarea, [contenteditable]');
  });

  it('has reported no error', () => {
    expect(workbench.current.problems).toEqual([]);
  });
});
