import { asking, fence } from './topic';
import type { Topic } from './topic';

const FLOW = `flowchart LR
  question[Question] --> limits{Within the limits?}
  limits -- yes --> wire[On the wire]
  limits -- no --> wait[Waits, visibly]
  wait --> limits
  wire -- 529 --> retry[Retry with backoff]
  retry --> limits
  wire -- first token --> stream[Streams to the panel]`;

const SEQUENCE = `sequenceDiagram
  participant P as Panel
  participant E as Engine
  participant S as Server
  P->>E: question
  E->>S: POST /v1/messages
  S-->>E: 529 overloaded
  E-->>P: "trying again in 2 s"
  E->>S: POST /v1/messages
  S-->>P: tokens as they come`;

const TEXT = `## Diagrams

Two that the **local simulator** has ready. The way of a question:

${fence('mermaid', FLOW)}

The same as a sequence:

${fence('mermaid', SEQUENCE)}

And one with a mistake in it, which stays as it is written:

${fence('mermaid', 'flowchart LR\n  a --> --> b')}
`;

export const diagramTopic: Topic = {
  ask: 'diagram',
  shows: 'Mermaid diagrams',
  showsInChinese: 'Mermaid 图表',
  pattern: asking('(?:mermaid )?diagrams?|mermaid|flow ?charts?|图表'),
  answer: () => ({ text: TEXT }),
};
