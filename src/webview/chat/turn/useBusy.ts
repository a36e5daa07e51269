import { useLayoutEffect, useState } from 'preact/hooks';
import type { Panel } from '../panel';

/** Whether an answer is being written: then nothing is asked in the place of another question. */
export function useBusy({ store }: Panel): boolean {
  const [isBusy, setBusy] = useState(store.session?.busy ?? false);
  useLayoutEffect(() => {
    const look = (): void => setBusy(store.session?.busy ?? false);
    look();
    const looking = store.onSession(look);
    return () => looking.dispose();
  }, [store]);
  return isBusy;
}
