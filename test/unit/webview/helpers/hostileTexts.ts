/** Markup that was used against sanitizers, by class; none of it may become anything but text. */
const HTML: readonly string[] = [
  // Scripts
  '<script>alert(1)</script>', '<SCRIPT SRC=//evil.example/x.js></SCRIPT>', '<script/src=data:,alert(1)>',
  '<script\n>alert(1)</script\n>', '<scr<script>ipt>alert(1)</scr</script>ipt>', '<<script>alert(1)//<</script>',
  '<script>/*<![CDATA[*/alert(1)/*]]>*/</script>', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<script x> alert(1) </script 1=2', '</script><script>alert(1)</script>', '<script>alert\u2028(1)</script>',
  // Handlers
  '<img src=x onerror=alert(1)>', '<img src="x` `<script>alert(1)</script>"` `>', '<body onload=alert(1)>',
  '<input autofocus onfocus=alert(1)>', '<select autofocus onfocus=alert(1)>', '<video><source onerror="alert(1)">',
  '<audio src=x onerror=alert(1)>', '<details open ontoggle=alert(1)>', '<marquee onstart=alert(1)>',
  '<div onpointerover="alert(1)">x</div>', '<a onmouseover=alert(1)>x</a>', '<x onclick=alert(1)>x</x>',
  '<form onsubmit=alert(1)><button>', '<img/src/onerror=alert(1)>', '<img src=x:alert(alt) onerror=eval(src) alt=1>',
  '<object onerror=alert(1) data=x>', '<keygen autofocus onfocus=alert(1)>', '<b onwheel=alert(1)>x',
  '<style onload=alert(1)>', '<link rel=stylesheet href=x onerror=alert(1)>', '<img src=x onerror\n=\nalert(1)>',
  '<IMG """><SCRIPT>alert("XSS")</SCRIPT>"\\>', '<img src=`javascript:alert(1)`>',
  // What loads from elsewhere
  '<img src=https://evil.example/x.png>', '<img srcset="https://evil.example/x.png 1x, https://evil.example/y.png 2x">',
  '<picture><source srcset=https://evil.example/x></picture>', '<video src=https://evil.example poster=https://evil.example/p>',
  '<audio src=https://evil.example></audio>', '<track src=https://evil.example>', '<iframe src=https://evil.example></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<frameset><frame src=https://evil.example></frameset>',
  '<object data=https://evil.example></object>', '<embed src=https://evil.example>', '<applet code=x archive=https://evil.example>',
  '<link rel=stylesheet href=https://evil.example>', '<link rel=prefetch href=https://evil.example>', '<link rel=dns-prefetch href=//evil.example>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">', '<base href=https://evil.example/>', '<body background=https://evil.example>',
  '<table background=https://evil.example>', '<input type=image src=https://evil.example>', '<portal src=https://evil.example>',
  '<style>@import "https://evil.example";</style>', '<style>*{background:url(https://evil.example)}</style>',
  '<div style="background:url(https://evil.example)">x</div>', '<div style="width:expression(alert(1))">', '<p style="position:fixed;inset:0">over all</p>',
  '<style>@font-face{font-family:x;src:url(https://evil.example)}</style>', '<font style="behavior:url(x.htc)">',
  // SVG and MathML
  '<svg onload=alert(1)>', '<svg><script>alert(1)</script></svg>', '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<svg><set attributeName=href to=javascript:alert(1)>', '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)/>#x">',
  '<svg><image href=https://evil.example></svg>', '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><foreignObject><iframe onload=alert(1)></foreignObject></svg>', '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<svg></p><style><a title="</style><img src onerror=alert(1)>">', '<svg><feImage href=https://evil.example></svg>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>', '<math href="javascript:alert(1)">x</math>',
  '<math><maction actiontype="statusline#https://evil.example" xlink:href="javascript:alert(1)">x', '<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>',
  '<math><mi><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  // Parsers that disagree, and markup that mutates
  '<noembed><img title="</noembed><img src=x onerror=alert(1)>">', '<xmp><p title="</xmp><svg/onload=alert(1)>">', '<plaintext><img src=x onerror=alert(1)>',
  '<textarea><img title="</textarea><img src=x onerror=alert(1)>">', '<title><img title="</title><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>', '<!--><img src=x onerror=alert(1)>-->', '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->',
  '<?xml version="1.0"?><script>alert(1)</script>', '<![CDATA[<script>alert(1)</script>]]>', '<!DOCTYPE x [<!ENTITY y "z">]>', '<p/onclick=alert(1)>a',
  '<a\u0000href=javascript:alert(1)>x</a>', '<im\u0000g src=x onerror=alert(1)>', '\u3008script\u3009alert(1)\u3008/script\u3009', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
  '<form><input name=attributes><input name=parentNode></form>', '<a id=body><a id=body name=querySelector>x</a>', '<img name=getElementById>', '<custom-element is="x">x</custom-element>',
  '<div slot=x><slot name=x></slot></div>', '<div><template shadowrootmode=open><script>alert(1)</script></template></div>', '<dialog open>x</dialog>', '<button popovertarget=x>y</button>',
]; // prettier-ignore

/** Destinations of links that must lead nowhere. */
export const hostileDestinations: readonly string[] = [
  'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'javascript&colon;alert(1)', '&#106;avascript:alert(1)', '&#x6A;avascript:alert(1)',
  '&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#0000058;alert(1)',
  'java\\script:alert(1)', 'java&Tab;script:alert(1)', 'java&NewLine;script:alert(1)', '&#1;javascript:alert(1)', '\u0001javascript:alert(1)',
  '\u00A0javascript:alert(1)', 'javascript\u003Aalert(1)', 'javascript:%61lert(1)', 'javascript://example.com/%0Aalert(1)', 'javascript:void(0)',
  'vbscript:msgbox(1)', 'livescript:x', 'mocha:x', 'data:text/html;base64,PHNjcmlwdD4=', 'data:text/html,<script>alert(1)</script>', 'data:image/svg+xml,<svg/onload=alert(1)>',
  'data:application/pdf,x', 'DATA:text/html,x', 'command:workbench.action.terminal.sendSequence', 'command:vscode.open?%5B%22x%22%5D', 'COMMAND:x', 'vscode://file/etc/passwd',
  'vscode-insiders://x', 'vscode-resource://x', 'vscode-webview://x', 'vscode-file://vscode-app/x', 'code-oss://x', 'file:///etc/passwd', 'file://server/share', '\\\\server\\share',
  'smb://server/share', 'ftp://example.com', 'ws://example.com', 'blob:https://example.com/x', 'about:blank', 'view-source:https://example.com', 'jar:https://example.com!/', 'ms-settings:x',
  'ms-word:ofe|u|x', 'ssh://host', 'git+ssh://host', 'tel:1', 'sms:1', 'intent://x#Intent;end', 'chrome://settings', 'res://x', 'mhtml:x', 'feed:javascript:alert(1)', 'x-javascript:alert(1)',
  '//evil.example/x', '/\\evil.example', '\\/evil.example', '#top', '?x=1', 'relative/path.ts', '../up', 'http:/one-slash', 'https:evil.example', 'https:\\\\evil.example', 'mailto', 'http',
]; // prettier-ignore

/** Each piece of markup alone, inside of other markup, and in every place that takes text. */
export function hostileTexts(): string[] {
  const links = hostileDestinations.flatMap((to) => [
    `[x](${to}) ![x](${to})`,
    `[x](<${to}> "t") <${to}>`,
    `[x][r] ![x][r]\n\n[r]: ${to}\n`,
    `[r]: <${to}>\n\n[![r](${to})](${to})`,
  ]);
  const html = HTML.flatMap((markup) => [
    markup,
    `\`\`\`${markup}\n${markup}\n\`\`\`\n${markup}\n\n- ${markup}\n\n> ${markup}\n\n# ${markup}\n`,
    `| ${markup} |\n|---|\n| ${markup} |\n\n**${markup}** \`${markup}\` $${markup}$ [${markup}](https://e.com "${markup}")\n`,
    `[^1]: ${markup}\n\n[^1] $$${markup}$$ \\(${markup}\\)\n\n\`\`\`mermaid\n${markup}\n\`\`\`\n\n~~~html title="${markup}"\n`,
  ]);
  return [...links, ...html];
}
