import { DEFAULT_SETTINGS } from '../../engine/settings';
import type { EngineSettings } from '../../engine/settings';
import { formatCount } from '../format';
import { escapeMarkdown, markdownTable } from '../markdown';
import type { Translate } from '../translate';
import { exactDuration } from './durations';
import { idPart, leaf } from './metricNode';
import type { MetricNode } from './metricNode';
import { settingEffect } from './settingEffects';
import type { EffectSources } from './settingEffects';

type Group = Readonly<Record<string, unknown>>;

/** Every setting of the engine with its value and, where it can be seen, its effect now. New settings appear by themselves. */
export function settingsNode(
  settings: EngineSettings,
  sources: EffectSources,
  t: Translate,
): MetricNode {
  const defaults: Group = DEFAULT_SETTINGS;
  const children = Object.entries(settings).map(([name, value]) =>
    isGroup(name, value)
      ? groupNode(name, value, defaults[name], sources, t)
      : settingNode(name, value, defaults[name], sources, t),
  );
  return {
    id: 'settings',
    label: t('Settings in effect'),
    icon: 'settings-gear',
    description: changedText(countChanged(children), t),
    children,
  };
}

function groupNode(
  name: string,
  values: Group,
  defaults: unknown,
  sources: EffectSources,
  t: Translate,
): MetricNode {
  const known = isGroup(name, defaults) ? defaults : {};
  const children = Object.entries(values).map(([member, value]) =>
    settingNode(`${name}.${member}`, value, known[member], sources, t),
  );
  const changed = countChanged(children);
  return {
    id: `settings/${idPart(name)}`,
    label: name,
    ...(changed === 0 ? {} : { description: changedText(changed, t), icon: CHANGED_ICON }),
    children,
  };
}

const CHANGED_ICON = 'edit';

/** `name` as in the editor, without `pulse.`. */
function settingNode(
  name: string,
  value: unknown,
  fallback: unknown,
  sources: EffectSources,
  t: Translate,
): MetricNode {
  const shown = valueText(name, value, t);
  const usual = valueText(name, fallback, t);
  const isChanged = JSON.stringify(value) !== JSON.stringify(fallback);
  const effect = settingEffect(name, sources, t);
  const settingId = `pulse.${name}`;
  return leaf(
    `settings/${idPart(name)}`,
    name,
    [
      isChanged ? t('{0} (default {1})', shown, usual) : shown,
      ...(effect === undefined ? [] : [effect]),
    ].join(' · '),
    {
      ...(isChanged ? { icon: CHANGED_ICON } : {}),
      settingId,
      tooltip: `${markdownTable(escapeMarkdown(settingId), [
        [t('Value'), shown],
        [t('Default'), usual],
        ...(effect === undefined ? [] : [[t('Effect now'), effect] as const]),
      ])}\n\n${escapeMarkdown(t('Click to open this setting.'))}`,
    },
  );
}

function countChanged(nodes: readonly MetricNode[]): number {
  return nodes.reduce(
    (count, { children, icon }) =>
      count + (children ? countChanged(children) : Number(icon === CHANGED_ICON)),
    0,
  );
}

function changedText(changed: number, t: Translate): string {
  return changed === 0 ? t('all defaults') : t('{0} changed', formatCount(changed));
}

function valueText(name: string, value: unknown, t: Translate): string {
  if (typeof value === 'boolean') return value ? t('on') : t('off');
  if (typeof value === 'number') {
    return name.endsWith('Ms') ? exactDuration(value) : value.toLocaleString('en-US');
  }
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? t('none') : value.map(String).join(', ');
  if (typeof value === 'object' && value !== null) {
    const { length } = Object.keys(value);
    return length === 0 ? t('none') : t('{0} entries', formatCount(length));
  }
  return '–';
}

/** `prices` is a table of the user's own, everything else that is an object is a group of settings. */
function isGroup(name: string, value: unknown): value is Group {
  return name !== 'prices' && typeof value === 'object' && value !== null && !Array.isArray(value);
}
