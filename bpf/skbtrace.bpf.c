// SPDX-License-Identifier: GPL-2.0-only
/* The kernel side, whole: facts and nothing but facts. One object, read in this order. */
#include "vmlinux.h"
#include "uapi.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "event.h"
#include "config.h"
#include "row.h"

#include "field.bpf.h"
#include "skbs.bpf.h"
#include "core.bpf.h"
#include "here.bpf.h"
#include "found.bpf.h"
#include "transport.bpf.h"
#include "fragment.bpf.h"
#include "parse.bpf.h"
#include "frame.bpf.h"
#include "say.bpf.h"
#include "tcp.bpf.h"
#include "strange.bpf.h"
#include "match.bpf.h"
#include "queue.bpf.h"
#include "chain.bpf.h"
#include "neigh.bpf.h"
#include "born.bpf.h"
#include "skb.bpf.h"
#include "header.bpf.h"
#include "generic.bpf.h"
#include "syscall.bpf.h"
#include "dgram.bpf.h"
#include "uring.bpf.h"
#include "wake.bpf.h"
#include "life.bpf.h"
#include "drop.bpf.h"
#include "one.bpf.h"
#include "address.bpf.h"

char LICENSE[] SEC("license") = "GPL";
