import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../../packages/tensorflow/src/host.ts';

/** What is installed on a made-up machine. */
export interface FakeHostOptions {
  /**
   * `old`: it does not understand our extension, and all else; `mismatched`: what it makes of our extension does not
   * load; `killed`: memory does not suffice for our extension.
   */
  readonly compiler?: 'works' | 'fails' | 'slow' | 'old' | 'mismatched' | 'killed' | 'missing';
  /** What the compiler says of itself. */
  readonly compilerVersion?: string;
  /** The wheel that pip would download; by default there is no pip. */
  readonly pipWheel?: string;
  /** What pip would say in the stead of downloading. */
  readonly pipFailure?: string;
  /** Whether the vendor's install script would succeed. */
  readonly vendor?: 'works' | 'fails';
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
}

/** A made-up machine with an empty cache, in a temporary folder. */
export interface FakeMachine {
  readonly folder: string;
  readonly host: Host;
  /** The programs that were called, each with its arguments on one line. */
  calls(): string[];
}

/** Shell scripts stand for the compiler, pip and Node; each writes down that it was called. */
export function fakeMachine(options: FakeHostOptions = {}): FakeMachine {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-install-'));
  const bin = join(folder, 'bin');
  const vendor = join(folder, 'tfjs-node-gpu');
  const log = join(folder, 'calls');
  for (const path of [bin, join(vendor, 'binding'), join(vendor, 'scripts')]) {
    mkdirSync(path, { recursive: true });
  }
  writeFileSync(join(vendor, 'binding', 'tfjs_binding.cc'), '// the binding');
  writeFileSync(join(vendor, 'scripts', 'install.js'), '');

  const program = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${log}\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
    return join(bin, name);
  };
  const { compiler = 'works', compilerVersion = 'g++ (Fake) 12.0' } = options;
  const { vendor: vendorScript = 'fails', pipWheel, pipFailure, platform = 'linux' } = options;
  if (compiler !== 'missing') program('g++', compilerScript(compiler, compilerVersion));
  if (pipWheel !== undefined) program('pip3', pipScript(pipWheel));
  if (pipFailure !== undefined) program('pip3', failingPipScript(pipFailure));
  const node = program('fake-node', nodeScript(vendor, vendorScript));
  return {
    folder,
    host: {
      platform,
      arch: 'x64',
      glibc: '2.36',
      kernel: '6.1.0',
      home: folder,
      env: { PATH: bin, XDG_CACHE_HOME: join(folder, 'cache'), ...options.env },
      node,
      vendorPackage: vendor,
      nodeApiHeaders: join(folder, 'headers'),
    },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
  };
}

const OUTPUT = 'while [ $# -gt 1 ]; do [ "$1" = -o ] && output=$2; shift; done';

function compilerScript(
  behaviour: Exclude<FakeHostOptions['compiler'], 'missing' | undefined>,
  version: string,
): string {
  const refuse = (file: string) => `echo "${file}:1: error: no such thing" >&2; exit 1`;
  const ofExtension = (action: string) => `case "$*" in *functions.cc*) ${action} ;; esac`;
  const action = {
    works: '',
    slow: '/bin/sleep 30',
    fails: refuse('tfjs_backend.cc'),
    old: ofExtension(refuse('functions.cc')),
    mismatched: ofExtension('kind=mismatched'),
    killed: ofExtension('echo "g++: fatal error: Killed signal terminated program cc1plus" >&2; exit 1'),
  }[behaviour];
  const answer = `[ "$1" = --version ] && { echo "${version}"; exit 0; }`;
  return [answer, action, OUTPUT, `echo "\${kind:-compiled}" > "$output"`].join('\n');
}

function pipScript(wheel: string): string {
  return [
    '[ "$1" = --version ] && { echo "pip 99.0 from nowhere (python 3.99)"; exit 0; }',
    '[ "$PIP_REQUIRE_VIRTUALENV" = true ] && { echo "ERROR: Could not find an activated virtualenv (required)." >&2; exit 3; }',
    'while [ $# -gt 1 ]; do [ "$1" = --dest ] && destination=$2; shift; done',
    'case "$1" in tensorflow-cpu*) ;; *) echo "ERROR: No matching distribution found" >&2; exit 1 ;; esac',
    `/bin/cp "${wheel}" "$destination"`,
  ].join('\n');
}

function failingPipScript(failure: string): string {
  return `[ "$1" = --version ] && exit 0\necho "${failure}" >&2\nexit 1`;
}

/** It answers for the probe that multiplies matrices, and for the vendor's install script. */
function nodeScript(vendor: string, behaviour: 'works' | 'fails'): string {
  const module = join(vendor, 'lib', 'napi-v8');
  const install = {
    works: `/bin/mkdir -p "${module}"; echo vendor > "${module}/tfjs_binding.node"`,
    fails: 'echo "Error: getaddrinfo ENOTFOUND the.vendors.host" >&2; exit 1',
  }[behaviour];
  return [
    `case "$1" in *install.js) ${install}; exit 0 ;; esac`,
    `/bin/grep -q mismatched "$2" && { echo "Error: undefined symbol: TraceMe" >&2; exit 1; }`,
    `echo '{ "tensorflow": "2.21.0", "gpu": false, "extension": true, "matmul": null }'`,
  ].join('\n');
}
