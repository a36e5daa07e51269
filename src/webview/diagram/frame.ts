import script from 'diagram-script';

/** A page of its own for one diagram: no origin, no network, no way out; it inherits the panel's policy and narrows it. */
export function makeFrame(nonce: string): HTMLIFrameElement {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = `<!DOCTYPE html>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${policy}" />
<style nonce="${nonce}">
html, body, main { margin: 0; height: 100%; overflow: hidden; }
main > svg { display: block; width: 100%; height: 100%; max-width: none !important; }
</style>
<body><script nonce="${nonce}">${script}</script></body>`;
  return frame;
}
