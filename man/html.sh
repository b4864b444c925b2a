#!/bin/sh
# SPDX-License-Identifier: MIT
# Make the pages to browse: html.sh SRCDIR TO PAGE...
# $MANDOC renders each into TO; the other names in a page's NAME section become
# links into that page, and what is not ours a link to Debian's pages.
set -eu
srcdir=$(cd "$1" && pwd)
to=$2
shift 2
style=$srcdir/man/style.css

# The names of a page, and what it says of itself.
names() {
	sed -n -e '/^\.Nd/q' -e 's/^\.Nm \([^ ]*\).*/\1/p' "$srcdir/$1"
}
about() {
	sed -n -e 's/^\.Nd //p' "$srcdir/$1"
}

mkdir -p "$to"
cp "$style" "$to/style.css"
# mandoc takes the first form of a link if there is such a page where it runs.
here=$to/.names
rm -rf "$here"
mkdir "$here"
trap 'rm -rf "$here"' EXIT
for page in "$@"; do
	of=${page##*/}
	for name in $(names "$page"); do
		: >"$here/$name.${of##*.}"
		echo "s|href=\"$name\\.${of##*.}\\.html\"|href=\"$of.html#$name\"|g"
	done | sed "s|#${of%.*}\"|\"|" >>"$here/links.sed"
	: >"$here/$of"
done

form='man=%N.%S.html;https://manpages.debian.org/%N.%S'
for page in "$@"; do
	of=${page##*/}
	(cd "$here" && "$MANDOC" -T html -O "style=style.css,$form" \
		"$srcdir/$page") | sed -f "$here/links.sed" -e '/^<body>$/a\
<nav><a href="index.html">libsync</a></nav>' >"$to/$of.html"
done

entry() {
	of=${1##*/}
	echo "<dt><a href=\"$of.html\">${of%.*}(${of##*.})</a></dt>"
	echo "<dd>$(about "$1")"
	case $of in *.3) ;; *) echo '</dd>'; return ;; esac
	echo '<p class="names">'
	for name in $(names "$1"); do
		test "$name" = "${of%.*}" ||
			echo "<a href=\"$of.html#$name\">$name</a>"
	done
	echo '</p></dd>'
}

section() {
	echo "<h1>$2</h1><dl class=\"index\">"
	wanted=$1
	shift 2
	for page in "$@"; do
		case $page in *.$wanted) entry "$page" ;; esac
	done
	echo '</dl>'
}

{
	echo '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>'
	echo '<meta name="viewport" content="width=device-width"/>'
	echo '<link rel="stylesheet" href="style.css"/>'
	echo '<title>libsync</title></head><body><div class="manual-text">'
	section 7 Overview "$@"
	section 3 Objects "$@"
	case " $*" in *.1*) section 1 Programs "$@" ;; esac
	echo '</div></body></html>'
} >"$to/index.html"
echo "$to/index.html"
