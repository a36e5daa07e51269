import * as v from 'valibot';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { TokenStyle } from '../../protocol/tokenColors';
import type { Log } from '../logging/log';
import { customRules, loadRules, tokenStyles } from './themeRules';

/** Largest file of a theme that is read, bytes. */
const LARGEST_FILE = 2_000_000;

const themesSchema = v.array(
  v.object({
    id: v.optional(v.string()),
    label: v.optional(v.string()),
    uiTheme: v.optional(v.string()),
    path: v.string(),
  }),
);

const UI_THEMES: Readonly<Record<vscode.ColorThemeKind, string>> = {
  [vscode.ColorThemeKind.Light]: 'vs',
  [vscode.ColorThemeKind.Dark]: 'vs-dark',
  [vscode.ColorThemeKind.HighContrast]: 'hc-black',
  [vscode.ColorThemeKind.HighContrastLight]: 'hc-light',
};

/** Settings that name the theme in use; which of them does depends on what else is set. */
const THEME_SETTINGS = [
  'workbench.colorTheme',
  'workbench.preferredDarkColorTheme',
  'workbench.preferredLightColorTheme',
  'workbench.preferredHighContrastColorTheme',
  'workbench.preferredHighContrastLightColorTheme',
] as const;
const CUSTOM_SETTING = 'editor.tokenColorCustomizations';

interface Theme {
  readonly name: string;
  readonly file: vscode.Uri;
}

/**
 * How the editor's theme colours code. There is no API for it: the theme's own file is read, when it is first asked for. Themes
 * that are installed where this extension does not run (in a browser, or on the other side of SSH) can't be read.
 */
export class ThemeColors extends Disposable {
  readonly #log: Log;
  readonly #changed = this._register(new Emitter<void>());
  #styles: Promise<readonly TokenStyle[]> | undefined;

  readonly onChange = this.#changed.event;

  constructor(log: Log) {
    super();
    this.#log = log;
    this._register(vscode.window.onDidChangeActiveColorTheme(() => this.#forget()));
    this._register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        const settings = [...THEME_SETTINGS, CUSTOM_SETTING];
        if (settings.some((setting) => event.affectsConfiguration(setting))) this.#forget();
      }),
    );
  }

  /** Empty where the theme can't be read. Never rejects. */
  styles(): Promise<readonly TokenStyle[]> {
    this.#styles ??= this.#read().catch((error: unknown) => {
      this.#log.info(`The theme's colours of code could not be read: ${String(error)}`);
      return [];
    });
    return this.#styles;
  }

  #forget(): void {
    // What nobody has asked for yet is read when somebody does.
    if (!this.#styles) return;
    this.#styles = undefined;
    this.#changed.fire();
  }

  async #read(): Promise<readonly TokenStyle[]> {
    const theme = themeInUse();
    if (!theme) return [];
    const rules = await loadRules('', async (path, from) => {
      const file =
        from === undefined ? theme.file : vscode.Uri.joinPath(vscode.Uri.parse(from), '..', path);
      return { text: await readText(file), path: file.toString() };
    });
    const custom = vscode.workspace.getConfiguration().get<unknown>(CUSTOM_SETTING);
    return tokenStyles([...rules, ...customRules(custom, theme.name)]);
  }
}

async function readText(file: vscode.Uri): Promise<string> {
  const bytes = await vscode.workspace.fs.readFile(file);
  if (bytes.byteLength > LARGEST_FILE) throw new Error(`${file.path} is too large`);
  return new TextDecoder().decode(bytes);
}

/** The theme that the settings name, of the kind that is shown. */
function themeInUse(): Theme | undefined {
  const settings = vscode.workspace.getConfiguration();
  const [chosen, ...preferred] = THEME_SETTINGS.map((setting) => settings.get<unknown>(setting));
  const follows = settings.get<unknown>('window.autoDetectColorScheme') === true;
  const names = follows ? [...preferred, chosen] : [chosen, ...preferred];
  const wanted = UI_THEMES[vscode.window.activeColorTheme.kind];
  for (const name of names) {
    const theme = typeof name === 'string' ? findTheme(name, wanted) : undefined;
    if (theme) return theme;
  }
  return undefined;
}

function findTheme(name: string, uiTheme: string): Theme | undefined {
  for (const { packageJSON, extensionUri } of vscode.extensions.all) {
    const manifest: unknown = packageJSON;
    for (const theme of themesOf(manifest)) {
      if ((theme.id ?? theme.label) !== name || (theme.uiTheme ?? 'vs-dark') !== uiTheme) continue;
      return { name, file: vscode.Uri.joinPath(extensionUri, theme.path) };
    }
  }
  return undefined;
}

function themesOf(manifest: unknown): v.InferOutput<typeof themesSchema> {
  const read = v.safeParse(v.object({ contributes: v.object({ themes: themesSchema }) }), manifest);
  return read.success ? read.output.contributes.themes : [];
}
