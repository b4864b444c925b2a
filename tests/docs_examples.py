# SPDX-License-Identifier: MIT
"""Compile each example of the manual pages; run those that have a main.

docs_examples.py SRCDIR, in the build directory.  $EXAMPLES_CC compiles, with
$EXAMPLES_LIBS behind it.
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


def library():
    if os.path.exists('.libs/libsync.a'):
        return ['.libs/libsync.a']
    path = os.path.abspath('.libs')
    return ['-L' + path, '-lsync', '-Wl,-rpath,' + path]


def build(source, program, srcdir, whole):
    command = shlex.split(os.environ['EXAMPLES_CC']) + STRICT
    command += ['-I' + os.path.join(srcdir, 'include'), '-o', program, source]
    command += library() if whole else ['-c']
    if whole:
        command += shlex.split(os.environ.get('EXAMPLES_LIBS', ''))
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


def run(program):
    env = {k: v for k, v in os.environ.items() if k != 'SYNC_MISUSE'}
    try:
        return subprocess.run([program], env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              timeout=HANGS)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess([program], 'a hang', '')


def try_example(page, line, text, folder, srcdir):
    """Whether it is as it should be; says what it did."""
    where = f'{page.file}:{line}'
    whole = re.search(r'^main\(', text, re.M) is not None
    source = os.path.join(folder, f'{page.file}.{line}.c')
    program = source[:-2] + ('' if whole else '.o')
    with open(source, 'w', encoding='utf-8') as f:
        f.write(f'#line {line} "{page.path}"\n{text}')
    r = build(source, program, srcdir, whole)
    if r.returncode != 0:
        print(f'{where}: does not compile\n{r.stdout}')
        return False
    if not whole:
        print(f'{where}: compiles')
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
