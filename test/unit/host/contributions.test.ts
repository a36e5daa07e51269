import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { WINDOW_NAMES } from '../../../src/engine/metrics/figureWindows';
import {
  CHAT_EDITOR_TYPE,
  COMMANDS,
  COMPACTION_AT,
  METRICS_DAYS,
  CONTEXT,
  DASHBOARD_EDITOR_TYPE,
  DONE_BY_PAGE,
  EXPORT_PORT,
  EXTENSION_ID,
  HOST_SETTINGS,
  REPORT_EDITOR_TYPE,
  TREE_COMMANDS,
  TREE_CONTEXT,
  VIEWS,
} from '../../../src/host/contributions';
import {
  AUTH_STYLES,
  DEFAULT_API_VERSION,
  DEFAULT_GROUP,
  nameField,
  WEIGHTS,
} from '../../../src/host/endpoints/endpointFields';
import { ENTRY_MEMBERS } from '../../../src/host/endpoints/endpointList';
import { alertRuleSchema, MAX_ALERT_RULES } from '../../../src/host/alerts/alertRuleSettings';
import { ALERT_FLAGS, ALERT_NUMBERS } from '../../../src/host/alerts/alertSettings';
import { ALERT_METRICS } from '../../../src/engine/metrics/alerts/alertRules';
import { CONTEXT_SETTINGS } from '../../../src/host/context/contextSettings';
import { expectationOf } from '../../../src/host/settings/expectation';
import {
  defaultOf,
  engineSettingKeys,
  readEngineSettings,
} from '../../../src/host/settings/engineSettings';
import { DEFAULT_MODEL } from '../../../src/engine/models/builtinModels';

const settingSchema = v.looseObject({
  type: v.string(),
  default: v.unknown(),
  order: v.number(),
  scope: v.string(),
  markdownDescription: v.string(),
  minimum: v.optional(v.number()),
  maximum: v.optional(v.number()),
  enum: v.optional(v.array(v.string())),
  markdownEnumDescriptions: v.optional(v.array(v.string())),
});
const listSchema = v.record(v.string(), v.array(v.looseObject({ id: v.string() })));
const menuSchema = v.record(
  v.string(),
  v.array(v.object({ command: v.string(), when: v.string(), group: v.optional(v.string()) })),
);
const manifest = v.parse(
  v.object({
    name: v.string(),
    publisher: v.string(),
    activationEvents: v.array(v.string()),
    capabilities: v.looseObject({
      untrustedWorkspaces: v.looseObject({ restrictedConfigurations: v.array(v.string()) }),
    }),
    contributes: v.looseObject({
      commands: v.array(
        v.looseObject({ command: v.string(), title: v.string(), category: v.literal('Pulse') }),
      ),
      configuration: v.array(
        v.object({
          id: v.string(),
          title: v.string(),
          order: v.number(),
          properties: v.record(v.string(), settingSchema),
        }),
      ),
      views: listSchema,
      menus: menuSchema,
      keybindings: v.array(
        v.looseObject({
          command: v.string(),
          key: v.string(),
          mac: v.string(),
          args: v.optional(v.string()),
          // One that counts everywhere would take a key from others.
          when: v.pipe(v.string(), v.minLength(1)),
        }),
      ),
    }),
  }),
  JSON.parse(readFileSync('package.json', 'utf8')),
);
const { contributes } = manifest;
const settings: Readonly<Record<string, v.InferOutput<typeof settingSchema>>> = Object.fromEntries(
  contributes.configuration.flatMap(({ properties }) => Object.entries(properties)),
);
const entrySchema = v.looseObject({
  items: v.looseObject({
    properties: v.looseObject({
      name: v.looseObject({ pattern: v.string() }),
      authStyle: v.looseObject({ enum: v.array(v.string()) }),
      weight: v.looseObject({}),
    }),
  }),
});
const ruleSchema = v.looseObject({
  maxItems: v.number(),
  items: v.looseObject({
    properties: v.record(v.string(), v.looseObject({ enum: v.optional(v.array(v.string())) })),
  }),
});
const english = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync('package.nls.json', 'utf8')),
);
const chinese = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync('package.nls.zh-cn.json', 'utf8')),
);
const manifestText = readFileSync('package.json', 'utf8');

function isRefused(key: string, value: unknown): boolean {
  return readEngineSettings((name) => (name === key ? value : undefined)).problems.length > 0;
}

function sorted(values: Iterable<string>): string[] {
  return [...values].sort();
}

describe('package.json and the code', () => {
  it('name the same extension', () => {
    expect(`${manifest.publisher}.${manifest.name}`).toBe(EXTENSION_ID);
  });

  it('have the same commands', () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(
      sorted(Object.values(COMMANDS)),
    );
  });

  it('have the same views and editors', () => {
    const views = Object.values(contributes.views).flat();
    expect(sorted(views.map(({ id }) => id))).toEqual(sorted(Object.values(VIEWS)));
    expect(manifest.activationEvents).toEqual(
      [CHAT_EDITOR_TYPE, REPORT_EDITOR_TYPE, DASHBOARD_EDITOR_TYPE].map(
        (type) => `onWebviewPanel:${type}`,
      ),
    );
  });

  it('have the same settings', () => {
    const known = [
      ...Object.values(HOST_SETTINGS),
      ...engineSettingKeys().map((key) => `pulse.${key}`),
      ...Object.keys(CONTEXT_SETTINGS).map((name) => `pulse.context.${name}`),
      ...Object.keys({ ...ALERT_NUMBERS, ...ALERT_FLAGS }).map((name) => `pulse.${name}`),
    ];
    expect(sorted(Object.keys(settings))).toEqual(sorted(known));
  });

  it('use only commands in menus that exist, and context keys that are set', () => {
    const ids = new Set<string>(Object.values(COMMANDS));
    const keys = new Set<string>(Object.values(CONTEXT));
    for (const { command, when } of Object.values(contributes.menus).flat()) {
      expect(ids).toContain(command);
      const used = when.match(/(?<!== )\bpulse\.\w+(?= [!=]|$| &&)/gu) ?? [];
      for (const key of used) expect(keys).toContain(key);
    }
  });

  it('use only commands in keybindings that exist, each in a place of its own', () => {
    const ids = new Set<string>(Object.values(COMMANDS));
    for (const { command, args } of contributes.keybindings) {
      expect(ids).toContain(command);
      expect([undefined, DONE_BY_PAGE]).toContain(args);
    }
    const places = contributes.keybindings.map(({ key, when }) => `${key} ${when}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('use only kinds of lines in menus that the tree has', () => {
    const kinds = new Set<string>(Object.values(TREE_CONTEXT));
    for (const { when } of contributes.menus['view/item/context'] ?? []) {
      const [, kind] = /viewItem == ([\w.]+)/u.exec(when) ?? [];
      if (kind !== undefined) expect(kinds).toContain(kind);
    }
  });

  it('keep commands about an element out of the palette', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false');
    expect(sorted(hidden?.map(({ command }) => command) ?? [])).toEqual(
      sorted([...TREE_COMMANDS].map((name) => COMMANDS[name])),
    );
  });
});

describe('settings in package.json', () => {
  it.each(engineSettingKeys())('%s has the engine’s default', (key) => {
    expect(settings[`pulse.${key}`]?.default).toEqual(defaultOf(key));
  });

  it.each(engineSettingKeys().filter((key) => expectationOf(key)?.kind === 'number'))(
    '%s has the engine’s range: its ends are taken, what is beyond is not',
    (key) => {
      const { minimum = Number.NaN, maximum = Number.NaN } = settings[`pulse.${key}`] ?? {};
      expect([minimum, maximum].map((value) => isRefused(key, value))).toEqual([false, false]);
      expect([minimum - 1, maximum + 1].map((value) => isRefused(key, value))).toEqual([
        true,
        true,
      ]);
    },
  );

  it.each(engineSettingKeys())('%s has the engine’s type', (key) => {
    const { type, enum: options } = settings[`pulse.${key}`] ?? {};
    const expectation = expectationOf(key);
    switch (expectation?.kind) {
      case 'number':
        expect(type).toBe(expectation.whole ? 'integer' : 'number');
        break;
      case 'choice':
        expect(options).toEqual(expectation.options);
        break;
      case 'boolean':
        expect(type).toBe('boolean');
        break;
      case undefined:
        expect(['pulse.prices', 'pulse.fallback.models']).toContain(`pulse.${key}`);
    }
  });

  it.each(Object.entries(CONTEXT_SETTINGS))(
    'context.%s has the code’s default, range and type',
    (name, { min, max, default: fallback, whole }) => {
      expect(settings[`pulse.context.${name}`]).toMatchObject({
        default: fallback,
        minimum: min,
        maximum: max,
        type: whole ? 'integer' : 'number',
      });
    },
  );

  it('of alerts have the code’s defaults and ranges', () => {
    for (const [name, { min, max, fallback }] of Object.entries(ALERT_NUMBERS)) {
      const range = { type: 'number', minimum: min, maximum: max, default: fallback };
      expect(settings[`pulse.${name}`]).toMatchObject(range);
    }
    for (const [name, fallback] of Object.entries(ALERT_FLAGS)) {
      expect(settings[`pulse.${name}`]).toMatchObject({ type: 'boolean', default: fallback });
    }
  });

  it('describe a rule for alerts as the code reads it', () => {
    const { maxItems, items } = v.parse(ruleSchema, settings[HOST_SETTINGS.alertRules]);
    expect(maxItems).toBe(MAX_ALERT_RULES);
    expect(sorted(Object.keys(items.properties))).toEqual(
      sorted(Object.keys(alertRuleSchema.entries)),
    );
    expect(items.properties['metric']?.enum).toEqual(ALERT_METRICS);
    expect(items.properties['window']?.enum).toEqual(WINDOW_NAMES);
  });

  it('explain each choice, where there is one between words of the engine', () => {
    for (const key of engineSettingKeys()) {
      const { enum: options, markdownEnumDescriptions: texts } = settings[`pulse.${key}`] ?? {};
      expect(texts?.length).toBe(options?.length);
    }
  });

  it('stand in sections, each setting at a place of its own', () => {
    const sections = contributes.configuration;
    expect(sections.map(({ order }) => order)).toEqual(sections.map((_, index) => index + 1));
    for (const { properties } of sections) {
      const orders = Object.values(properties).map(({ order }) => order);
      expect(orders).toEqual(orders.map((_, index) => index + 1));
    }
  });

  it('have the code’s own range for the share at which chats are summarised', () => {
    const { compactionAt, metricsDays } = HOST_SETTINGS;
    for (const [key, { min, max, fallback }] of [
      [compactionAt, COMPACTION_AT],
      [metricsDays, METRICS_DAYS],
    ] as const) {
      expect(settings[key]).toMatchObject({ minimum: min, maximum: max, default: fallback });
    }
  });

  it('have the code’s own range for the port where metrics are told', () => {
    const { min, max, fallback } = EXPORT_PORT;
    const { prometheusPort } = HOST_SETTINGS;
    const range = { minimum: min, maximum: max, default: fallback };
    expect(settings[prometheusPort]).toMatchObject(range);
  });

  it('have the code’s own defaults for the endpoint and the model', () => {
    expect(settings[HOST_SETTINGS.model]?.default).toBe(DEFAULT_MODEL);
    expect(settings[HOST_SETTINGS.apiVersion]?.default).toBe(DEFAULT_API_VERSION);
    expect(settings[HOST_SETTINGS.authStyle]?.enum).toEqual(AUTH_STYLES);
    expect(settings[HOST_SETTINGS.endpointGroup]?.default).toBe(DEFAULT_GROUP);
  });

  it('describe an entry of the list of endpoints as the code reads it', () => {
    const entry = v.parse(entrySchema, settings[HOST_SETTINGS.endpoints]).items;
    expect(sorted(Object.keys(entry.properties))).toEqual(sorted(ENTRY_MEMBERS));
    expect(entry.properties.authStyle.enum).toEqual(AUTH_STYLES);
    expect(entry.properties.weight).toMatchObject({ minimum: WEIGHTS.min, maximum: WEIGHTS.max });
    const pattern = new RegExp(entry.properties.name.pattern, 'u');
    for (const name of [
      'a',
      'été-2.b_c',
      '第二',
      'x'.repeat(40),
      '',
      'a b',
      'a#b',
      'x'.repeat(41),
    ]) {
      expect(pattern.test(name)).toBe(nameField(name).ok);
    }
  });

  it('that say where keys and metrics are sent, and how long things are kept, can’t be set by a workspace', () => {
    const { baseUrl, authStyle, apiVersion, headers, endpointGroup, endpoints, metricsDays } =
      HOST_SETTINGS;
    const exported = Object.values(HOST_SETTINGS).filter((key) => key.startsWith('pulse.export.'));
    const ofMachine = new Set<string>([
      baseUrl,
      authStyle,
      apiVersion,
      headers,
      endpointGroup,
      endpoints,
      metricsDays,
      ...exported,
    ]);
    for (const key of Object.values(HOST_SETTINGS)) {
      expect(settings[key]?.scope).toBe(ofMachine.has(key) ? 'machine' : 'window');
    }
  });

  it('are not taken from an untrusted workspace', () => {
    const open = Object.keys(settings).filter((key) => settings[key]?.scope !== 'machine');
    expect(sorted(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations)).toEqual(
      sorted(open),
    );
  });
});

describe('translations of package.json', () => {
  const used = [...manifestText.matchAll(/"%([\w.]+)%"/gu)].map((match) => match[1] ?? '');

  it('exist for every text, and no others do', () => {
    expect(sorted(Object.keys(english))).toEqual(sorted(new Set(used)));
    expect(sorted(Object.keys(chinese))).toEqual(sorted(Object.keys(english)));
  });

  it('name the same settings', () => {
    const settingsIn = (text = ''): string[] => (text.match(/#pulse\.[\w.]+#/gu) ?? []).toSorted();
    for (const [key, text] of Object.entries(english)) {
      expect(settingsIn(chinese[key])).toEqual(settingsIn(text));
      for (const name of settingsIn(text)) expect(settings).toHaveProperty([name.slice(1, -1)]);
    }
  });

  it('link to the same commands', () => {
    const commandsIn = (text = ''): string[] => text.match(/command:[\w.]+/gu) ?? [];
    for (const [key, text] of Object.entries(english)) {
      expect(commandsIn(chinese[key])).toEqual(commandsIn(text));
    }
  });
});
