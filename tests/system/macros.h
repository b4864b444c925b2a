/* SPDX-License-Identifier: MIT */
/*
 * Names that other libraries' headers define as macros.  Each of libsync's
 * headers is compiled after this one, so a member or a parameter with such a
 * name does not compile.
 */
#ifndef TESTS_MACROS_H
#define TESTS_MACROS_H

/* How a standard header treats its own names is not tested here. */
#ifdef __cplusplus
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#endif
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OTHERS ] not a name [

/* compilers, for the system and the processor */
#undef linux
#undef unix
#undef i386
#undef sun
#define linux   OTHERS
#define unix    OTHERS
#define i386    OTHERS
#define sun     OTHERS
#define vax     OTHERS
#define mips    OTHERS
#define sparc   OTHERS
#define arm     OTHERS
#define near    OTHERS
#define far     OTHERS
#define huge    OTHERS
#define pascal  OTHERS
#define cdecl   OTHERS

/* windows.h and what it includes */
#define small     OTHERS
#define hyper     OTHERS
#define byte      OTHERS
#define interface OTHERS
#define min       OTHERS
#define max       OTHERS
#define IN        OTHERS
#define OUT       OTHERS
#define OPTIONAL  OTHERS
#define ERROR     OTHERS
#define NO_ERROR  OTHERS
#define DELETE    OTHERS
#define IGNORE    OTHERS
#define INFINITE  OTHERS
#define THIS      OTHERS
#define VOID      OTHERS
#define CONST     OTHERS
#define STRICT    OTHERS
#define ABSOLUTE  OTHERS
#define RELATIVE  OTHERS
#define OPAQUE    OTHERS
#define Yield()   OTHERS
#define grp1      OTHERS
#define rad1      OTHERS

/* Qt */
#define slots   OTHERS
#define signals OTHERS
#define emit    OTHERS
#define foreach OTHERS
#define forever OTHERS

/* sys/types.h, sys/sysmacros.h, sys/param.h, strings.h, sys/user.h */
#define major(x)         OTHERS
#define minor(x)         OTHERS
#define makedev(x, y)    OTHERS
#define index            OTHERS
#define rindex           OTHERS
#define bcopy(x, y, z)   OTHERS
#define bzero(x, y)      OTHERS
#define howmany(x, y)    OTHERS
#define roundup(x, y)    OTHERS
#define powerof2(x)      OTHERS
#define MIN(x, y)        OTHERS
#define MAX(x, y)        OTHERS
#define ABS(x)           OTHERS
#define u                OTHERS
#define u_int            OTHERS
#define fds              OTHERS
#define environ          OTHERS

/* X11 */
#define None       OTHERS
#define Bool       OTHERS
#define Status     OTHERS
#define True       OTHERS
#define False      OTHERS
#define Success    OTHERS
#define Always     OTHERS
#define Above      OTHERS
#define Below      OTHERS
#define Complex    OTHERS
#define Convex     OTHERS
#define Unsorted   OTHERS
#define KeyPress   OTHERS
#define FocusIn    OTHERS
#define GrayScale  OTHERS
#define CurrentTime OTHERS
#define DestroyAll OTHERS

/* curses */
#define clear()      OTHERS
#define erase()      OTHERS
#define echo()       OTHERS
#define move(y, x)   OTHERS
#define refresh()    OTHERS
#define timeout(x)   OTHERS
#define border(...)  OTHERS
#define box(...)     OTHERS
#define filter()     OTHERS
#define inch()       OTHERS
#define instr(x)     OTHERS
#define scroll(x)    OTHERS
#define getch()      OTHERS
#define standout()   OTHERS
#define lines        OTHERS
#define columns      OTHERS
#define stdscr       OTHERS
#define OK           OTHERS
#define ERR          OTHERS

/* complex.h, termios.h, flex, yacc, perl, tcl, zlib, Boost, GTK, Arduino, Mac */
#define I            OTHERS
#define complex      OTHERS
#define imaginary    OTHERS
#define ECHO         OTHERS
#define B0           OTHERS
#define BEGIN        OTHERS
#define REJECT       OTHERS
#define INITIAL      OTHERS
#define input        OTHERS
#define output       OTHERS
#define yywrap()     OTHERS
#define list         OTHERS
#define form         OTHERS
#define op           OTHERS
#define die          OTHERS
#define EXTERN       OTHERS
#define local        OTHERS
#define FAR          OTHERS
#define TRUE         OTHERS
#define FALSE        OTHERS
#define CLAMP(...)   OTHERS
#define word(...)    OTHERS
#define bit(x)       OTHERS
#define sq(x)        OTHERS
#define round(x)     OTHERS
#define abs(x)       OTHERS
#define interrupts() OTHERS
#define check(x)     OTHERS
#define verify(x)    OTHERS
#define require(x, y) OTHERS
#define nil          OTHERS
#define likely(x)    OTHERS
#define unlikely(x)  OTHERS
#define barrier()    OTHERS
#define current      OTHERS
#define container_of(...) OTHERS
#define offset       OTHERS

/* words that programs like to define for themselves */
#define lock(x)      OTHERS
#define unlock(x)    OTHERS
#define wait(x)      OTHERS
#define signal(x, y) OTHERS
#define post(x)      OTHERS
#define get(x)       OTHERS
#define put(x)       OTHERS
#define set(x)       OTHERS
#define pad          OTHERS
#define PACKED       OTHERS
#define ALIGNED      OTHERS
#define INLINE       OTHERS
#define UNUSED       OTHERS
#define NORETURN     OTHERS
#define WEAK         OTHERS
#define VERSION      OTHERS
#define CHECK(x)     OTHERS
#define ASSERT(x)    OTHERS
#define LOCK(x)      OTHERS
#define FIFO         OTHERS
#define LIFO         OTHERS
#define debug        OTHERS
#define status       OTHERS
#define data         OTHERS
#define error        OTHERS
#define type         OTHERS
#define text         OTHERS
#define size(x)      OTHERS
#define T            OTHERS

#endif /* TESTS_MACROS_H */
