# SPDX-License-Identifier: MIT
# Write the list of calls that wrappers are made from, as C macros:
#
#	awk -f calls.awk calls.tab HEADER ...	writes calls.gen
#	awk -f calls.awk pthreads.tab		writes pthreads.gen
#
#	CALL(kind, type, name, parameters, arguments, object)
#	CALL_VOID(kind, name, parameters, arguments, object)
#	REFUSED(type, name, parameters, arguments)
#
# The prototypes of the library are those of its headers.  This runs in each
# build, since configure needs an awk as well.  So no generated file is shipped,
# and none can be out of date.

function fail(text) {
	print text | "cat >&2"
	failed = 1
}

# Cut the first parameter off the list, and return its name.
function next_parameter(    i, c, depth, one, star) {
	for (i = 1; i <= length(list); i++) {
		c = substr(list, i, 1)
		depth += (c == "(") - (c == ")")
		if (c == "," && depth == 0)
			break
	}
	one = substr(list, 1, i - 1)
	list = substr(list, i + 1)
	star = index(one, "(*") # a pointer to a function
	if (star > 0)
		one = substr(one, 1, star + index(substr(one, star), ")") - 2)
	pointer = one ~ /[*]/
	match(one, /[A-Za-z_0-9]*$/)
	return substr(one, RSTART)
}

# The object "" is the first parameter if it is a pointer, and else none.
function write_call(kind, object, prototype,    type, name, parameters, \
    arguments, one, end) {
	match(prototype, /[A-Za-z_0-9]*[(]/)
	type = substr(prototype, 1, RSTART - 1)
	sub(/ $/, "", type)
	name = substr(prototype, RSTART, RLENGTH - 1)
	parameters = substr(prototype, RSTART + RLENGTH - 1)
	list = substr(parameters, 2, length(parameters) - 2)
	if (list == "void")
		list = ""
	while (list != "") {
		one = next_parameter()
		if (object == "")
			object = pointer ? one : "-"
		arguments = arguments (arguments != "" ? ", " : "") one
	}
	if (object == "" || object == "-")
		object = "NULL"
	end = name ", " parameters ", (" arguments ")"
	if (kind == "REFUSED")
		print "REFUSED(" type ", " end ")"
	else if (type == "void")
		print "CALL_VOID(" kind ", " end ", " object ")"
	else if (kind != "OWN")
		print "CALL(" kind ", " type ", " end ", " object ")"
}

# Cut what is not a declaration out of the text of a header.
function cut_header(    from, rest) {
	while ((from = index(text, "/*")) > 0) {
		rest = substr(text, from + 2)
		text = substr(text, 1, from - 1) substr(rest,
		    index(rest, "*/") + 2)
	}
	gsub(/\\\n/, "", text)
	gsub(/\n[ \t]*#[^\n]*/, "", text)
	while (match(text, /[{][^{}]*[}]/))
		text = substr(text, 1, RSTART - 1) ";" \
		    substr(text, RSTART + RLENGTH)
	gsub(/SYNC_(BEGIN|END)_DECLS/, "", text)
	gsub(/[ \t\n]+/, " ", text)
}

# Put the functions that the header declares into prototypes[name].
function read_header(    n, i, parts, name) {
	cut_header()
	n = split(text, parts, ";")
	text = "\n"
	for (i = 1; i <= n; i++) {
		while (sub(/ (SYNC_[A-Z_]+([(][^()]*[)])?)?$/, "", parts[i]))
			continue
		sub(/^ /, "", parts[i])
		if (parts[i] ~ /SYNC_(INLINE|FAST|HELPER)_/ \
		    || !match(parts[i], /[ *]sync_[a-z0-9_]*[a-z0-9][(]/))
			continue
		name = substr(parts[i], RSTART + 1, RLENGTH - 2)
		prototypes[name] = parts[i]
		if (!(name in kinds))
			fail(file ": " name " has no line in " table \
			    "; a function that is no step is a NONE there")
	}
}

function end_entry() {
	if (prototype != "")
		write_call(kind, object, prototype)
	prototype = ""
}

BEGIN {
	text = "\n"
	table = ARGV[1]
}
FNR == 1 {
	read_header()
	file = FILENAME
}
file != table {
	text = text $0 "\n"
	next
}
/^[ \t]/ {
	sub(/^[ \t]+/, " ")
	prototype = prototype $0
	next
}
{
	end_entry()
}
/^#(if|endif)/ {
	print
}
/^#/ || NF == 0 {
	next
}
NF == 2 {
	if ($2 in kinds)
		fail(table ": " $2 " has two lines")
	kinds[$2] = $1
	names[++nnames] = $2
	next
}
{
	kind = $1
	object = $2
	sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+/, "")
	prototype = $0
}
END {
	end_entry()
	read_header()
	for (i = 1; i <= nnames; i++) {
		if (!(names[i] in prototypes))
			fail(table ": " names[i] " is in no header")
		else if (kinds[names[i]] != "NONE")
			write_call(kinds[names[i]], "", prototypes[names[i]])
	}
	close("cat >&2")
	exit failed
}
