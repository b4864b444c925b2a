# SPDX-License-Identifier: MIT
"""Compile each example of the manual pages; run those that have a main.

docs_examples.py SRCDIR, in the build directory.  $EXAMPLES_CC compiles, with
$EXAMPLES_LIBS after it.  Examples that include <libsync/explore.h> are linked
with libsync-sim; if that was not built, they are only compiled.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

import docs_mdoc

STRICT = ['-std=c11', '-Wall', '-Wextra', '-Werror']
HANGS = 300  # seconds


def library(name):
    """What to link with, or None if it was not built."""
    if os.path.exists(f'.libs/lib{name}.a'):
        return [f'.libs/lib{name}.a']
    if not os.path.exists(f'lib{name}.la'):
        return None
    path = os.path.abspath('.libs')
    return ['-L' + path, '-l' + name, '-Wl,-rpath,' + path]


def library_of(text):
    return library('sync-sim' if '<libsync/explore.h>' in text else 'sync')


def build(source, program, srcdir, libs):
    """Compile; also link, if libs are given."""
    command = shlex.split(os.environ['EXAMPLES_CC']) + STRICT
    command += ['-I' + os.path.join(srcdir, 'include'), '-o', program, source]
    command += libs or ['-c']
    if libs:
        command += shlex.split(os.environ.get('EXAMPLES_LIBS', ''))
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def has_robust():
    with open('config.h', encoding='utf-8') as f:
        return '#define HAVE_PTHREAD_MUTEXATTR_SETROBUST 1' in f.read()


def run(program):
    env = {k: v for k, v in os.environ.items() if k != 'SYNC_MISUSE'}
    try:
        return subprocess.run([program], env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              timeout=HANGS)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess([program], 'a hang', '')


def try_example(page, line, text, folder, srcdir):
    """Whether it is correct; prints what it did."""
    where = f'{page.file}:{line}'
    whole = re.search(r'^main\(', text, re.M) is not None
    libs = library_of(text) if whole else None
    source = os.path.join(folder, f'{page.file}.{line}.c')
    program = source[:-2] + ('' if libs else '.o')
    with open(source, 'w', encoding='utf-8') as f:
        f.write(f'#line {line} "{page.path}"\n{text}')
    r = build(source, program, srcdir, libs)
    if r.returncode != 0:
        print(f'{where}: does not compile\n{r.stdout}')
        return False
    if not libs:
        print(f'{where}: compiles')
        return True
    if 'SYNC_ROBUST' in text and not has_robust():
        print(f'{where}: compiles, and needs robust mutexes')
        return True
    r = run(program)
    said = r.stdout.strip().replace('\n', ' | ')
    print(f'{where}: exit {r.returncode}: {said}')
    return r.returncode == 0


def main():
    srcdir = sys.argv[1]
    good = True
    with tempfile.TemporaryDirectory(prefix='docs_examples.', dir='.') as d:
        for page in docs_mdoc.pages(srcdir):
            if page.file.endswith('.1'):
                continue  # commands, not C
            programs = 0
            for line, text in page.examples():
                programs += re.search(r'^main\(', text, re.M) is not None
                good = try_example(page, line, text, d, srcdir) and good
            if programs == 0:
                print(f'{page.file}: no example that can be run')
                good = False
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
