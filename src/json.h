/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes JSON: valid, and valid UTF-8, whatever the strings are. */
#ifndef SKBTRACE_JSON_H
#define SKBTRACE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Knows where a comma is due. Errors stay in out; ask json_end_line(). */
struct json {
	FILE *out;
	bool comma;
};

/* key is NULL inside an array and for the outermost value. bracket is { or [. */
void json_open(struct json *j, const char *key, char bracket);
/* bracket is } or ]. */
void json_close(struct json *j, char bracket);
void json_null(struct json *j, const char *key);
void json_bool(struct json *j, const char *key, bool v);
void json_u64(struct json *j, const char *key, uint64_t v);
void json_s64(struct json *j, const char *key, int64_t v);
/* Controls as \u00XX, bytes that are not UTF-8 as U+FFFD. NULL is null. */
void json_string(struct json *j, const char *key, const char *s);
/* The same, null for an empty string. */
void json_name(struct json *j, const char *key, const char *s);
/* Ends a line of JSON Lines: 0, or -errno when the stream failed. */
int json_end_line(struct json *j);

#endif
