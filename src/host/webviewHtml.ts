export interface WebviewPageParts {
  /** `webview.cspSource`: where the extension's own files come from. */
  readonly cspSource: string;
  /** Fresh for every page. */
  readonly nonce: string;
  readonly script: string;
  readonly styles: readonly string[];
  /** BCP 47, for screen readers. */
  readonly language: string;
}

/**
 * The page of a webview: its script fills `#root`. Its policy allows the extension's own scripts, styles and fonts and nothing else: no inline code or style,
 * no images, no connections, no frames but those whose page the script writes itself (the chat's diagrams; they inherit this policy, and
 * their style sheets carry the nonce). The script's own chunks come from `cspSource`, the first one by its nonce.
 */
export function webviewHtml(parts: WebviewPageParts): string {
  const { cspSource, nonce, language } = parts;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${cspSource}`,
    `style-src 'nonce-${nonce}' ${cspSource}`,
    `font-src ${cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const styles = parts.styles.map((href) => `<link rel="stylesheet" href="${attribute(href)}" />`);
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>Pulse</title>
${styles.join('\n')}
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${attribute(parts.script)}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
