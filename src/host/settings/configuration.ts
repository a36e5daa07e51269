import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { MetricsRetention } from '../../engine/metrics/metricsHistory';
import type { EngineSettings } from '../../engine/settings';
import type { Endpoint } from '../../engine/types';
import type { HostAlertSettings } from '../alerts/alertSettings';
import {
  COMMANDS,
  COMPACTION_AT,
  HOST_SETTINGS,
  METRICS_DAYS,
  OBJECTIVE,
  DEFAULT_STATUS_FIELDS,
  STATUS_FIELDS,
} from '../contributions';
import type { StatusField } from '../contributions';
import { parseEndpointList } from '../endpoints/endpointList';
import { parseEndpointSettings } from '../endpoints/endpointSettings';
import { readContextSettings } from '../context/contextSettings';
import type { ContextSettings } from '../context/contextSettings';
import type { CompactionSettings } from '../chat/sessionCompaction';
import type { Log } from '../logging/log';
import { safePath } from '../workspacePath';
import { SettingProblems } from './settingProblems';

/** Figures by the hour are small: they are kept for over a year. */
const KEEP_HOURS_DAYS = 400;
const SECTION = 'pulse';
/** A notification is short; the log has the rest. */
const MAX_SHOWN_PROBLEMS = 3;

/** The settings under `pulse.`, checked. Refused values are told once, all together, and their defaults are used. */
export class Configuration extends Disposable {
  readonly #log: Log;
  readonly #changed = this._register(new Emitter<void>());
  readonly #problems: SettingProblems;

  readonly onChange = this.#changed.event;

  constructor(log: Log, clock: Clock) {
    super();
    this.#log = log;
    this.#problems = this._register(new SettingProblems(clock, (problems) => this.#tell(problems)));
    this._register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) this.#changed.fire();
      }),
    );
  }

  get model(): string {
    return this.#text(HOST_SETTINGS.model);
  }

  /** For titles and summaries; empty where Pulse chooses. */
  get smallModel(): string {
    return this.#text(HOST_SETTINGS.smallModel);
  }

  /** Whether chats are written down. */
  get keepsHistory(): boolean {
    return this.#flag(HOST_SETTINGS.history);
  }

  /** Whether the fast model gives chats their titles. */
  get makesTitles(): boolean {
    return this.#flag(HOST_SETTINGS.titles);
  }

  get compaction(): CompactionSettings {
    const share: unknown = vscode.workspace.getConfiguration().get(HOST_SETTINGS.compactionAt);
    const { min, max, fallback } = COMPACTION_AT;
    const isShare = typeof share === 'number' && share >= min && share <= max;
    return { auto: this.#flag(HOST_SETTINGS.compaction), at: isShare ? share : fallback };
  }

  /** What the status bar shows; what it can't is passed over. */
  get statusFields(): readonly StatusField[] {
    const value: unknown = vscode.workspace.getConfiguration().get(HOST_SETTINGS.statusFields);
    if (!Array.isArray(value)) return DEFAULT_STATUS_FIELDS;
    const fields: readonly unknown[] = value;
    return STATUS_FIELDS.filter((field) => fields.includes(field)).toSorted(
      (a, b) => fields.indexOf(a) - fields.indexOf(b),
    );
  }

  /** How long metrics are kept. */
  get metricsRetention(): MetricsRetention {
    const days: unknown = vscode.workspace.getConfiguration().get(HOST_SETTINGS.metricsDays);
    const { min, max, fallback } = METRICS_DAYS;
    const isDays = Number.isInteger(days) && Number(days) >= min && Number(days) <= max;
    const requestDays = isDays ? Number(days) : fallback;
    return { requestDays, hourDays: requestDays === 0 ? 0 : KEEP_HOURS_DAYS };
  }

  /** `undefined` for none. */
  get systemPrompt(): string | undefined {
    const text = this.#text(HOST_SETTINGS.systemPrompt);
    return text.trim() === '' ? undefined : text;
  }

  /** Files of the workspace that every question is told first; what is no path is passed over. */
  get instructionFiles(): readonly string[] {
    const value: unknown = vscode.workspace.getConfiguration().get(HOST_SETTINGS.instructionFiles);
    const paths: readonly unknown[] = Array.isArray(value) ? value : [];
    return paths.filter(
      (path): path is string => typeof path === 'string' && safePath(path) !== undefined,
    );
  }

  /** The first endpoint. Header values still hold their references to secrets. */
  readonly endpoint = (): Endpoint => {
    const read = vscode.workspace.getConfiguration();
    const { endpoint, problems } = parseEndpointSettings({
      baseUrl: read.get(HOST_SETTINGS.baseUrl),
      authStyle: read.get(HOST_SETTINGS.authStyle),
      apiVersion: read.get(HOST_SETTINGS.apiVersion),
      headers: read.get(HOST_SETTINGS.headers),
      group: read.get(HOST_SETTINGS.endpointGroup),
    });
    this.#problems.report('endpoint', problems);
    return endpoint;
  };

  /** The endpoints beside the first one, likewise. */
  readonly endpoints = (): readonly Endpoint[] => {
    const value = vscode.workspace.getConfiguration().get(HOST_SETTINGS.endpoints);
    const { endpoints, problems } = parseEndpointList(value, this.endpoint());
    this.#problems.report('endpoints', problems);
    return endpoints;
  };

  readonly engineSettings = async (): Promise<EngineSettings> => {
    const { problemText, readEngineSettings } = await import('./engineSettings');
    const section = vscode.workspace.getConfiguration(SECTION);
    const { settings, problems } = readEngineSettings((key) => section.get(key));
    this.#problems.report(
      'engine',
      problems.map((problem) => problemText(problem, vscode.l10n.t)),
    );
    return settings;
  };

  /** Limits of what goes along with questions, and where the gauge warns. */
  readonly contextSettings = (): ContextSettings => {
    const section = vscode.workspace.getConfiguration(SECTION);
    const { settings, problems } = readContextSettings((key) => section.get(key), vscode.l10n.t);
    this.#problems.report('context', problems);
    return settings;
  };

  /** What is watched, and the budgets. Loaded when it is first needed. */
  readonly alertSettings = async (): Promise<HostAlertSettings> => {
    const { readAlertSettings } = await import('../alerts/alertSettings');
    const section = vscode.workspace.getConfiguration(SECTION);
    const { settings, problems } = readAlertSettings((key) => section.get(key), vscode.l10n.t);
    this.#problems.report('alerts', problems);
    return settings;
  };

  /** The share of questions that are to be answered, 0-1. */
  get objective(): number {
    const percent: unknown = vscode.workspace.getConfiguration(SECTION).get('slo.availability');
    const { min, max, fallback } = OBJECTIVE;
    const isPercent = typeof percent === 'number' && percent >= min && percent <= max;
    return (isPercent ? percent : fallback) / 100;
  }

  /** Tells what is wrong with settings of `area` that are read elsewhere. */
  report(area: string, problems: readonly string[]): void {
    this.#problems.report(area, problems);
  }

  /** All of them are on unless they are switched off. */
  #flag(key: string): boolean {
    return vscode.workspace.getConfiguration().get(key) !== false;
  }

  #text(key: string): string {
    const value: unknown = vscode.workspace.getConfiguration().get(key);
    return typeof value === 'string' ? value : '';
  }

  #tell(problems: readonly string[]): void {
    for (const problem of problems) this.#log.warn(problem);
    const open = vscode.l10n.t('Open Settings');
    vscode.window.showWarningMessage(summary(problems), open).then(
      (picked) => {
        if (picked === open) void vscode.commands.executeCommand(COMMANDS.openSettings);
      },
      (error: unknown) => this.#log.error('A message could not be shown', error),
    );
  }
}

function summary(problems: readonly string[]): string {
  const { t } = vscode.l10n;
  const [only] = problems;
  if (problems.length === 1 && only !== undefined) return t('Wrong setting. {0}.', only);
  const shown = problems.slice(0, MAX_SHOWN_PROBLEMS).join(' · ');
  const rest = problems.length - MAX_SHOWN_PROBLEMS;
  return rest > 0
    ? t('{0} wrong settings. {1} · {2} more in the log.', problems.length, shown, rest)
    : t('{0} wrong settings. {1}.', problems.length, shown);
}
