import { existsSync } from 'node:fs';
import type { Host } from '../host.ts';

/** The command that installs the engine. */
export const INSTALL_COMMAND = 'npx loopwright install';

/** What to type to get a C++ compiler, by the package manager that is there. */
export function compilerRemedy({ platform, env }: Pick<Host, 'platform' | 'env'>): string {
  if (platform === 'darwin') return 'xcode-select --install';
  if (platform !== 'linux') return 'install a C++ compiler';
  const managers: readonly (readonly [string, string])[] = [
    ['apt-get', 'sudo apt-get install -y g++'],
    ['dnf', 'sudo dnf install -y gcc-c++'],
    ['yum', 'sudo yum install -y gcc-c++'],
    ['zypper', 'sudo zypper install -y gcc-c++'],
    ['pacman', 'sudo pacman -S --noconfirm gcc'],
    ['apk', 'sudo apk add g++'],
  ];
  const folders = [...(env.PATH ?? '').split(':'), '/usr/bin', '/sbin'];
  const found = managers.find(([manager]) => folders.some((folder) => existsSync(`${folder}/${manager}`)));
  return found?.[1] ?? 'install g++ or clang++ with your package manager';
}

/** What to type when no wheel could be had. */
export function wheelRemedies(): string[] {
  return [
    `${INSTALL_COMMAND} --index-url URL   (a package index that you can reach)`,
    `${INSTALL_COMMAND} --wheel FILE      (a tensorflow or tensorflow-cpu wheel, downloaded elsewhere)`,
  ];
}
