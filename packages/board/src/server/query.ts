import { Refusal } from './refusal.ts';

/** The parameters of an address. What is missing or out of range is refused. */
export class Query {
  private readonly values: URLSearchParams;

  constructor(query: string) {
    this.values = new URLSearchParams(query);
  }

  text(name: string): string {
    return this.values.get(name) ?? refuse(name);
  }

  /** Texts between commas; none for an empty one. */
  list(name: string): string[] {
    const text = this.values.get(name) ?? '';
    return text === '' ? [] : text.split(',');
  }

  flag(name: string): boolean {
    return this.values.get(name) === '1';
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name);
    return allowed.find((one) => one === value) ?? refuse(name);
  }

  /** A finite number within a range; `otherwise` if it is not there. */
  number<T>(
    name: string,
    otherwise: T,
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
  ): number | T {
    const text = this.values.get(name);
    if (text === null || text === '') return otherwise;
    const value = Number(text);
    return Number.isFinite(value) && value >= min && value <= max ? value : refuse(name);
  }
}

function refuse(name: string): never {
  throw new Refusal(400, `The parameter ${name} is missing or out of range.`);
}
