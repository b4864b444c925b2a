# SPDX-License-Identifier: MIT
"""Play the sessions that README.md and libsync-explore(7) show.

docs_session.py SRCDIR [--update], in the build directory.  $CC compiles.

A display is marked by the line before it, a comment of the page:

	file: NAME	the content of that file
	edit: NAME	in the file, lines with - in front become those with +
	session		commands after $, each with its output

The output must be as shown, except for times and for lines of the library's
own sources; with --update, the page is changed to show the output.  A
SYNC_REPLAY elsewhere in the page must be the last one that a session before it
printed.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

MARK = re.compile(
    r'(?:\.\\"|<!--) (file|edit|session)(?:: (\S+))?(?: -->)?$')
PAGES = ['README.md', 'man/libsync-explore.7']
REPLAY = re.compile(r'\bSYNC_REPLAY=([\w.-]*\w)')
HANGS = 600  # seconds


def from_mdoc(line):
    return line.replace('\\&', '').replace('\\e', '\\')


def to_mdoc(line):
    line = line.replace('\\', '\\e')
    return '\\&' + line if line[:1] in ('.', "'") else line


class Display:
    """The lines of a page from first to last, and their kind."""

    def __init__(self, kind, name, first, last, lines):
        self.kind, self.name = kind, name
        self.first, self.last, self.lines = first, last, lines


def displays(lines, mdoc):
    mark, first = None, None
    for i, line in enumerate(lines):
        if first is not None:
            if line.startswith('.Ed' if mdoc else '```'):
                text = lines[first:i]
                yield Display(*mark, first, i,
                              [from_mdoc(t) for t in text] if mdoc else text)
                mark, first = None, None
        elif MARK.match(line):
            mark = MARK.match(line).groups()
        elif mark and line.startswith('.Bd' if mdoc else '```'):
            first = i + 1


def edited(text, changes):
    """The text after the changes; each must match in exactly one place."""
    hunk = []
    for line in changes + ['']:
        if line[:1] in ('-', '+', ' '):
            hunk.append(line)
            continue
        old = ''.join(f'{h[1:]}\n' for h in hunk if h[0] != '+')
        new = ''.join(f'{h[1:]}\n' for h in hunk if h[0] != '-')
        if hunk and text.count(old) != 1:
            raise SystemExit(f'not in one place of the file:\n{old}')
        text, hunk = text.replace(old, new, 1) if hunk else text, []
    return text


def settled(line, folder):
    """The parts that depend neither on the run nor on the library's lines."""
    def place(m):
        own = os.path.exists(os.path.join(folder, m.group(1)))
        return m.group(0) if own else m.group(1) + ':N'
    line = re.sub(r'\b\d+\.\d+ s\b', 'N s', line.rstrip())
    return re.sub(r'\b(\w+\.c):\d+\b', place, line)


def play(session, folder, environment):
    """The session's actual output."""
    for line in session:
        if not line.startswith('$ '):
            continue
        yield line
        r = subprocess.run(['sh', '-c', line[2:]], cwd=folder,
                           env=environment, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=HANGS)
        yield from (said.rstrip() for said in r.stdout.splitlines())


def tools(folder, srcdir):
    """The commands of a reader of the page: where to find them."""
    libs = os.path.abspath('.libs')
    with open('lib/libsync-sim-pthread.pc', encoding='utf-8') as f:
        wraps = re.search(r'^Libs: (.*)', f.read(), re.M).group(1)
    scripts = {
        'cc': f'exec {os.environ["CC"]} "$@"',
        'pkg-config': f'case "$*" in *pthread) echo "{wraps}" ;; esac\n'
                      f'echo "-I{os.path.abspath(srcdir)}/include -L{libs}'
                      f' -Wl,-rpath,{libs} -lsync-sim $EXAMPLES_LIBS"',
    }
    for name, text in scripts.items():
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(f'#!/bin/sh\n{text}\n')
        os.chmod(path, 0o755)


def write_file(display, folder):
    file, text = os.path.join(folder, display.name), ''
    if display.kind == 'edit':
        with open(file, encoding='utf-8') as f:
            text = edited(f.read(), display.lines)
    else:
        text = '\n'.join(display.lines) + '\n'
    with open(file, 'w', encoding='utf-8') as f:
        f.write(text)


def play_page(path, lines, top, srcdir):
    """Yields each session with the output that it should show."""
    folder, bin_ = os.path.join(top, 'work'), os.path.join(top, 'bin')
    os.mkdir(folder)
    os.mkdir(bin_)
    tools(bin_, srcdir)
    environment = {k: v for k, v in os.environ.items()
                   if not k.startswith('SYNC_')}
    environment['PATH'] = bin_ + ':' + environment['PATH']
    for d in displays(lines, not path.endswith('.md')):
        if d.kind != 'session':
            write_file(d, folder)
            continue
        real = list(play(d.lines, folder, environment))
        shown = [settled(line, folder) for line in d.lines]
        found = [settled(line, folder) for line in real]
        if shown != found:
            print(f'{path}:{d.first + 1}: shown (-) and found (+)')
            print('\n'.join(difflib.unified_diff(shown, found, n=1,
                                                 lineterm='')))
        yield d, d.lines if shown == found else real


def check_replays(path, lines, sessions):
    """Set each replay outside a session to the one printed before it.

    Returns how many differed.
    """
    printed, inside, stale = {}, set(), 0
    for d, real in sessions:
        inside.update(range(d.first, d.last))
        printed[d.last] = REPLAY.findall('\n'.join(real))[-1:]
    for i, line in enumerate(lines):
        shown = REPLAY.search(line)
        if i in inside or not shown:
            continue
        last = [r[0] for end, r in printed.items() if end <= i and r][-1:]
        if last != [shown.group(1)]:
            print(f'{path}:{i + 1}: {shown.group(0)}, but {last} was printed')
            lines[i] = REPLAY.sub(f'SYNC_REPLAY={(last or ["..."])[0]}', line)
            stale += 1
    return stale


def check_page(path, srcdir, update):
    """Whether the page is correct."""
    with open(path, encoding='utf-8') as f:
        lines = f.read().split('\n')
    with tempfile.TemporaryDirectory(prefix='docs_session.') as top:
        sessions = list(play_page(path, lines, top, srcdir))
    print(f'{path}: {len(sessions)} sessions')
    wrong = [(d, real) for d, real in sessions if real != d.lines]
    stale = check_replays(path, lines, sessions)
    for d, real in reversed(wrong if update else []):
        mdoc = not path.endswith('.md')
        lines[d.first:d.last] = [to_mdoc(t) for t in real] if mdoc else real
    if update and (wrong or stale):
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines))
    return len(sessions) > 0 and (update or not wrong and stale == 0)


def main():
    srcdir, update = sys.argv[1], sys.argv[2:] == ['--update']
    results = [check_page(os.path.join(srcdir, page), srcdir, update)
               for page in PAGES]
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
