/** Text that means nothing but itself in VS Code's markdown tooltips: model names and error messages come from outside. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$]/gu, String.raw`\$&`).replaceAll(/\s+/gu, ' ');
}

/** Two columns under a heading that is markdown already; cells are escaped here. */
export function markdownTable(
  heading: string,
  rows: readonly (readonly [string, string])[],
): string {
  const lines = rows.map(
    ([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`,
  );
  return [`| ${heading} | |`, '| :--- | :--- |', ...lines].join('\n');
}
