import type { JSX } from 'preact';
import type { Tone } from '../../protocol/report';
import { Icon } from '../shared/iconButton';
import { strings } from '../shared/strings';

const ICONS: Readonly<Record<Tone, string>> = {
  good: 'pass',
  bad: 'error',
  doubtful: 'warning',
  plain: 'info',
};

interface Props {
  readonly tone: Tone;
  /** Whether the word is seen, and not only heard. */
  readonly isInWords?: boolean;
}

/** Says how something is: by a shape and a word, its colour comes on top. What is neither good nor bad has a mark only where words are. */
export function ToneMark({ tone, isInWords = false }: Props): JSX.Element | null {
  if (tone === 'plain') {
    return isInWords ? (
      <span class="tone plain">
        <Icon name={ICONS.plain} />
      </span>
    ) : null;
  }
  const word = strings.reportTone[tone];
  return (
    <span class={`tone ${tone}`} title={isInWords ? undefined : word}>
      <Icon name={ICONS[tone]} />
      <span class={isInWords ? 'tone-word' : 'visually-hidden'}>{`${word} `}</span>
    </span>
  );
}
