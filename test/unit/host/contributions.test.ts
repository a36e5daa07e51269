import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  CHAT_EDITOR_TYPE,
  COMMANDS,
  CONTEXT,
  EXTENSION_ID,
  HOST_SETTINGS,
  TREE_COMMANDS,
  VIEWS,
} from '../../../src/host/contributions';
import { AUTH_STYLES, DEFAULT_API_VERSION } from '../../../src/host/endpoints/endpointSettings';
import {
  defaultOf,
  engineSettingKeys,
  readEngineSettings,
} from '../../../src/host/settings/engineSettings';
import { DEFAULT_MODEL } from '../../../src/engine/models/builtinModels';

const settingSchema = v.looseObject({
  default: v.unknown(),
  scope: v.string(),
  markdownDescription: v.string(),
  minimum: v.optional(v.number()),
  maximum: v.optional(v.number()),
  enum: v.optional(v.array(v.string())),
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
      configuration: v.object({
        title: v.string(),
        properties: v.record(v.string(), settingSchema),
      }),
      views: listSchema,
      menus: menuSchema,
    }),
  }),
  JSON.parse(readFileSync('package.json', 'utf8')),
);
const { contributes } = manifest;
const settings = contributes.configuration.properties;
const english = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync('package.nls.json', 'utf8')),
);
const chinese = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync('package.nls.zh-cn.json', 'utf8')),
);
const manifestText = readFileSync('package.json', 'utf8');

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
    expect(manifest.activationEvents).toEqual([`onWebviewPanel:${CHAT_EDITOR_TYPE}`]);
  });

  it('have the same settings', () => {
    const known = [
      ...Object.values(HOST_SETTINGS),
      ...engineSettingKeys().map((key) => `pulse.${key}`),
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

  it.each(engineSettingKeys().filter((key) => key !== 'prices'))(
    '%s has the engine’s range: its ends are taken, what is beyond is not',
    (key) => {
      const { minimum = Number.NaN, maximum = Number.NaN } = settings[`pulse.${key}`] ?? {};
      const refused = (value: number): boolean =>
        readEngineSettings((name) => (name === key ? value : undefined)).problems.length > 0;
      expect([minimum, maximum].map(refused)).toEqual([false, false]);
      expect([minimum - 1, maximum + 1].map(refused)).toEqual([true, true]);
    },
  );

  it('have the code’s own defaults for the endpoint and the model', () => {
    expect(settings[HOST_SETTINGS.model]?.default).toBe(DEFAULT_MODEL);
    expect(settings[HOST_SETTINGS.apiVersion]?.default).toBe(DEFAULT_API_VERSION);
    expect(settings[HOST_SETTINGS.authStyle]?.enum).toEqual(AUTH_STYLES);
  });

  it('that say where and how keys are sent can’t be set by a workspace', () => {
    const { baseUrl, authStyle, apiVersion, headers } = HOST_SETTINGS;
    for (const key of [baseUrl, authStyle, apiVersion, headers]) {
      expect(settings[key]?.scope).toBe('machine');
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

  it('link to the same commands', () => {
    const commandsIn = (text = ''): string[] => text.match(/command:[\w.]+/gu) ?? [];
    for (const [key, text] of Object.entries(english)) {
      expect(commandsIn(chinese[key])).toEqual(commandsIn(text));
    }
  });
});
