# SPDX-License-Identifier: MIT
"""Check the paths and the list of places in HACKING.md.

Each path that it names is there, and each name of the code.  Each file in its list of places names the
object of the example, and each file of the same kinds that names it is in the
list.
"""
import glob
import os
import re
import sys

# Where a file must be in the list if it names the object.
KINDS = ['include/*.h', 'include/*.mk', 'include/libsync/{}.h',
         'lib/*.mk', 'lib/explore/*.c', 'lib/explore/wrappers/*.tab',
         'man/*.mk', 'man/libsync.7', 'man/sync_{}.3', 'tests/*/*.mk',
         'tests/*/check_{}.c', 'tests/sim/sim_{}.c', 'tests/sim/sim_wait*.[ch]',
         'tests/sim/sim_deadline.c',
         'tests/sim/mutations/{}.mut',
         'tests/waits.c', 'tests/system/check_misuse.c', 'tests/check/check_aligned.c',
         'tests/system/check_errno.c', 'tests/check/check_lifetime.c',
         'tests/system/check_signal.c', 'tests/system/check_fork_objects.c',
         'tests/system/fork_support.c', 'tests/system/detect*.c', 'tests/system/use_*.c*',
         'tests/system/cross_smoke.c', 'bench/sizes.c', 'bench/instr/*.c']
# Names of folders and files that are to come, or are made.
NOT_YET = {'lib/shared/', 'include/libsync/shared.h', 'lib/pool/', 'lib/co/',
           'lib/wait/any.c'}
NO_NAMES = {'plat_wait_any'}
TOPS = ('lib/', 'include/', 'man/', 'tests/', 'bench/', 'examples/')


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def places(text):
    """The object of the example, and the files in the list of places."""
    begin = re.search(r'<!-- places: (\w+) -->\n', text)
    table = text[begin.end():].split('\n\n', 1)[0]
    return begin.group(1), re.findall(r'^\| `([^`]+)`', table, re.M)


def missing_paths(text, top):
    """Paths under one of TOPS that are not there."""
    for path in sorted(set(re.findall(r'`([^` ]+)`', text))):
        if path.startswith(TOPS) and '<' not in path and path not in NOT_YET \
                and not glob.glob(os.path.join(top, path)):
            yield path


def missing_names(text, top):
    """Names with an underscore, as plat_wait, that no source has."""
    names = set(re.findall(r'`(?:struct |enum )?([A-Za-z]+_[A-Za-z_]+)(?:\(\))?`',
                           text))
    for folder in ('lib', 'include', 'tests', 'bench'):
        for path, _, files in os.walk(os.path.join(top, folder)):
            for f in files:
                if names and f.endswith(('.c', '.h', '.tab', '.py', '.mk')):
                    words = set(re.findall(r'\w+',
                                           read(os.path.join(path, f))))
                    names -= words
    return sorted(names - NO_NAMES)


def main(top):
    text = read(os.path.join(top, 'HACKING.md'))
    wrong = ['%s is not there' % p for p in missing_paths(text, top)]
    wrong += ['no source has %s' % n for n in missing_names(text, top)]
    name, listed = places(text)
    for path in listed:
        full = os.path.join(top, path)
        if os.path.exists(full) and name not in read(full):
            wrong.append('%s is in the list and does not name %s'
                         % (path, name))
    for kind in KINDS:
        for full in glob.glob(os.path.join(top, kind.format(name))):
            path = os.path.relpath(full, top)
            if name in read(full) and path not in listed:
                wrong.append('%s names %s and is not in the list'
                             % (path, name))
    for line in wrong:
        print('HACKING.md: ' + line)
    print('%d places, %d mistakes' % (len(listed), len(wrong)))
    return 1 if wrong or not listed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
