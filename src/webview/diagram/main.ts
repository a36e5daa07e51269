import mermaid from 'mermaid';
import { parseDrawRequest } from './diagramMessages';
import type { DiagramTheme, DrawRequest, FrameReport } from './diagramMessages';
import { allowInlineStyles } from './inlineStyles';
import { refuseImages } from './noImages';

/** What would ask for something from elsewhere: the policy of the page refuses it, but it should not even be tried. */
const LOADING_TAGS = ['img', 'image', 'picture', 'source', 'video', 'audio', 'track', 'iframe', 'object', 'embed', 'link', 'feimage',
  'input', 'form'] as const; // prettier-ignore
const LOADING_ATTRIBUTES = ['src', 'srcset', 'poster', 'background', 'ping'] as const;

/** The script of a diagram's frame: it has an origin of its own, no network, and draws what the panel sends. */
function start(): void {
  allowInlineStyles(document.querySelector('script')?.nonce ?? '');
  refuseImages();
  let count = 0;
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== parent) return;
    const request = parseDrawRequest(event.data);
    if (!request) return;
    draw(request, `diagram-${String(count++)}`).then(report, (error: unknown) => {
      document.body.replaceChildren();
      report({ type: 'failed', problem: shortProblem(error) });
    });
  });
  report({ type: 'ready' });
}

async function draw({ source, theme }: DrawRequest, id: string): Promise<FrameReport> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    layout: 'dagre',
    theme: 'base',
    darkMode: theme.isDark,
    fontFamily: theme.fontFamily,
    themeVariables: variablesOf(theme),
    dompurifyConfig: { FORBID_TAGS: [...LOADING_TAGS], FORBID_ATTR: [...LOADING_ATTRIBUTES] },
    // What a text may not change about itself.
    secure: ['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'maxEdges', 'dompurifyConfig',
      'themeCSS', 'theme', 'themeVariables', 'fontFamily', 'darkMode', 'htmlLabels', 'layout', 'look'],
  }); // prettier-ignore
  const { svg } = await mermaid.render(id, source);
  const place = document.createElement('main');
  place.innerHTML = svg;
  for (const link of place.querySelectorAll('a')) {
    for (const name of ['href', 'xlink:href', 'target']) link.removeAttribute(name);
  }
  document.body.replaceChildren(place);
  const drawing = place.querySelector('svg');
  const box = drawing?.viewBox.baseVal;
  if (!drawing || !box || box.width === 0) throw new Error('nothing was drawn');
  document.body.style.background = theme.background;
  return { type: 'drawn', width: box.width, height: box.height };
}

/** The parser shows the text around a mistake, which is on the page already, and what it expected there, which is long. */
function shortProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]?.replace(/:\s*$/, '') ?? '';
}

function variablesOf(theme: DiagramTheme): Readonly<Record<string, string | boolean>> {
  return {
    darkMode: theme.isDark,
    background: theme.background,
    primaryColor: theme.fill,
    primaryTextColor: theme.foreground,
    primaryBorderColor: theme.line,
    secondaryColor: theme.background,
    tertiaryColor: theme.background,
    lineColor: theme.line,
    textColor: theme.foreground,
    mainBkg: theme.fill,
    noteBkgColor: theme.fill,
    noteTextColor: theme.foreground,
    noteBorderColor: theme.line,
    edgeLabelBackground: theme.background,
    fontFamily: theme.fontFamily,
    fontSize: '14px',
  };
}

function report(message: FrameReport): void {
  parent.postMessage(message, '*');
}

start();
