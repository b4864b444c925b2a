# SPDX-License-Identifier: MIT
# A page for each object.  The other names in its NAME section are installed as
# links to it: the page is the one place where they are listed.

man_pages = \
	%D%/libsync.7 \
	%D%/libsync-explore.7 \
	%D%/sync_barrier.3 \
	%D%/sync_cond.3 \
	%D%/sync_event.3 \
	%D%/sync_explore.3 \
	%D%/sync_kmutex.3 \
	%D%/sync_latch.3 \
	%D%/sync_mutex.3 \
	%D%/sync_queue.3 \
	%D%/sync_rmutex.3 \
	%D%/sync_rwlock.3 \
	%D%/sync_sem.3 \
	%D%/sync_thread.3 \
	%D%/sync_time.3 \
	%D%/sync_timer.3 \
	%D%/sync_with.3 \
	# EOL

# Of programs that install-bench installs: in lint-man and html as well.
bench_man_pages = $(BENCH_PAGES)

dist_man_MANS += $(man_pages)
EXTRA_DIST += %D%/html.sh %D%/style.css

# Prints "page name" for each name that is to be a link, in section 3.
MAN_LINKS = for page in $(man_pages); do \
	case $$page in *.3) ;; *) continue ;; esac; \
	of=`basename $$page`; \
	sed -n -e '/^\.Sh LIBRARY/q' -e 's/^\.Nm \([^ ]*\).*/\1.3/p' \
	    $(srcdir)/$$page | while read name; do \
		test $$name = $$of || echo $$of $$name; \
	done; \
done

install-data-hook: install-man-links
uninstall-hook: uninstall-man-links
.PHONY: install-man-links uninstall-man-links lint-man

# What is there and not a link is a page: SYNC_WITH where case does not count.
install-man-links:
	@cd "$(DESTDIR)$(man3dir)" 2>/dev/null || exit 0; \
	to=`pwd`; cd $(abs_builddir) && $(MAN_LINKS) | (cd "$$to" && \
	while read page name; do \
		if test -f $$name && test ! -h $$name; then continue; fi; \
		rm -f $$name && $(LN_S) $$page $$name || exit 1; \
	done)

uninstall-man-links:
	@$(MAN_LINKS) | while read page name; do \
		link="$(DESTDIR)$(man3dir)/$$name"; \
		if test -h "$$link"; then rm -f "$$link"; fi; \
	done

lint-man:
	@test -n "$(MANDOC)" || \
	    { echo 'lint-man: mandoc was not found by configure' >&2; exit 1; }
	@status=0; \
	for page in $(man_pages) $(bench_man_pages); do \
		$(MANDOC) -T lint -W warning $(srcdir)/$$page || status=1; \
	done; \
	exit $$status

# The pages to browse, in html/; the name "html" is automake's.
html-local:
	@test -n "$(MANDOC)" || \
	    { echo 'html: mandoc was not found by configure' >&2; exit 1; }
	@MANDOC='$(MANDOC)' sh $(srcdir)/%D%/html.sh $(srcdir) html \
	    $(man_pages) $(bench_man_pages)

CLEANFILES += html/*.html html/style.css
