/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* Ends one reading of records.def. No guard: it is meant to be included often. */
#undef REC
#undef F_U64
#undef F_S64
#undef F_HEX
#undef F_U32
#undef F_S32
#undef F_U16
#undef F_U8
#undef F_ADDR
#undef F_NAME
#undef END_REC
