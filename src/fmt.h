/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snprintf() for what is spelled thousands of times a second. It knows %s, %c, %d, %i, %u, %x and %%, with the lengths
 * l, ll, z and j, zeros in front, a width, and a precision of strings; the C library gets the rest.
 */
#ifndef SKBTRACE_FMT_H
#define SKBTRACE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/* Both: what snprintf() and vsnprintf() write and return, whatever the locale. */
__attribute__((format(printf, 3, 4)))
int fmt_put(char *out, size_t size, const char *format, ...);
__attribute__((format(printf, 3, 0)))
int fmt_vput(char *out, size_t size, const char *format, va_list args);

#endif
