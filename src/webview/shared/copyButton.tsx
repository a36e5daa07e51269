import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copyText } from './clipboard';
import { IconButton } from './iconButton';
import { strings } from './strings';

/** How long the check mark shows, ms. */
export const COPIED_MS = 1_500;

/** Copies, says so, and shows it for a moment. */
export function useCopy(
  text: () => string,
  announce: (text: string) => void,
): readonly [isCopied: boolean, copy: () => void] {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    const done = await copyText(text());
    setCopied(done);
    announce(done ? strings.copied : strings.copyFailed);
  };
  return [isCopied, () => void copy()];
}

interface CopyButtonProps {
  readonly label: string;
  readonly text: () => string;
  readonly announce: (text: string) => void;
}

export function CopyButton({ label, text, announce }: CopyButtonProps): JSX.Element {
  const [isCopied, copy] = useCopy(text, announce);
  return <IconButton icon={isCopied ? 'check' : 'copy'} label={label} onClick={copy} />;
}
