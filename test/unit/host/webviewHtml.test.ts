import { describe, expect, it } from 'vitest';
import { webviewHtml } from '../../../src/host/webviewHtml';

const html = webviewHtml({
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'NONCE',
  script: 'https://file/chat.js?a="&<',
  styles: ['https://file/a.css', 'https://file/b.css'],
  language: 'en',
});
const policy = /Content-Security-Policy" content="([^"]*)"/u.exec(html)?.[1] ?? '';

describe('webviewHtml', () => {
  it('allows nothing that is not named', () => {
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'nonce-NONCE' https://*.vscode-cdn.net",
      "style-src 'nonce-NONCE' https://*.vscode-cdn.net",
      'font-src https://*.vscode-cdn.net',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('has no inline code, style or handler', () => {
    expect(html).not.toMatch(/unsafe-|<style|\sstyle=|\son\w+=/u);
    expect(html.match(/<script/gu)).toHaveLength(1);
  });

  it('escapes addresses', () => {
    expect(html).toContain('src="https://file/chat.js?a=&quot;&amp;&lt;"');
  });
});
