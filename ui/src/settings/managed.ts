// A value of the policy in words: its name and, where it is one of ours, its meaning.
import type { ManagedValue } from '../host/bindings/ManagedValue';
import type { Texts } from '../i18n/texts';

export interface ManagedWords {
  key: string;
  /** `null` where we have no words for the key. */
  label: string | null;
  value: string;
}

export function words({ key, value }: ManagedValue, texts: Texts): ManagedWords {
  const label = texts.find(`managed.${key}`) ?? null;
  const parts = read(value).map(
    (part) => texts.find(`managed.${key}.${part}`) ?? texts.find(`component.${part}`) ?? texts.find(`managed.value.${part}`) ?? part,
  );
  return { key, label, value: label === null ? plain(value) : parts.join(', ') || texts.t('history.empty_value') };
}

/** A policy writes its values as TOML; what people type there is also JSON. */
function read(value: string): string[] {
  try {
    const found: unknown = JSON.parse(value);
    if (Array.isArray(found)) return found.map(String);
    return [String(found)];
  } catch {
    return [value];
  }
}

/** The value without the quotes around it. */
export function plain(value: string): string {
  return /^"([^"\\]*)"$/.exec(value)?.[1] ?? value;
}
