import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copyText } from './clipboard';
import { IconButton } from './iconButton';
import { strings } from './strings';

/** How long the check mark shows, ms. */
export const COPIED_MS = 1_500;

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
  readonly announce: (text: string) => void;
}

export function CopyButton({ label, text, announce }: CopyButtonProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    const done = await copyText(text());
    setCopied(done);
    announce(done ? strings.copied : strings.copyFailed);
  };
  return <IconButton icon={copied ? 'check' : 'copy'} label={label} onClick={() => void copy()} />;
}
