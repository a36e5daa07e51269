import { chinese } from './chinese';
import { english } from './english';
import type { Strings } from './english';

/** The texts in the editor's language, which the host writes into the page: English where there is no other. */
export const strings: Strings =
  document.documentElement.lang.toLowerCase() === 'zh-cn' ? chinese : english;
