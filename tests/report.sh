#!/bin/sh
# SPDX-License-Identifier: MIT
# bench/report as a user sees it: the page needs no other files, is well formed
# and has a table for each plot, whatever the names are; an error is one line.
set -u

python=${PYTHON3-}
test -n "$python" || { echo 'no python3'; exit 77; }
command -v gnuplot >/dev/null || { echo 'no gnuplot'; exit 77; }
report=$(cd "${srcdir:-.}" && pwd)/bench/report
scratch=$PWD/report.tmp
failures=0

rm -rf "$scratch"
mkdir "$scratch" || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# run STATUS ARGUMENT...: its output goes to out.
run() {
	want=$1
	shift
	"$python" -B "$report" "$@" >out 2>&1
	got=$?
	[ "$got" = "$want" ] || fail "$*: exit status $got, not $want: $(cat out)"
}

# trouble TEXT ARGUMENT...: it fails with one line that contains the text.
trouble() {
	text=$1
	shift
	run 2 "$@"
	case $(wc -l <out) in
	1) grep -q "^report: .*$text" out || fail "$*: says $(cat out)" ;;
	*) fail "$*: not one line: $(cat out)" ;;
	esac
}

# Names that would be markup or gnuplot commands if they were not escaped.
"$python" - <<'END' || exit 99
import json
evil = "<b>&\"'`touch hit`'' \\ %s $(touch hit)\n{/*5 x}"
curve = [[p, 100 + p * p] for p in (0, 50, 90, 99, 99.9, 100)]
def system(median, **more):
    return dict(samples=[median * .9, median, median * 1.2], median=median,
                spread_percent=12.5, cpu=median * 1.5, voluntary=.25,
                involuntary=0, **more)
def bar(over, name, must, ratio, **more):
    return dict(over=over, system=name, must=must, aim=2, ratio=ratio,
                met=ratio is not None and ratio >= must, **more)
rows = [
    dict(name="mutex", group="locks", unit="ns/op", better="less",
         systems={"libsync": system(10), "pthread": system(16),
                  evil: system(8)},
         bars=[bar("best", evil, .9, .8), bar("pthread", "pthread", 1.5, 1.6),
               bar("pthread", "pthread", .5, None, of="cpu"),
               bar("2 ns/op", "2 ns/op", 1, .2)],
         failed={"hung": "no end within 20 s" + evil}),
    dict(name=evil, group=evil, unit="ns", better="less", bars=[],
         systems={n: system(100, percentiles={"50": 2600, "99": 9901},
                            curve=curve) for n in ("libsync", evil)}),
    dict(name="idle", group="idle", unit="ms", better="less",
         systems={"libsync": system(0), "pthread": system(2)},
         bars=[bar("2 ms", "2 ms", 1, 1e9)]),
    dict(name="nobody", group="idle", unit="ms", systems={}, bars=[]),
    dict(name="odd", systems={"libsync": {"median": "fast"},
                              "pthread": None}, bars=[{}, 7])]
growth = [dict(name="fifo", x="threads", points=[
    dict(x=x, systems={n: dict(median=20 + x, spread_percent=3)
                       for n in ("libsync", evil)}) for x in (1, 2, 4)])]
result = dict(date="2001-02-03", machine=dict(cpu=evil, cores=2,
                                              platform="linux"),
              versions={"libsync": "0.1.0", evil: "1"},
              missing=[dict(peer="absent", package="libabsent-dev")],
              rows=rows, growth=growth)
json.dump(result, open("linux.json", "w"))
result["machine"]["platform"] = "posix"
json.dump(result, open("posix.json", "w"))
END

cat >judge.py <<'END'
"""Whether a page is well formed, alone, and has a table for each plot."""
import html.parser
import re
import sys

VOID = {"meta", "link", "use", "path", "polygon", "rect", "circle"}
bad = []


class Judge(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.count = [], [], [], {}
        self.text = ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.count[tag] = self.count.get(tag, 0) + 1
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs[a] for a in ("href", "src") if a in attrs]
        self.links += ["#" + i for i in
                       attrs.get("aria-labelledby", "").split()]
        if any(a.startswith("on") for a in attrs) or tag == "script":
            bad.append("a script: %s" % tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            bad.append("%s ends in line %d, and was not begun" % (
                tag, self.getpos()[0]))

    def handle_data(self, data):
        self.text += data


page = open(sys.argv[1], encoding="utf-8").read()
judge = Judge()
judge.feed(page)
judge.close()
if judge.open:
    bad.append("never ended: %s" % judge.open)
if len(set(judge.ids)) < len(judge.ids):
    bad.append("an id twice")
for link in judge.links:
    if link[:1] != "#" and link != "data:,":
        bad.append("it needs " + link)
    elif link[:1] == "#" and link[1:] not in judge.ids:
        bad.append("nothing is " + link)
if re.search(r"@import|url\(", page):
    bad.append("the style needs something")
plots = page.count('<svg class="plot"')
if plots < 1 or page.count("<desc ") != plots:
    bad.append("%d plots, not all described" % plots)
for number, want in enumerate(sys.argv[2:]):
    if want not in judge.text:
        bad.append("it does not say: " + want)
if judge.count.get("b", 0) and "<b>&" in page:
    bad.append("a name became markup")
print("\n".join(bad))
sys.exit(bool(bad))
END

judged() {
	"$python" -B judge.py "$@" >out || fail "$1: $(cat out)"
}

run 0 linux.json -o one.html
judged one.html 2001-02-03 absent libabsent-dev 0.1.0 'no end within 20 s' \
	'2 of 5' 'at most 2 ns/op' '1.60×' '99.9' '±12'
run 0 linux.json posix.json -o two.html --svg svg --rows 'm*'
judged two.html 'linux: 2 of 5' 'posix: 2 of 5' '(posix)'
grep -q '<text.*>mutex<' svg/libsync-ratios.svg || fail "no row in the SVG"
# shellcheck disable=SC2016
grep -qF '&lt;b&gt;&amp;&quot;&#x27;`touch hit`&#x27;&#x27; \ %s $(' one.html ||
	fail "a name is not what it was"
"$python" -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' \
	svg/libsync-ratios.svg || fail "the SVG is not XML"
[ ! -e hit ] || fail "a name was run as a command"

echo '{"rows": [' >cut.json
echo '{"rows": 5}' >other.json
echo '{"rows": []}' >empty.json
mkdir bin
ln -s "$("$python" -c 'import sys; print(sys.executable)')" bin/python3
trouble 'not JSON' cut.json -o page.html
trouble 'no result of bench-peers' other.json -o page.html
trouble 'nothing was measured' empty.json -o page.html
trouble 'No such file' absent.json -o page.html
trouble 'No such file' linux.json -o absent/page.html
trouble 'Is a directory' linux.json -o bin
run 0 linux.json --table table.md
[ "$(grep -c '^| mutex | 10 ns/op | ' table.md)" = 1 ] ||
	fail "no row in the table: $(cat table.md)"
grep -q '<b>' table.md && fail "markup in the table"

trouble 'fits' linux.json --svg svg --rows 'absent*'
trouble 'fits' linux.json --svg svg --rows 'odd'
keep=$PATH
PATH=$scratch/bin
export PATH
python=python3
"$python" -B "$report" linux.json -o page.html >out 2>&1 &&
	{ PATH=$keep; fail "no gnuplot, and no trouble"; }
PATH=$keep
grep -q '^report: gnuplot is missing' out || fail "no gnuplot: $(cat out)"
[ ! -e page.html ] || fail "a page in spite of trouble"

[ "$failures" = 0 ]
