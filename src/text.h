/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings as text of one line: C escapes there and back. */
#ifndef SKBTRACE_TEXT_H
#define SKBTRACE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * True for what a terminal may act on instead of showing it: controls, marks
 * that turn text round, and UTF8_BAD.
 */
bool text_is_control(uint32_t cp);

/*
 * Writes s: backslash and double quote as \\ and \", newline and tab as \n
 * and \t; other controls, bytes that are not UTF-8, and a blank at either end as \xHH.
 */
void text_put(FILE *out, const char *s);

/*
 * Undoes text_put() in place; returns the new length, which ends in a zero.
 * -1: a backslash is followed by something else, or an escape makes a zero byte.
 */
long text_unescape(char *s);

#endif
