/** A value of a pickle. Strings of bytes stay bytes; tuples are arrays. */
export type Pickled =
  | null
  | boolean
  | number
  | Uint8Array
  | readonly Pickled[]
  | Map<string, Pickled>
  | PickledArray;

/** An array of numpy, once it is built: its shape, the name of its type and its elements as they lie in the file. */
export class PickledArray {
  shape: number[] = [];
  dtype = '';
  bytes = new Uint8Array(0);
}

/** The three names that the official files look up, and nothing else: no code of a file is ever run. */
class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
class ArrayType {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
const GLOBALS = ['numpy.core.multiarray _reconstruct', 'numpy ndarray', 'numpy dtype'];

type Item =
  | null
  | boolean
  | number
  | Uint8Array
  | Map<string, Item>
  | PickledArray
  | Global
  | ArrayType
  | Item[];

const MARK = Symbol('mark');

/**
 * Reads a pickle of protocol 2 as Python 2 wrote the CIFAR archives: dictionaries, lists, tuples, numbers, strings and
 * numpy's arrays of bytes. Whatever else a pickle may ask for, code above all, is refused.
 *
 * @throws Error that says at which byte it ends early, or what it holds that the CIFAR files do not
 */
export function readPickle(bytes: Uint8Array): Pickled {
  return new PickleMachine(bytes).run() as Pickled;
}

/** The stack machine that a pickle is a program for (format: CPython's `Lib/pickletools.py`). */
class PickleMachine {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  private readonly stack: (Item | typeof MARK)[] = [];
  private readonly memo = new Map<number, Item>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Item {
    for (;;) {
      const code = this.uint8();
      if (code === 0x2e /* . STOP */) return this.pop();
      this.step(code);
    }
  }

  private step(code: number): void {
    switch (code) {
      case 0x80 /* PROTO */:
        {
          const version = this.uint8();
          if (version !== 2) throw new Error(`is a pickle of protocol ${version}, expected 2`);
          return;
        }
      case 0x28 /* ( MARK */:
        this.stack.push(MARK);
        return;
      case 0x71 /* q BINPUT */:
        this.memo.set(this.uint8(), this.top());
        return;
      case 0x72 /* r LONG_BINPUT */:
        this.memo.set(this.uint32(), this.top());
        return;
      case 0x61 /* a APPEND */:
        this.append([this.pop()]);
        return;
      case 0x65 /* e APPENDS */:
        this.append(this.popToMark());
        return;
      case 0x73 /* s SETITEM */:
        this.setItems([this.pop(), this.pop()].reverse());
        return;
      case 0x75 /* u SETITEMS */:
        this.setItems(this.popToMark());
        return;
      case 0x62 /* b BUILD */:
        build(this.pop(), this.top());
        return;
      default:
        this.stack.push(this.value(code));
    }
  }

  private value(code: number): Item {
    switch (code) {
      case 0x4e /* N NONE */:
        return null;
      case 0x88 /* NEWTRUE */:
        return true;
      case 0x89 /* NEWFALSE */:
        return false;
      case 0x4b /* K BININT1 */:
        return this.uint8();
      case 0x4d /* M BININT2 */:
        return this.view.getUint16(this.take(2), true);
      case 0x4a /* J BININT */:
        return this.view.getInt32(this.take(4), true);
      case 0x55 /* U SHORT_BINSTRING */:
        return this.string(this.uint8());
      case 0x54 /* T BINSTRING */:
        return this.string(this.uint32());
      case 0x7d /* } EMPTY_DICT */:
        return new Map<string, Item>();
      case 0x5d /* ] EMPTY_LIST */:
      case 0x29 /* ) EMPTY_TUPLE */:
        return [];
      case 0x85 /* TUPLE1 */:
      case 0x86 /* TUPLE2 */:
      case 0x87 /* TUPLE3 */:
        return Array.from({ length: code - 0x84 }, () => this.pop()).reverse();
      case 0x74 /* t TUPLE */:
        return this.popToMark();
      case 0x68 /* h BINGET */:
        return this.recall(this.uint8());
      case 0x6a /* j LONG_BINGET */:
        return this.recall(this.uint32());
      case 0x63 /* c GLOBAL */:
        return this.global();
      case 0x52 /* R REDUCE */:
        return reduce(this.pop(), this.pop());
      default:
        throw new Error(
          `holds the operation 0x${code.toString(16)} at byte ${this.at - 1}, which no CIFAR file has`,
        );
    }
  }

  private global(): Global {
    const name = `${this.line()} ${this.line()}`;
    if (GLOBALS.includes(name)) return new Global(name);
    throw new Error(`asks for ${JSON.stringify(name)}, which no CIFAR file does; it was not loaded`);
  }

  private append(items: Item[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new Error('appends to what is no list');
    for (const item of items) list.push(item);
  }

  private setItems(items: Item[]): void {
    const target = this.top();
    if (!(target instanceof Map) || items.length % 2 !== 0)
      throw new Error('sets items of what is no dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(text(items[i]), items[i + 1] as Item);
  }

  private recall(key: number): Item {
    const item = this.memo.get(key);
    if (item === undefined) throw new Error(`recalls ${key}, which it never stored`);
    return item;
  }

  private top(): Item {
    const item = this.stack.at(-1);
    if (item === undefined || item === MARK) throw new Error('takes from an empty stack');
    return item;
  }

  private pop(): Item {
    const item = this.top();
    this.stack.pop();
    return item;
  }

  private popToMark(): Item[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw new Error('lacks a mark');
    return this.stack.splice(mark).slice(1) as Item[];
  }

  private uint8(): number {
    return this.bytes[this.take(1)] as number;
  }

  private uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  private string(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    const start = this.take((end < 0 ? this.bytes.length : end) + 1 - this.at);
    return text(this.bytes.subarray(start, end));
  }

  private take(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new Error(`ends early, at byte ${this.bytes.length}`);
    this.at += length;
    return start;
  }
}

function text(value: Item | undefined): string {
  if (!(value instanceof Uint8Array)) throw new Error('has a key that is no string');
  return Buffer.from(value).toString('latin1');
}

/** The two calls that numpy's arrays are made with. */
function reduce(argument: Item, callable: Item): Item {
  if (callable instanceof Global && Array.isArray(argument)) {
    if (callable.name.endsWith('_reconstruct')) return new PickledArray();
    if (callable.name.endsWith('dtype')) return new ArrayType(text(argument[0]));
  }
  throw new Error('calls what is not to be called');
}

/** Gives an array its shape, type and elements; a type's own state says nothing that its name does not. */
function build(state: Item, target: Item): void {
  if (target instanceof ArrayType) return;
  if (!(target instanceof PickledArray) || !Array.isArray(state)) throw new Error('builds what is no array');
  const [, shape, type, columnsFirst, bytes] = state;
  if (
    !Array.isArray(shape) ||
    !(type instanceof ArrayType) ||
    columnsFirst !== false ||
    !(bytes instanceof Uint8Array)
  ) {
    throw new Error('has an array of another kind than the CIFAR files');
  }
  Object.assign(target, { shape, dtype: type.name, bytes });
}
