# SPDX-License-Identifier: MIT
# A page of the results of bench-peers; included by local.mk.
#
#	make bench-report [RESULT='A.json B.json'] [PAGE=page.html]
#
# SVG=DIR also writes the main plot, for a README; SVG_ROWS='fifo*' chooses its
# rows.  TABLE=file.md writes a table of all rows.

RESULT = peers.json
PAGE = report.html

EXTRA_DIST += \
	%D%/report.py \
	%D%/report_page/__init__.py \
	%D%/report_page/bars.py \
	%D%/report_page/curves.py \
	%D%/report_page/drawing.py \
	%D%/report_page/page.py \
	%D%/report_page/result.py \
	%D%/report_page/table.py \
	%D%/report_page/words.py \
	%D%/report_page/page.html.j2 \
	%D%/libsync-ratios.svg \
	# EOL
CLEANFILES += report.html

.PHONY: bench-report
bench-report:
	$(AM_V_at)test -n "$(PYTHON3_PLOTS)" || { \
		echo "make $@: configure found no python3 with matplotlib" \
			"and jinja2 (Debian: python3-matplotlib" \
			"python3-jinja2)" >&2; exit 1; }
	$(AM_V_at)for r in $(RESULT); do \
		test -e "$$r" || { echo "make $@: no $$r; make bench-peers" \
			"writes it, or name another: RESULT=FILE.json" >&2; \
			exit 1; }; \
	done
	$(AM_V_at)$(PYTHON3_PLOTS) -B $(srcdir)/%D%/report.py $(RESULT) -o "$(PAGE)" \
		$${SVG:+--svg "$$SVG"} $${TABLE:+--table "$$TABLE"} \
		$${SVG_ROWS:+--rows "$$SVG_ROWS"}
	@echo "bench-report: $(PAGE)"
