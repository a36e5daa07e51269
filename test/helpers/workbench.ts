/**
 * VS Code's whole workbench in a page, with the extension in it, driven as a person would.
 *
 *   Workbench.open(browser, options)      a server and a page of its own; see WorkbenchOptions
 *   .page                                 Playwright's page, for everything that has no helper here
 *   .run('pulse.openChat')                a command, by a key of its own
 *   .openFile('app.ts')                   in an editor, by its name
 *   .webview('textarea')                  the frame of the extension's webview that holds the selector
 *   .statusBarItem('0.8 s')               a locator by text
 *   .setTheme('light')                    light | dark | hcDark | hcLight
 *   .setWorkspaceSettings({ ... })        merged into the file; in force at once
 *   .setUserSettings({ ... })             merged into the file; in force after reload()
 *   .setMachineSettings({ ... })          the same for machine-scoped settings
 *   .reload()                             the window, as "Developer: Reload Window" does
 *   .anotherWindow()                      on a folder of its own, with the same storage; to be disposed of first
 *   .killExtensionHost()                  as a crash of any extension does
 *   .resizeSecondarySideBar(200)          its width, px
 *   .screenshot('chat-light')             into artifacts/screenshots
 *   .closeSecondarySideBar()              where VS Code's own chat opens by itself
 *   .problems                             uncaught errors and CSP violations of the webviews so far
 *   .dispose()
 *
 * Every wait ends in an error that says what did not appear; none of them only lets time pass.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { quietSettings, remoteUri, testEnvironment } from '../../scripts/lib/extensionHost.mjs';
import { root, screenshotsDir } from '../../scripts/lib/paths.mjs';
import { settingsFiles, startServer } from '../../scripts/lib/serverProcess.mjs';
import { installExtension } from '../../scripts/lib/serverExtensions.mjs';
import { currentRelease, installVscodeServer } from '../../scripts/lib/vscodeServer.mjs';
import { keybindings, keyOf, type TestedCommand } from './commandKeys';
import { waitFor } from './waitFor';

type RunningServer = Awaited<ReturnType<typeof startServer>>;
type Settings = Readonly<Record<string, unknown>>;

export interface WorkbenchOptions {
  /** A folder with a package.json in development (default: this project), or a packaged .vsix. */
  readonly extension?: { readonly folder: string } | { readonly vsix: string };
  readonly extensionId?: string;
  /** Files of the workspace by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly userSettings?: Settings;
  readonly machineSettings?: Settings;
  /** For the extension host. What a developer has set for Claude is removed from it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default false: everything is trusted and no question is asked. */
  readonly workspaceTrust?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Release of VS Code's server, default: the current one. */
  readonly release?: typeof currentRelease;
  /** Of VS Code's own extensions, those beside the ones that every test meets; without the many others a start costs a third less. */
  readonly builtinExtensions?: 'all' | readonly string[];
}

const usualBuiltinExtensions = [
  ...['theme-defaults', 'theme-modern-icons', 'theme-seti'],
  ...['configuration-editing', 'git', 'git-base', 'media-preview'],
  ...['css', 'html', 'javascript', 'json', 'markdown-basics', 'shellscript', 'typescript-basics'],
];

/** The ids have changed between releases: these are the current one's. */
const themes = {
  light: { id: 'Light Modern', className: 'vs' },
  dark: { id: 'Dark Modern', className: 'vs-dark' },
  hcDark: { id: 'Default High Contrast', className: 'hc-black' },
  hcLight: { id: 'Default High Contrast Light', className: 'hc-light' },
} as const;

const openLimitMs = 60_000;
const stepLimitMs = 20_000;
const commandLimitMs = 30_000;
const paletteLimitMs = 1_500;

interface Parts {
  readonly server: RunningServer;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly dataDir: string;
  readonly workspaceDir: string;
  readonly extensionId: string;
  readonly developmentFolder: string | undefined;
  /** Whose server it is, where this is another window of it. */
  readonly owner?: Workbench;
}

export class Workbench {
  readonly page: Page;
  readonly workspaceDir: string;
  /** Everything the server has written: settings, logs, the extension's storage. */
  readonly dataDir: string;
  /** Uncaught errors, console errors and CSP violations of the extension's webviews. */
  readonly problems: string[] = [];
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.page = parts.page;
    this.workspaceDir = parts.workspaceDir;
    this.dataDir = parts.dataDir;
    this.#collectProblems();
  }

  static async open(browser: Browser, options: WorkbenchOptions = {}): Promise<Workbench> {
    const installed = await installVscodeServer(options.release ?? currentRelease);
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'pulse-e2e-'));
    const workspaceDir = path.join(dataDir, 'workspace');
    await writeFiles(workspaceDir, options.files ?? {});
    const extensionsDir = path.join(dataDir, 'extensions');
    const { extension = { folder: root }, builtinExtensions = [] } = options;
    if ('vsix' in extension)
      await installExtension(installed, extension.vsix, { dataDir, extensionsDir });
    await writeFiles(path.dirname(settingsFiles(dataDir).user), {
      'keybindings.json': JSON.stringify(keybindings()),
    });
    const server = await startServer({
      server: installed,
      dataDir,
      extensionsDir,
      automation: true,
      ...(builtinExtensions === 'all'
        ? {}
        : { builtinExtensions: [...usualBuiltinExtensions, ...builtinExtensions] }),
      workspaceTrust: options.workspaceTrust ?? false,
      userSettings: { ...quietSettings, ...options.userSettings },
      machineSettings: { ...options.machineSettings },
      env: testEnvironment(options.env),
    });
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const extensionId = options.extensionId ?? 'claude-pulse.claude-pulse';
    const developmentFolder = 'folder' in extension ? extension.folder : undefined;
    const places = { dataDir, workspaceDir, extensionId, developmentFolder };
    const workbench = new Workbench({ server, context, page, ...places });
    try {
      await workbench.#goto(developmentFolder);
    } catch (error) {
      await workbench.screenshot('failed-open');
      await workbench.dispose();
      throw error;
    }
    return workbench;
  }

  /** Resolves when the key has been seen; what comes of it is to be waited for. */
  async run(command: TestedCommand): Promise<void> {
    // A key that is really pressed is lost while the page of a webview that has the focus is still coming.
    await this.page.evaluate((key) => {
      (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', key));
    }, keyOf(command));
  }

  /** Opens a file of the workspace in an editor, which gets the focus. */
  async openFile(name: string): Promise<void> {
    await waitFor(`the file ${name}`, commandLimitMs, async () => {
      await this.page.keyboard.press('F1');
      const palette = this.page.locator('.quick-input-widget:visible');
      const row = palette.locator('.monaco-list-row').filter({ hasText: name }).first();
      const opened = await palette
        .locator('input')
        .fill(name, { timeout: paletteLimitMs })
        .then(() => row.click({ timeout: paletteLimitMs }))
        .then(
          () => true,
          () => false,
        );
      if (!opened) await this.page.keyboard.press('Escape');
      return opened;
    });
    await this.page
      .locator('.tab.active')
      .filter({ hasText: name })
      .waitFor({ timeout: stepLimitMs });
  }

  /** The inner frame of the extension's webview in which the selector is to be found. */
  async webview(selector: string): Promise<Frame> {
    return waitFor(`a webview with ${selector}`, stepLimitMs, async () => {
      for (const frame of this.webviewFrames()) {
        const found = await frame.$(selector).catch(() => null);
        if (found !== null) return frame;
      }
      return undefined;
    });
  }

  /** The inner frames of all webviews of the extension. */
  webviewFrames(): Frame[] {
    const mark = `extensionId=${this.#parts.extensionId}`;
    return this.page
      .frames()
      .filter((frame) => frame.url().includes('/fake.html'))
      .filter((frame) => decodeURIComponent(frame.parentFrame()?.url() ?? '').includes(mark));
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  async setTheme(theme: keyof typeof themes): Promise<void> {
    const { id, className } = themes[theme];
    await this.setWorkspaceSettings({ 'workbench.colorTheme': id });
    await this.page.locator(`.monaco-workbench.${className}`).waitFor({ timeout: stepLimitMs });
  }

  /** Takes effect at once: the workbench watches the workspace. */
  async setWorkspaceSettings(settings: Settings): Promise<void> {
    await mergeSettings(path.join(this.workspaceDir, '.vscode', 'settings.json'), settings);
  }

  /** Takes effect with the next reload(): VS Code's server does not watch this file. */
  async setUserSettings(settings: Settings): Promise<void> {
    await mergeSettings(settingsFiles(this.dataDir).user, settings);
  }

  /** As setUserSettings, for machine-scoped settings. */
  async setMachineSettings(settings: Settings): Promise<void> {
    await mergeSettings(settingsFiles(this.dataDir).machine, settings);
  }

  async reload(): Promise<void> {
    await this.page.reload({ timeout: openLimitMs });
    await this.#ready();
  }

  async anotherWindow(): Promise<Workbench> {
    const workspaceDir = await mkdtemp(path.join(this.dataDir, 'workspace-'));
    const page = await this.#parts.context.newPage();
    const another = new Workbench({ ...this.#parts, page, workspaceDir, owner: this });
    await another.#goto(this.#parts.developmentFolder);
    return another;
  }

  /** Resolves when it is dead; VS Code starts another one by itself. */
  async killExtensionHost(): Promise<void> {
    const logs = path.join(this.dataDir, 'user', 'logs');
    const files = await readdir(logs, { recursive: true });
    const hostLogs = files.filter((file) => path.basename(file) === 'remoteexthost.log');
    const texts = await Promise.all(
      hostLogs.map((file) => readFile(path.join(logs, file), 'utf8')),
    );
    const pids = Array.from(
      texts.join('\n').matchAll(/^(\S+ \S+) .*Extension host with pid (\d+) started/gm),
    )
      .toSorted(([, a = ''], [, b = '']) => a.localeCompare(b))
      .map(([, , pid]) => Number(pid));
    const pid = pids.at(-1);
    if (pid === undefined) throw new Error('No extension host has said its process.');
    process.kill(pid, 'SIGKILL');
    await waitFor('the end of the extension host', stepLimitMs, () => !isAlive(pid));
  }

  async resizeSecondarySideBar(width: number): Promise<void> {
    const bar = this.page.locator('.part.auxiliarybar');
    const box = await bar.boundingBox();
    if (!box) throw new Error('There is no secondary side bar.');
    const lefts = await this.page
      .locator('.monaco-sash.vertical:visible')
      .evaluateAll((all) =>
        all.map((sash) => sash.getBoundingClientRect()).map(({ x, width: w }) => x + w / 2),
      );
    // The one beside it: between the two there may be a gap.
    const at = lefts.toSorted((a, b) => Math.abs(a - box.x) - Math.abs(b - box.x))[0] ?? box.x;
    const y = box.y + box.height / 3;
    await this.page.mouse.move(at, y);
    await this.page.mouse.down();
    await this.page.mouse.move(at + box.width - width, y, { steps: 10 });
    await this.page.mouse.up();
  }

  async screenshot(name: string): Promise<string> {
    await mkdir(screenshotsDir, { recursive: true });
    const file = path.join(screenshotsDir, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  async closeSecondarySideBar(): Promise<void> {
    const bar = this.page.locator('.part.auxiliarybar');
    if (!(await bar.isVisible())) return;
    await this.run('workbench.action.closeAuxiliaryBar');
    await bar.waitFor({ state: 'hidden', timeout: stepLimitMs });
  }

  /** What the server and the extension host have printed. */
  serverOutput(): string {
    return this.#parts.server.output();
  }

  async dispose(): Promise<void> {
    if (this.#parts.owner) {
      await this.page.close();
      return;
    }
    await this.#parts.context.close();
    await this.#parts.server.stop();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #goto(developmentFolder: string | undefined): Promise<void> {
    const query = new URLSearchParams({ folder: this.workspaceDir });
    if (developmentFolder !== undefined) {
      const payload = [['extensionDevelopmentPath', remoteUri(developmentFolder)]];
      query.set('payload', JSON.stringify(payload));
    }
    await this.page.goto(`${this.#parts.server.origin}/?${query.toString()}`, {
      timeout: openLimitMs,
    });
    await this.#ready();
  }

  /** The workbench has drawn itself, and the keys of the commands are in force: VS Code reads them a while after the start. */
  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: openLimitMs });
    await this.page.locator('#status\\.host').waitFor({ timeout: openLimitMs });
    const picker = this.page.locator('.quick-input-widget');
    const becomes = (state: 'visible' | 'hidden') =>
      picker.waitFor({ state, timeout: paletteLimitMs }).then(
        () => true,
        () => false,
      );
    await waitFor('the keys of the commands', commandLimitMs, async () => {
      await this.run('workbench.action.quickOpen');
      return becomes('visible');
    });
    await waitFor('the picker to go', commandLimitMs, async () => {
      await this.page.keyboard.press('Escape');
      return becomes('hidden');
    });
  }

  #collectProblems(): void {
    const { page } = this;
    page.on('pageerror', (error) => {
      const stack = error.stack ?? error.message;
      if (!stack.includes('/out/vs/')) this.problems.push(`uncaught: ${stack}`);
    });
    page.on('console', (message) => {
      // The workbench's own scripts and requests have other addresses; inline ones have none.
      const { url } = message.location();
      const ofWebview = url === '' || /vscode-(remote-)?resource|fake\.html/.test(url);
      // The workbench asks for a service worker that its server does not have.
      const harmless = message.text().includes('when fetching the script');
      if (ofWebview && !harmless && message.type() === 'error')
        this.problems.push(`${message.text()} ${url}`.trim());
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function mergeSettings(file: string, settings: Settings): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const present = JSON.parse(text) as Settings;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ ...present, ...settings }, undefined, 2));
}
