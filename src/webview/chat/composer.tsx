import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../protocol/chat';
import { MAX_PROMPT_LENGTH } from '../../protocol/chat';
import { Icon, IconButton } from '../shared/iconButton';
import { strings } from '../shared/strings';
import type { Panel } from './panel';
import { Picker } from './picker';

interface ComposerProps {
  readonly panel: Panel;
  readonly session: SessionView;
}

/** Delay between the last key and telling the host the draft, ms. */
const DRAFT_MS = 400;

/** Where questions are written; also says where they go. */
export function Composer({ panel, session }: ComposerProps): JSX.Element {
  const { text, change, input } = useDraft(panel, session);
  const hasEndpoint = session.endpoint.kind !== 'none';
  const canSend = hasEndpoint && !session.busy && text.trim() !== '';
  const send = (): void => {
    const [firstStep] = session.setup;
    if (!hasEndpoint && firstStep) panel.post({ type: 'action', action: firstStep.action });
    if (!canSend) return;
    panel.post({ type: 'send', text: text.trim() });
    change('');
  };
  const stop = (): void => panel.post({ type: 'stop' });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && session.busy) {
      event.preventDefault();
      stop();
    }
  };
  return (
    <form
      class="composer"
      aria-label={strings.composerLabel}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {hasEndpoint && <EndpointLabel endpoint={session.endpoint} />}
      <div class="composer-box">
        <textarea
          ref={input}
          rows={1}
          value={text}
          maxLength={MAX_PROMPT_LENGTH}
          aria-label={strings.composerLabel}
          placeholder={hasEndpoint ? strings.placeholder : strings.placeholderNoEndpoint}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <div class="composer-bar">
          <Pickers panel={panel} session={session} />
          {session.busy ? (
            <IconButton icon="debug-stop" label={strings.stop} className="stop" onClick={stop} />
          ) : (
            <button
              type="submit"
              class="icon-button send"
              title={strings.send}
              aria-label={strings.send}
              disabled={!canSend}
            >
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
    </form>
  );
}

function Pickers({ panel, session }: ComposerProps): JSX.Element {
  return (
    <div class="pickers">
      {session.models.length > 0 && (
        <Picker
          label={strings.model}
          options={session.models}
          value={session.model}
          onPick={(model) => panel.post({ type: 'selectModel', model })}
        />
      )}
      {session.efforts.length > 0 && (
        <Picker
          label={strings.effort}
          options={session.efforts}
          value={session.effort}
          onPick={(effort) => panel.post({ type: 'selectEffort', effort })}
        />
      )}
    </div>
  );
}

const ENDPOINT_ICONS = {
  none: 'debug-disconnect',
  api: 'cloud',
  demo: 'beaker',
  local: 'vm',
  custom: 'server',
} as const;

function EndpointLabel({ endpoint }: Pick<SessionView, 'endpoint'>): JSX.Element {
  return (
    <p class={`endpoint ${endpoint.kind}`} title={strings.endpoint(endpoint.label)}>
      <Icon name={ENDPOINT_ICONS[endpoint.kind]} />
      <span>{endpoint.label}</span>
    </p>
  );
}

interface Draft {
  readonly text: string;
  readonly change: (text: string) => void;
  readonly input: { readonly current: HTMLTextAreaElement | null };
}

/** What is being typed: kept here for a reload of the webview, and by the host for a reload of the window. */
function useDraft(panel: Panel, session: SessionView): Draft {
  const input = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => panel.saved.draft || session.draft);
  const latest = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const change = (next: string): void => {
    latest.current = next;
    setText(next);
    panel.saved.setDraft(next);
    clearTimeout(timer.current);
    const tell = (): void => panel.post({ type: 'draft', text: next });
    if (next === '') tell();
    else timer.current = setTimeout(tell, DRAFT_MS);
  };
  useLayoutEffect(() => {
    const take = (): void => {
      const asked = panel.store.takeForComposer();
      if (!asked) return;
      const inserted = asked.filter((part) => part !== '');
      if (inserted.length > 0) change(afterWhatIsThere(latest.current, inserted.join('\n')));
      input.current?.focus();
    };
    take();
    const taking = panel.store.onComposer(take);
    return () => {
      taking.dispose();
      clearTimeout(timer.current);
    };
  }, [panel]);
  useLayoutEffect(() => {
    if (input.current) fitHeight(input.current);
  }, [text]);
  return { text, change, input };
}

function afterWhatIsThere(there: string, inserted: string): string {
  return there === '' || there.endsWith('\n') ? there + inserted : `${there}\n${inserted}`;
}

/** Where style sheets can't make a text area as high as its text. */
function fitHeight(input: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  input.style.height = 'auto';
  input.style.height = `${String(input.scrollHeight)}px`;
}

/** Enter then ends the input method's word. Key code 229: some browsers report the key after the composition's end. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
