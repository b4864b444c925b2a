#!/bin/sh
# SPDX-License-Identifier: MIT
# bench/report.py as a user sees it: the page needs no other files, is well
# formed, has light and dark colours and a text for each plot, whatever the names
# are; an error is one line.
set -u

python=${PYTHON3_PLOTS-}
test -n "$python" || { echo 'no python3 with matplotlib and jinja2'; exit 77; }
report=$(cd "${srcdir:-.}" && pwd)/bench/report.py
scratch=$PWD/report.tmp
failures=0

rm -rf "$scratch"
mkdir "$scratch" || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
MPLCONFIGDIR=$scratch
export MPLCONFIGDIR

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

# wrong EDIT: linux.json, edited, is no result.
wrong() {
	"$python" -c "import json; d = json.load(open('linux.json')); $1
json.dump(d, open('wrong.json', 'w'))" || exit 99
	trouble 'no result of bench-peers: ' wrong.json -o page.html
}

# Names that would be markup, formulas or code if they were not escaped.
"$python" - <<'END' || exit 99
import json
evil = "<b>&\"'`touch hit`'' \\ %s $(touch hit)\n$x^2$ {{ 6 * 7 }} {% x %}"
open("evil", "w").write(" ".join(evil.split()))
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
    dict(name="nobody", group="idle", unit="ms", systems={}, bars=[])]
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

VOID = {"meta", "link", "use", "path", "rect"}
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
judge.links += re.findall(r"url\((#[^)]*)\)", page)
for link in judge.links:
    if link[:1] != "#" and link != "data:,":
        bad.append("it needs " + link)
    elif link[:1] == "#" and link[1:] not in judge.ids:
        bad.append("nothing is " + link)
if re.search(r"@import|url\((?!#)", page):
    bad.append("the style needs something")
plots = re.findall(r'<svg class="plot".*?</svg>', page, re.S)
if not plots or any('<title id="plot-%d-t">' % n not in plot
                    or '<desc id="plot-%d-d">' % n not in plot
                    for n, plot in enumerate(plots, 1)):
    bad.append("%d plots, not all described" % len(plots))
if page.count("<table") < page.count("<article"):
    bad.append("a row without a table")
if any('viewBox="0 0 360 ' not in plot for plot in plots):
    bad.append("a plot is too wide for a phone")
if any(re.search("#[0-9a-f]{6}[;\"]", plot) for plot in plots):
    bad.append("a colour that is the same on light and on dark pages")
for scheme in "--ink:#1b1f24", "prefers-color-scheme: dark", "--ink:#e6edf3":
    if scheme not in page:
        bad.append("no " + scheme)
for want in sys.argv[2:]:
    if want not in judge.text:
        bad.append("it does not say: " + want)
if judge.count.get("b", 0) and "<b>&\"'" in page:
    bad.append("a name became markup")
print("\n".join(bad))
sys.exit(bool(bad))
END

judged() {
	"$python" -B judge.py "$@" >out || fail "$1: $(cat out)"
}

run 0 linux.json -o one.html
judged one.html 2001-02-03 absent libabsent-dev 0.1.0 'no end within 20 s' \
	'2 of 5' 'at most 2 ns/op' '1.60×' '99.9' '±12' "$(cat evil)"
run 0 linux.json posix.json linux.json -o two.html --svg svg --rows 'm*'
judged two.html 'linux (1: linux.json): 2 of 5' 'posix: 2 of 5' '(posix)'
svg=svg/libsync-ratios.svg
grep -q '<text.*>mutex<' $svg || fail "no row in the SVG"
grep -q '<text.*>0.800× short<' $svg || fail "no ratio in the SVG"
grep -q 'prefers-color-scheme:dark' $svg || fail "the SVG is not for dark pages"
"$python" -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' \
	$svg || fail "the SVG is not XML"
[ ! -e hit ] || fail "a name was run as a command"

echo '{"rows": [' >cut.json
echo '{"rows": 5}' >other.json
echo '{"date": "", "machine": {}, "versions": {}, "missing": [], "rows": [],
	"growth": []}' >empty.json
mkdir folder
trouble 'not JSON' cut.json -o page.html
trouble 'no result of bench-peers' other.json -o page.html
trouble 'nothing was measured' empty.json -o page.html
trouble 'No such file' absent.json -o page.html
trouble 'No such file' linux.json -o absent/page.html
trouble 'Is a directory' linux.json -o folder
wrong "del d['machine']"
wrong "d['rows'][0] = 7"
wrong "d['rows'][0]['systems']['libsync']['median'] = 'fast'"
wrong "d['rows'][0]['systems']['libsync']['median'] = None"
wrong "d['rows'][0]['systems']['libsync']['samples'] = [1, float('nan')]"
wrong "d['rows'][0]['systems']['libsync']['median'] = -10"
wrong "d['missing'] = [dict(peer='absent')]"
wrong "d['rows'][0]['systems']['pthread'] = None"
wrong "d['rows'][0]['bars'] = [{}, 7]"
wrong "d['growth'][0]['points'][0]['x'] = []"
run 0 linux.json --table table.md
[ "$(grep -c '^| mutex | 10.0 ns/op | ' table.md)" = 1 ] ||
	fail "no row in the table: $(cat table.md)"
grep -q '<b>' table.md && fail "markup in the table"

trouble 'fits' linux.json --svg svg --rows 'absent*'
trouble 'fits' linux.json --svg svg --rows 'nobody'
for module in matplotlib jinja2; do
	mkdir "no-$module"
	echo "raise ModuleNotFoundError(name='$module')" >"no-$module/$module.py"
	PYTHONPATH=no-$module
	export PYTHONPATH
	trouble "$module is missing" linux.json -o page.html
	unset PYTHONPATH
done
[ ! -e page.html ] || fail "a page in spite of trouble"

[ "$failures" = 0 ]
