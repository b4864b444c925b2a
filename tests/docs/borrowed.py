# SPDX-License-Identifier: MIT
"""Check that each C library function that lib/ uses was reviewed.

borrowed.py SRCDIR, in the build directory; $NM lists symbols.  Each symbol that
a library needs has a line in borrowed.txt; each function of the headers is tried
in check_errno.c or check_errno_threads.c.
"""
import fnmatch
import os
import re
import shlex
import subprocess
import sys

import docs_mdoc

FLAGS = re.compile(r'^(-|[ACEFH]+)$')


def table(srcdir):
    """Names, or patterns, of each section."""
    sections, names = {}, None
    with open(os.path.join(srcdir, 'tests', 'docs', 'borrowed.txt'),
              encoding='utf-8') as f:
        for line in f:
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            if line.startswith('['):
                names = sections.setdefault(line.strip('[]'), set())
                continue
            name, flags, *verdict = line.split(None, 2)
            if not FLAGS.match(flags) or not verdict:
                raise SystemExit(f'borrowed.txt: no flags or verdict: {line}')
            names.add(name)
    return sections


def needed(library):
    """Its undefined symbols, without versions; None: not built."""
    path = f'.libs/{library}.so'
    if not os.path.exists(path):
        return None
    nm = shlex.split(os.environ.get('NM', '')) or ['nm']
    out = subprocess.run(nm + ['-D', '-u', path], capture_output=True,
                         text=True, check=True).stdout
    return {line.split()[-1].split('@')[0] for line in out.splitlines()}


def unjudged(library, names):
    for symbol in sorted(needed(library) or ()):
        if not any(fnmatch.fnmatchcase(symbol, n) for n in names):
            yield f'{library} calls {symbol}: judge it in tests/docs/borrowed.txt'


def untried(srcdir):
    tried = set()
    for name in ('system/check_errno.c', 'system/check_errno_threads.c',
                 'waits.c'):
        with open(os.path.join(srcdir, 'tests', name), encoding='utf-8') as f:
            tried |= set(re.findall(r'\bsync_\w+', f.read()))
    for header in docs_mdoc.headers(srcdir):
        if header.file == 'explore.h':
            continue
        for _, functions in header.groups:
            for name in sorted(set(functions) - tried):
                yield f'{name}: check_errno*.c do not try it'


def main():
    srcdir = sys.argv[1]
    sections = table(srcdir)
    ours = sections['libsync'] | sections['made of macros, or by compilers']
    wrong = list(unjudged('libsync', ours))
    wrong += unjudged('libsync-sim', ours | sections['libsync-sim'])
    wrong += untried(srcdir)
    for line in wrong:
        print(line)
    print(f'{len(wrong)} calls that nobody has looked at')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
