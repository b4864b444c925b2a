# SPDX-License-Identifier: MIT
"""How the checks of the manual pages read them and the headers.

Pages are read line by line, as mdoc is.  Only the macros that our pages use
are known.
"""
import errno
import glob
import os
import re
import shlex

ERRNO = re.compile(r'\bE[A-Z][A-Z0-9]+\b')
ESCAPES = {
    '\\e': '\\', '\\&': '', '\\-': '-', '\\ ': ' ', '\\(aq': "'",
    '\\(dq': '"', '\\(ha': '^', '\\(ti': '~', '\\(ga': '`', '\\(rs': '\\',
}


def errnos(text):
    return {e for e in ERRNO.findall(text) if hasattr(errno, e)}


def unescape(line, where):
    def one(m):
        if m.group(0) not in ESCAPES:
            raise SystemExit(f'{where}: unknown escape {m.group(0)}')
        return ESCAPES[m.group(0)]
    return re.sub(r'\\(?:\(..|.)', one, line)


class Page:
    def __init__(self, path):
        self.path = path
        self.file = os.path.basename(path)
        self.sections = {}  # name: [(line number, line)]
        section = ''
        with open(path, encoding='utf-8') as f:
            for number, line in enumerate(f, 1):
                line = line.rstrip('\n')
                if line.startswith('.Sh '):
                    section = line[4:]
                elif not line.startswith('.\\"'):
                    self.sections.setdefault(section, []).append(
                        (number, line))

    def lines(self, section):
        return [line for _, line in self.sections.get(section, [])]

    def text(self):
        return '\n'.join(line for s in self.sections for line in self.lines(s))

    def names(self):
        return [line.split()[1] for line in self.lines('NAME')
                if line.startswith('.Nm ')]

    def functions_in(self, section):
        return set(re.findall(r'\b(?:Fn|Fo) (\w+)',
                              '\n'.join(self.lines(section))))

    def prototypes(self):
        """Name to declaration, from SYNOPSIS."""
        found, result, name, args = {}, '', '', []
        for line in self.lines('SYNOPSIS'):
            words = shlex.split(line)
            macro = words[0] if words else ''
            if macro == '.Ft':
                result = line[4:]
            elif macro in ('.Fn', '.Fo'):
                name, args = words[1], words[2:]
            elif macro == '.Fa':
                args += words[1:]
            if macro in ('.Fn', '.Fc'):
                found[name] = normal(f'{result} {name}({", ".join(args)})')
        return found

    def errors(self):
        """Name of a function, or '' for all, to errnos, from ERRORS.

        A list of errors belongs to the functions that the text before it
        names, or to all if it names none.  RETURN VALUES applies to all.
        """
        found = {'': errnos('\n'.join(self.lines('RETURN VALUES')))}
        intro, depth = [], 0
        for line in self.lines('ERRORS'):
            if line.startswith('.Bl '):
                depth += 1
            elif line.startswith('.El'):
                depth -= 1
                intro = []
            elif depth == 0 and line.startswith('.Fn '):
                intro.append(line.split()[1])
            elif line.startswith('.It Bq Er '):
                for name in intro or ['']:
                    found.setdefault(name, set()).update(errnos(line))
        return found

    def examples(self):
        """(line number, text) of each display in EXAMPLES."""
        text, start = None, 0
        for number, line in self.sections.get('EXAMPLES', []):
            if line.startswith('.Bd -literal'):
                text, start = [], number + 1
            elif line.startswith('.Ed'):
                yield start, '\n'.join(text) + '\n'
                text = None
            elif text is not None:
                text.append(unescape(line, f'{self.file}:{number}'))


def pages(srcdir):
    found = sorted(glob.glob(os.path.join(srcdir, 'man', '*.[137]')))
    if not found:
        raise SystemExit(f'no pages in {srcdir}/man')
    return [Page(p) for p in found]


def normal(declaration):
    text = re.sub(r'\s+', ' ', declaration).strip()
    return re.sub(r' ?([*(),]) ?', r'\1', text)


class Header:
    """The functions of a header, in groups that share a comment.

    Those whose name ends in an underscore are private, and left out.
    """

    def __init__(self, path):
        self.file = os.path.basename(path)
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.groups = []  # (comment, {name: declaration})
        self.inline = set()  # those that no library exports
        for part in re.findall(r'^SYNC_BEGIN_DECLS$(.*?)^SYNC_END_DECLS$',
                               self.text, re.S | re.M):
            part = re.sub(r'\)\n\{\n.*?\n\}$', ');', part, flags=re.S | re.M)
            for block in re.split(r'\n\s*\n', part):
                self.add(block)

    def add(self, block):
        comment = ' '.join(re.findall(r'/\*.*?\*/', block, re.S))
        code = re.sub(r'/\*.*?\*/', ' ', block, flags=re.S)
        code = re.sub(r'^#(.*\\\n)*.*$', ' ', code, flags=re.M)
        code = re.sub(r'\bSYNC_[A-Z_]+(\([^)]*\))?(?=\s*(SYNC_|;))', ' ', code)
        functions = {}
        for declaration in code.split(';'):
            m = re.search(r'\b(sync_\w+)\(', declaration)
            if not m or m.group(1).endswith('_'):
                continue
            if 'SYNC_FAST_' in declaration:
                continue  # declared before
            name, inline = m.group(1), r'\b(static inline|SYNC_INLINE_)\s'
            if re.search(inline, declaration):
                self.inline.add(name)
                declaration = re.sub(inline, '', declaration)
            functions[name] = normal(declaration)
        if functions:
            self.groups.append((comment, functions))

    def constants(self):
        """Macros with a value, except private_ ones, and enumerators."""
        found = re.findall(r'^#define (SYNC_\w+)(?=[ (]\S*\s*\S)', self.text,
                           re.M)
        for body in re.findall(r'^enum \w+ \{(.*?)\}', self.text,
                               re.S | re.M):
            found += re.findall(r'\bSYNC_\w+', body)
        return [m for m in found if not m.endswith('_')]


def headers(srcdir):
    include = os.path.join(srcdir, 'include')
    found = sorted(glob.glob(os.path.join(include, 'libsync', '*.h')))
    return [Header(p) for p in [os.path.join(include, 'libsync.h')] + found]
