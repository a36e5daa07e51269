import type { JSX } from 'preact';
import type { TurnView } from '../../protocol/turn';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';

export function ToolUse({ tool }: { readonly tool: TurnView['tools'][number] }): JSX.Element {
  return (
    <details class="tool">
      <summary>
        <Icon name="tools" />
        <span class="tool-label">{strings.toolUse}</span>
        <code>{tool.name}</code>
      </summary>
      <pre tabIndex={0} aria-label={strings.toolInput}>
        {tool.input}
      </pre>
    </details>
  );
}
