# SPDX-License-Identifier: MIT
libsync_core_la_SOURCES += \
	%D%/bell.c \
	%D%/bell.h \
	%D%/lot.h \
	%D%/plat_impl.h \
	%D%/self.c \
	%D%/wait.c \
	# EOL
