// Beside which field of a form a problem is told. What is named nowhere here is told above the form.
import type { Connection } from '../host/bindings/Connection';
import type { Problem } from '../host/bindings/Problem';

/** How it is signed in: into a mailbox that is used elsewhere, too; with what opens it kept in the computer's credential store. */
export interface How {
  take_over: boolean;
  keep: boolean;
}

export type CrmField = 'url' | 'user' | 'access_key';
export type ExchangeField = 'email' | 'password' | 'user' | 'url' | 'past_days';

const ADDRESS = ['address_malformed', 'address_not_secure', 'host_not_found', 'nothing_at_address', 'server_unreachable', 'certificate_not_trusted'];
const SECRET = ['wrong_password', 'password_expired', 'wrong_access_key', 'access_key_no_longer_valid', 'access_key_undefined', 'secret_missing'];

export function crmField({ code }: Problem): CrmField | null {
  if (ADDRESS.includes(code) || code === 'not_crm') return 'url';
  return SECRET.includes(code) ? 'access_key' : null;
}

/** Where no address was typed, the e-mail address led to the server. */
export function exchangeField({ code }: Problem, typedAddress: boolean): ExchangeField | null {
  if (ADDRESS.includes(code) || code === 'not_exchange') return typedAddress ? 'url' : 'email';
  if (code === 'address_foreign') return 'url';
  if (code === 'mailbox_not_found') return 'email';
  return SECRET.includes(code) ? 'password' : null;
}

/** Whether an empty field means what is kept already; no more where the server refused it. */
export function keepsSecret({ connected, problem }: Connection): boolean {
  return connected && !(problem && [...SECRET, 'sign_in_stopped'].includes(problem.code));
}

/** The number in a field of days; `null` where it is none. */
export function daysOf(text: string): number | null {
  return /^\d+$/.test(text.trim()) ? Number(text.trim()) : null;
}
