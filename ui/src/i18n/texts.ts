// Sentences, numbers and times in the user's language. The sentences themselves are in de.json and
// en.json, which the tray and the command line read as well; no sentence is written anywhere else.
import { getContext, setContext } from 'svelte';

import type { Problem } from '../host/bindings/Problem';
import de from './de.json';
import en from './en.json';

export type Language = 'de' | 'en';
/** A key as the code names it: a counted sentence is named without `_one` and `_other`. */
export type TextKey = keyof typeof en extends infer K ? (K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K) : never;
export type Values = Record<string, string | number>;

const SENTENCES: Record<Language, Record<string, string>> = { de, en };
const HOLE = /\{(\w+)\}/g;
const OPTIONAL = /\[([^[\]]*\{\w+\}[^[\]]*)\]/g;
/** Fields that hold a day or a moment. */
const TIMES = new Set(['start', 'end', 'due']);
/** Fields that are set or not. */
const FLAGS = new Set(['all_day', 'private']);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Everything that depends on the language. */
export class Texts {
  readonly language: Language;
  readonly #locale: string;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  constructor(language: Language, locale: string = language) {
    this.language = language;
    this.#locale = locale;
    this.#plural = new Intl.PluralRules(language);
    this.#number = new Intl.NumberFormat(locale);
  }

  /**
   * The sentence of a key: `{name}` is replaced by the value of that name, `count` chooses the plural, and a part
   * in brackets with a placeholder, as in `The server[ {server}] is busy`, is left out where that value is missing.
   */
  t(key: TextKey, values: Values = {}): string {
    return this.find(key, values) ?? key;
  }

  /** As `t`, for keys made of data: `undefined` when there is no such sentence. */
  find(key: string, values: Values = {}): string | undefined {
    const sentences = SENTENCES[this.language];
    const { count } = values;
    const counted = typeof count === 'number' ? sentences[`${key}_${this.#plural.select(count)}`] : undefined;
    return this.#fill(counted ?? sentences[key], values);
  }

  /** What happened. A code without a sentence still says its code, never nothing. */
  what(problem: Problem): string {
    return this.#ofProblem(problem, 'what') ?? this.t('error.unknown.what', { code: problem.code });
  }

  /** What the user can do about it in this window; where nothing else is said, what can be done anywhere. */
  next(problem: Problem): string {
    return this.#ofProblem(problem, 'window') ?? this.#ofProblem(problem, 'next') ?? this.t('error.unknown.next');
  }

  /** The name of a field as users know it; a field the policy added keeps its own name. */
  field(name: string): string {
    return this.find(`field.${name}`) ?? name;
  }

  /** How a person calls an entry; what has no name is called by its time. */
  title(title: string): string {
    if (title === '') return this.t('history.untitled');
    const time = /^\d{4}-\d{2}-\d{2}(T[\d:]+Z)?$/.test(title) ? this.#dayOrMoment(title) : undefined;
    return time === undefined ? title : `${this.t('history.untitled')} ${time}`;
  }

  /** Several fields by their names, as a problem names them. */
  #fields(names: string): string {
    return names
      .split(', ')
      .map((name) => this.field(name))
      .join(', ');
  }

  /** A value the way people write it: times and days of this language, words for what is a word of ours, or nothing. */
  value(field: string, value: string): string {
    if (value === '') return this.t('history.empty_value');
    if (TIMES.has(field)) return this.#dayOrMoment(value) ?? value;
    if (FLAGS.has(field)) return this.t('value.yes');
    if (field === 'reminder' && /^\d+$/.test(value)) {
      return this.find('value.minutes_before', { count: Number(value) }) ?? value;
    }
    return this.find(`value.${field}.${value}`) ?? value;
  }

  #dayOrMoment(value: string): string | undefined {
    const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    if (day) {
      const [year, month, date] = day.slice(1).map(Number) as [number, number, number];
      return this.#inFull(new Date(year, month - 1, date), undefined);
    }
    const moment = new Date(value);
    return Number.isNaN(moment.getTime()) ? undefined : this.#inFull(moment, 'short');
  }

  #inFull(at: Date, timeStyle: 'short' | undefined): string {
    const format: Intl.DateTimeFormatOptions = { dateStyle: 'medium', ...(timeStyle ? { timeStyle } : {}) };
    return new Intl.DateTimeFormat(this.#locale, format).format(at);
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  time(at: number): string {
    return new Intl.DateTimeFormat(this.#locale, { timeStyle: 'short' }).format(at);
  }

  /** A moment the way people say it: just now, 5 minutes ago, today at 14:03, on 3 May at 9:00. */
  when(at: number, now: number): string {
    const away = Math.abs(at - now);
    if (away < MINUTE) return this.t('window.time.just_now');
    if (away < 60 * MINUTE) return this.#minutes(Math.trunc((at - now) / MINUTE));
    return this.moment(at, now);
  }

  /** A moment in full, without `in 50 minutes`: today at 15:10, on 5 May at 8:00. */
  moment(at: number, now: number): string {
    const time = this.time(at);
    const days = daysBetween(at, now);
    if (days === 0) return this.t('window.time.today', { time });
    if (days === -1) return this.t('window.time.tomorrow', { time });
    if (days === 1) return this.t('window.time.yesterday', { time });
    return this.t('window.time.on', { date: this.#date(at, now), time });
  }

  /** The heading of a day in a list: Today, Yesterday, Monday 3 May. */
  day(at: number, now: number): string {
    const days = daysBetween(at, now);
    if (days === 0) return this.t('window.day.today');
    if (days === 1) return this.t('window.day.yesterday');
    return this.#date(at, now, 'long');
  }

  #ofProblem(problem: Problem, part: 'what' | 'next' | 'window'): string | undefined {
    const values: Values = { ...problem.values };
    // The CRM's own label stands in for a field that has no name of ours.
    const field = values['field'] ?? values['label'];
    if (field !== undefined) values['field'] = this.#fields(String(field));
    const seen = values['seen'];
    if (seen !== undefined) values['seen'] = this.#dayOrMoment(String(seen)) ?? seen;
    for (const name of ['count', 'of']) {
      const value = values[name];
      if (value !== undefined) values[name] = /^\d+$/.test(String(value)) ? this.number(Number(value)) : value;
    }
    // A problem may name two folders: where an entry lies, and the one that is synced.
    const named = { right: 'right', component: 'component', side: 'side', folder: 'folder', synced: 'folder' };
    for (const [name, area] of Object.entries(named)) {
      const word = this.find(`${area}.${values[name]}`);
      if (word !== undefined) values[name] = word;
    }
    return this.find(`error.${problem.code}.${part}`, values);
  }

  #minutes(minutes: number): string {
    return new Intl.RelativeTimeFormat(this.#locale, { numeric: 'always' }).format(minutes, 'minute');
  }

  #date(at: number, now: number, weekday?: 'long'): string {
    const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
    return new Intl.DateTimeFormat(this.#locale, {
      day: 'numeric',
      month: 'long',
      ...(weekday ? { weekday } : {}),
      ...(sameYear ? {} : { year: 'numeric' }),
    }).format(at);
  }

  #fill(sentence: string | undefined, values: Values): string | undefined {
    return sentence
      ?.replace(OPTIONAL, (_, part: string) => (holes(part).every((name) => name in values) ? part : ''))
      .replace(HOLE, (hole, name: string) => {
        const value = values[name];
        if (value === undefined) return hole;
        return typeof value === 'number' ? this.number(value) : value;
      });
  }
}

/** The texts of the app's language; where the app names none, the browser's first language we have. */
export function textsFor(wanted: string | null, browser: readonly string[]): Texts {
  const asked = wanted === null ? browser : [wanted, ...browser];
  const language = asked.map(languageOf).find((found) => found !== undefined) ?? 'en';
  const locale = browser.find((tag) => languageOf(tag) === language && tag.includes('-'));
  return new Texts(language, locale ?? (language === 'en' ? 'en-GB' : 'de-DE'));
}

/** Makes the texts known to every component below the calling one. */
export function provideTexts(texts: Texts): void {
  setContext('texts', texts);
}

export function useTexts(): Texts {
  return getContext<Texts>('texts');
}

function holes(part: string): string[] {
  return [...part.matchAll(HOLE)].map((hole) => hole[1] ?? '');
}

function languageOf(tag: string): Language | undefined {
  const language = tag.slice(0, 2).toLowerCase();
  return language === 'de' || language === 'en' ? language : undefined;
}

/** How many midnights lie between the two moments, in the user's time zone. */
function daysBetween(at: number, now: number): number {
  const midnight = (moment: number): number => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / DAY);
}
