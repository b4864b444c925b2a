# SPDX-License-Identifier: MIT
libsync_core_la_SOURCES += \
	%D%/copies.c \
	%D%/plat_impl.h \
	%D%/wait.c \
	# EOL
