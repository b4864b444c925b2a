# SPDX-License-Identifier: MIT
"""Check that headers, libraries, manual pages and tests agree.

docs_agree.py SRCDIR, in the build directory; $NM lists symbols.
"""
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

import docs_mdoc

# Functions that exist for the headers themselves.
OWN_MACROS = {'SYNC_BEGIN_DECLS', 'SYNC_END_DECLS'}
# Functions that libsync-sim has and libsync lacks.
SIM_HEADER = 'explore.h'


def exported(name):
    """Functions of a library that was built, or None if unknown."""
    nm = shlex.split(os.environ.get('NM', '')) or ['nm']
    shared = glob.glob(f'.libs/{name}.so') + glob.glob(f'.libs/{name}.dylib')
    if shared:
        command = nm + ['-D', shared[0]]
    elif os.path.exists(f'.libs/{name}.a'):
        command = nm + ['-g', f'.libs/{name}.a']
    else:
        return None
    try:
        out = subprocess.run(command, capture_output=True, text=True,
                             check=True).stdout
    except (OSError, subprocess.CalledProcessError) as e:
        print(f'note: {name} not compared: {e}')
        return None
    return {m for m in re.findall(r' [TW] _?(sync_\w+)', out)
            if not m.endswith('_')}


def check_library(name, headers):
    """Yields the functions that the library has in excess or lacks."""
    built = exported(name)
    if built is None:
        return
    wanted = {f for h in headers for _, functions in h.groups
              for f in functions if f not in h.inline}
    for f in sorted(built - wanted):
        yield f'{f}: exported by {name}, but in no header'
    for f in sorted(wanted - built):
        yield f'{f}: declared, but not exported by {name}'


def words_of_tests(srcdir):
    """Every identifier in the code, not the comments, of the tests."""
    words = set()
    for folder, _, files in os.walk(os.path.join(srcdir, 'tests')):
        for name in files:
            if name.startswith('docs_'):
                continue
            if not name.endswith(('.c', '.h', '.cc', '.cpp', '.sh', '.py')):
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as f:
                text = f.read()
            text = re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)
            words.update(re.findall(r'\w+', text))
    return words


def check_group(header, comment, functions, page_of):
    """Yields the errors of functions that share a comment."""
    where = f'include/libsync/{header.file}'
    first = next(iter(functions))
    if not comment:
        yield f'{where}: {first}: no comment before it or its group'
    # "those who wait get ECANCELED" is an error of other functions
    told = {e for e in docs_mdoc.errnos(comment)
            if re.search(rf'\b(get|is|after)[\s*]+{e}\b', comment)}
    documented, pages = set(), set()
    for name in functions:
        page = page_of.get(name)
        if page is not None:
            pages.add(page.file)
            errors = page.errors()
            documented |= errors[''] | errors.get(name, set())
            documented |= told & set().union(*errors.values())
    if not pages:
        return
    for e in sorted(docs_mdoc.errnos(comment) - documented):
        yield (f'{", ".join(sorted(pages))}: {first}: ERRORS lacks {e}, '
               f'which {where} has')


def check_page(page, declared, header_text):
    """Yields the false statements of a page."""
    prototypes = page.prototypes()
    described = page.functions_in('DESCRIPTION')
    for name in page.names()[1:]:
        if name.isupper():
            if not re.search(rf'^#define {name}\b', header_text, re.M):
                yield f'{page.file}: {name}: no such macro'
            elif name not in described:
                yield f'{page.file}: {name}: not in DESCRIPTION'
            continue
        if name not in declared:
            yield f'{page.file}: {name}: no such function'
        elif name not in described:
            yield f'{page.file}: {name}: not in DESCRIPTION'
    for name, prototype in prototypes.items():
        if name.isupper() and name in page.names():
            continue
        if name not in declared or name not in page.names():
            yield f'{page.file}: {name}: in SYNOPSIS, but no such function'
        elif prototype != declared[name]:
            yield (f'{page.file}: {name}: SYNOPSIS has "{prototype}", '
                   f'header "{declared[name]}"')
    for name in page.names()[1:]:
        if name in declared and name not in prototypes:
            yield f'{page.file}: {name}: not in SYNOPSIS'
    for name in set(re.findall(r'\b(?:Fn|Xr) (sync_\w+)', page.text())):
        if name not in declared and f'struct {name} ' not in header_text \
                and name not in ('sync_time', 'sync_with'):
            yield f'{page.file}: {name}: there is no such thing'
    for name, errors in page.errors().items():
        if name and name not in declared:
            yield f'{page.file}: {name}: in ERRORS, but no such function'
        for e in sorted(errors - docs_mdoc.errnos(header_text)):
            yield f'{page.file}: {name}: {e} is in no header'


def check_links(page):
    """Yields the names whose link, as in the index, misses their description.

    mandoc chooses the place of a name's mark unless .Tg sets it.
    """
    html = subprocess.run(['mandoc', '-T', 'html', page.path], check=True,
                          capture_output=True, text=True).stdout
    description = html[html.index('id="DESCRIPTION"'):]
    for name in page.names()[1:]:
        before, mark, _ = description.partition(f'id="{name}"')
        text = re.sub('<[^>]*>', '', before)
        if not mark:
            yield f'{page.file}: {name}: a link to it finds nothing'
        elif re.search(rf'\b{name}\(', text) \
                and f'.Tg {name}' not in page.lines('DESCRIPTION'):
            yield f'{page.file}: {name}: .Tg is needed at its first mention'


def redirected(srcdir):
    """The calls of pthreads.tab: those that run, and those that are refused."""
    path = os.path.join(srcdir, 'lib', 'machine', 'posix', 'pthreads.tab')
    with open(path, encoding='utf-8') as f:
        rows = re.findall(r'^([A-Z]+)\t.*?\b(\w+)\(', f.read(), re.M)
    refused = {n for kind, n in rows if kind in ('REFUSED', 'OWN')}
    # pthread_cleanup_push and pthread_cleanup_pop call __pthread_*.
    runs = {n for _, n in rows if not n.startswith('__')} - refused
    return runs | {'pthread_cleanup_push', 'pthread_cleanup_pop'}, refused


def full_names(part, known):
    """The functions that a part of libsync-explore(7) names.

    After a full name, a name may lack what it shares with that one.
    """
    last = ''
    for line in re.findall(r'^\.(?:Fn|Li) (.*)', part, re.M):
        for word in re.findall(r'\w+', line.replace('(SYS_futex)', '')):
            begins = re.findall(r'[a-z]+_', last)
            tries = [''.join(begins[:n]) + word
                     for n in range(len(begins), -1, -1)]
            last = next((t for t in tries if t in known), word)
            yield last


def check_redirected(srcdir):
    """Yields where libsync-explore(7) and the table of calls disagree."""
    runs, refused = redirected(srcdir)
    page = docs_mdoc.Page(os.path.join(srcdir, 'man', 'libsync-explore.7'))
    text = page.text().partition('.Ss Redirected calls')[2]
    text = text.partition('.Ss ')[0]
    first, _, rest = text.partition('.El\n')
    rest = rest.partition('Dv SYNC_EXPLORE_OUTSIDE')[2]
    for wanted, also, part in ((runs, set(), first),
                               (refused, runs, rest)):
        named = set(full_names(part, runs | refused))
        for name in sorted(wanted - named):
            yield f'{page.file}: Redirected calls: lacks {name}'
        for name in sorted(named - wanted - also):
            yield f'{page.file}: Redirected calls: {name} is not in the table'


def check(srcdir):
    headers = docs_mdoc.headers(srcdir)
    pages = [p for p in docs_mdoc.pages(srcdir) if p.file.endswith('.3')]
    others = ''.join(p.text() for p in docs_mdoc.pages(srcdir))
    header_text = ''.join(h.text for h in headers)
    page_of = {n: p for p in pages for n in p.names()}
    tested = words_of_tests(srcdir)
    declared = {}
    for header in headers:
        for comment, functions in header.groups:
            declared.update(functions)
            yield from check_group(header, comment, functions, page_of)
        for name in header.constants():
            if name not in OWN_MACROS and not re.search(rf'\b{name}\b', others):
                yield f'{header.file}: {name}: in no page'
    for name in declared:
        if name not in page_of:
            yield f'{name}: no manual page has it in its NAME section'
        if name not in tested:
            yield f'{name}: no test names it'
    for page in pages:
        yield from check_page(page, declared, header_text)
        if shutil.which('mandoc'):
            yield from check_links(page)
    yield from check_library(
        'libsync', [h for h in headers if h.file != SIM_HEADER])
    yield from check_library('libsync-sim', headers)
    yield from check_redirected(srcdir)
    if len(declared) < 100:
        yield f'only {len(declared)} functions found: is this check broken?'


def main():
    wrong = list(check(sys.argv[1]))
    for line in wrong:
        print(line)
    print(f'{len(wrong)} disagreements')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
