/** What was dropped or pasted, read from a DataTransfer: its lists are empty as soon as the event is over. */
export interface Dropped {
  readonly files: readonly File[];
  /** Of the explorer or an editor's tab, without doubles. */
  readonly uris: readonly string[];
  /** Of web pages. */
  readonly links: readonly string[];
}

const URI_LISTS = ['application/vnd.code.uri-list', 'text/uri-list'] as const;
/** VS Code's own drags: a JSON list of URIs. */
const RESOURCES = 'resourceurls';
const MAX_URIS = 1_000;
const MAX_URI_LENGTH = 4_096;

/** Whether it is worth showing where it can be dropped. While dragging, only the types can be read. */
export function canBeDropped(transfer: DataTransfer | null): boolean {
  const types = transfer?.types.map((type) => type.toLowerCase()) ?? [];
  return (
    types.includes('files') || types.includes(RESOURCES) || URI_LISTS.some((t) => types.includes(t))
  );
}

export function droppedIn(transfer: DataTransfer): Dropped {
  const listed = URI_LISTS.flatMap((type) => transfer.getData(type).split(/\r?\n/));
  const all = [...listed, ...resources(transfer.getData(RESOURCES))]
    .map((uri) => uri.trim())
    .filter((uri) => /^[a-z][\w+.-]*:/i.test(uri) && uri.length <= MAX_URI_LENGTH);
  const links = all.filter((uri) => /^https?:/i.test(uri));
  const uris = all.filter((uri) => !links.includes(uri));
  return {
    // An editor's drag may come with a file, too: the URI says more.
    files: uris.length > 0 ? [] : [...transfer.files],
    uris: [...new Set(uris)].slice(0, MAX_URIS),
    links: [...new Set(links)],
  };
}

function resources(json: string): string[] {
  if (json === '') return [];
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/**
 * Files that are pasted. Office programs add a picture of the text that they copy: then it is the text that is meant; file
 * managers add the file's name: then it is the file.
 */
export function pastedFiles(transfer: DataTransfer): readonly File[] {
  const files = [...transfer.files];
  const text = transfer.getData('text/plain').trim();
  const isNames = files.some((file) => text.includes(file.name));
  return text === '' || isNames ? files : [];
}

/** From here on pasted text becomes an attachment. */
const LONG_CHARACTERS = 4_000;
const LONG_LINES = 80;

export function isLongText(text: string): boolean {
  return text.length > LONG_CHARACTERS || text.split('\n', LONG_LINES + 1).length > LONG_LINES;
}
