import axe from 'axe-core';
import type { Frame } from 'playwright-core';

/** What axe finds wrong with a page, a line each. The page's own policy stays in force: nothing is loaded into it. */
export async function accessibilityFaults(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    // The page is transparent and axe knows nothing of the workbench behind it.
    document.documentElement.style.backgroundColor = 'var(--vscode-editor-background)';
    // Only the page has it: put there by the line above.
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      // The frame is a part of the workbench's page, which has its own landmarks and headings.
      rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)} (${node.failureSummary ?? ''})`),
    );
  });
}
