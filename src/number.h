/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people type them: read strictly, or not at all. */
#ifndef SKBTRACE_NUMBER_H
#define SKBTRACE_NUMBER_H

#include <stdint.h>

/*
 * Each takes the whole of s, digits first: no sign, no blanks, no hex, nothing
 * after the number. 0, or -EINVAL, or -ERANGE if it does not fit; *out is
 * written on success only.
 */
int number_parse(const char *s, uint64_t *out);
/* Seconds with at most three decimals ("0.5", "10"), as milliseconds. */
int number_parse_seconds(const char *s, uint64_t *ms);
/* A time with its unit, ns, us, ms or s, and decimals down to a nanosecond: "250us", "1.5s". */
int number_parse_time(const char *s, uint64_t *ns);
/* Bytes, with K, M or G (powers of 1024) behind the number: "2M". */
int number_parse_size(const char *s, uint64_t *bytes);

#endif
