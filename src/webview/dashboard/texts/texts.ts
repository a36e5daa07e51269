import { chinese } from './chinese';
import { english } from './english';
import type { Texts } from './english';

/** The dashboard's texts in the editor's language, which the host writes into the page: English where there is no other. */
export const texts: Texts =
  document.documentElement.lang.toLowerCase() === 'zh-cn' ? chinese : english;
