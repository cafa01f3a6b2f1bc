# SPDX-License-Identifier: GPL-2.0-or-later
# Builds skbtrace and runs its tests. `make help` lists the targets.
#
#   V=1                       show the commands
#   SAN=address,undefined     build with sanitizers, in a folder of its own
#   STATIC=1                  one static binary, in a folder of its own
#   ARCH=arm64                cross build, in a folder of its own
#   LEVEL=quick               `make check` without guests, browser and Java

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := 0.1
PREFIX  ?= /usr/local
DESTDIR ?=
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
LEVEL   ?= full

ifeq ($(V),1)
Q :=
say_step = @:
else
Q := @
say_step = @printf '  %-8s %s\n' $(1) $(2)
endif

# As bpf_tracing.h calls architectures.
HOST_ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/ppc64le/powerpc/; s/riscv64/riscv/')
ARCH := $(HOST_ARCH)

comma := ,
O := build$(if $(filter-out $(HOST_ARCH),$(ARCH)),/$(ARCH))$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))$(if $(STATIC),/static)

# Of the libraries of another architecture only our own are asked for; the C library is the cross compiler's.
ifeq ($(ARCH),$(HOST_ARCH))
CC := gcc
else
TRIPLET_arm64 := aarch64-linux-gnu
TRIPLET := $(or $(TRIPLET_$(ARCH)),$(error no cross build for ARCH=$(ARCH), only for arm64))
CC := $(TRIPLET)-gcc
SYSROOT = $(eval SYSROOT := $$(shell tools/sysroot $(ARCH)))$(SYSROOT)
CROSS_CFLAGS = -isystem $(SYSROOT)/usr/include
CROSS_LDFLAGS = -L$(SYSROOT)/usr/lib/$(TRIPLET) -Wl,-rpath-link,$(SYSROOT)/usr/lib/$(TRIPLET)
endif

WARN   := -Wall -Wextra -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wundef -Werror
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all) \
	-D_GNU_SOURCE -DSKBTRACE_VERSION='"$(VERSION)"' $(if $(STATIC),-DSKBTRACE_STATIC) -Isrc -Ibpf -I$(O) $(CROSS_CFLAGS)
LDLIBS = $(if $(STATIC),-static) $(CROSS_LDFLAGS) -pthread -lbpf -lelf -lz

# Tier 5: what needs libbpf, a kernel or the command line. Everything else in
# src/ runs on recorded bytes alone and is a library that the tests link.
APP := $(filter $(patsubst %,src/%.c,main opt_draw cmd_% kernel% probe% loader% attach% sysop% live% doctor%),$(wildcard src/*.c))
LIB := $(filter-out $(APP),$(wildcard src/*.c))
UNIT := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))

LIB_O := $(LIB:%.c=$(O)/%.o)
APP_O := $(APP:%.c=$(O)/%.o)

.PHONY: all
all: $(O)/skbtrace

$(O)/skbtrace: $(APP_O) $(O)/libskbtrace.a
	$(call say_step,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(APP_O) $(O)/libskbtrace.a $(LDLIBS)

$(O)/libskbtrace.a: $(LIB_O)
	$(call say_step,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(O)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say_step,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# ---- the kernel side ----

# Kernel types: committed, small, made by `make vmlinux` from vmlinux/types.
BPF_CFLAGS := -g -O2 -std=gnu11 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Ibpf -Ivmlinux -Wall -Wextra -Werror -Wno-unused-parameter

$(APP_O): | $(O)/skbtrace.skel.h
$(O)/skbtrace.bpf.o: bpf/skbtrace.bpf.c Makefile
	@mkdir -p $(@D)
	$(call say_step,BPF,$<)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $(O)/skbtrace.bpf.d -MT $@ -c -o $(O)/skbtrace.bpf.raw.o $<
	$(Q)$(BPFTOOL) gen object $@ $(O)/skbtrace.bpf.raw.o

$(O)/skbtrace.skel.h: $(O)/skbtrace.bpf.o
	$(call say_step,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name skbtrace_bpf > $@

# ---- tests and tools ----

$(O)/tests/%: tests/unit/%.c $(O)/libskbtrace.a
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP -MF $@.d -MT $@ -o $@ $< $(O)/libskbtrace.a $(LDLIBS)

.PHONY: unit
unit: $(UNIT)

# Traffic of known truth, for guests too: static.
$(O)/talk $(O)/left $(O)/many: $(O)/%: tests/live/%.c
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -D_GNU_SOURCE -static -o $@ $<

$(O)/cases: $(patsubst %,tests/live/%,cases.c cases_cpu.c cases_hold.c cases_odd.c cases_uring.c cases_ways.c \
	ring.c pair.c world.c cases.h ring.h pair.h world.h)
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -static -pthread -o $@ $(filter %.c,$^)

$(O)/dgram: $(patsubst %,tests/live/%,dgram.c dgram_busy.c dgram_die.c dgram_icmp.c dgram_merge.c dgram_odd.c dgram_queue.c dgram_switch.c pair.c world.c dgram.h pair.h world.h)
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -static -pthread -o $@ $(filter %.c,$^)

$(O)/haul: tests/live/haul.c
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -static -o $@ $<

$(O)/mktypes: tools/mktypes.c
	@mkdir -p $(@D)
	$(call say_step,CC,$@)
	$(Q)$(CC) -std=gnu11 -O1 -Wall -Wextra -o $@ $< -lbpf

# Kernel types anew from the running kernel's BTF; the result is committed.
.PHONY: vmlinux
vmlinux: $(O)/mktypes
	$(Q)$(O)/mktypes vmlinux/types > $(O)/vmlinux.h && mv $(O)/vmlinux.h vmlinux/vmlinux.h

# What skbtrace prints of itself is what docs/ holds.
.PHONY: docs
docs: all
	$(Q)SKBTRACE=$(O)/skbtrace tests/docs.sh --write

# Installs what is missing (root, Debian), builds, tests. Ends with "N passed, N failed, N skipped".
.PHONY: check
check:
	$(Q)tools/need build check $(if $(filter full,$(LEVEL)),vm arm64 render)
	$(Q)$(if $(filter full,$(LEVEL)),tools/vm/fetch)
	$(Q)$(MAKE) -j$$(nproc) all unit $(O)/talk $(O)/left $(O)/many $(O)/cases $(O)/dgram $(O)/haul
	$(Q)$(MAKE) -j$$(nproc) SAN=address,undefined unit
	$(Q)$(if $(filter full,$(LEVEL)),$(MAKE) -j$$(nproc) STATIC=1 all)
	$(Q)tests/run $(LEVEL)

.PHONY: fuzz
fuzz:
	$(Q)tools/need build check
	$(Q)$(MAKE) all
	$(Q)tests/fuzz/run $(or $(SECONDS),600)

# The same, and what of the code they reached, into docs/.
.PHONY: fuzz-cover
fuzz-cover:
	$(Q)tools/need build check
	$(Q)$(MAKE) all
	$(Q)tests/fuzz/cover $(or $(SECONDS),600) > $(O)/fuzz.md && mv $(O)/fuzz.md docs/FUZZ.md && cat docs/FUZZ.md

# What a run costs: the traffic, in instructions of a guest's only CPU; a report and a busy transfer, here.
$(O)/sendrecv $(O)/settle $(O)/haste: $(O)/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -static -o $@ $<

# A plugin of QEMU: what each instruction of a guest belongs to.
$(O)/insns.so: tests/bench/insns.c
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -o $@ $<

.PHONY: bench
bench:
	$(Q)tools/need build check vm
	$(Q)tools/vm/fetch
	$(Q)$(MAKE) all $(O)/sendrecv $(O)/settle $(O)/haste $(O)/insns.so $(O)/talk
	$(Q)$(MAKE) STATIC=1 all
	$(Q)tests/bench/run > $(O)/bench.md && mv $(O)/bench.md docs/BENCH.md && cat docs/BENCH.md

# ---- for people ----

# Installs what is missing (root, Debian), builds, and follows a real HTTP exchange.
.PHONY: demo
demo:
	$(Q)tools/need build
	$(Q)$(MAKE) all
	$(Q)$(O)/skbtrace demo

.PHONY: install
install: all
	install -D -m 755 $(O)/skbtrace $(DESTDIR)$(PREFIX)/sbin/skbtrace
	install -D -m 644 docs/skbtrace.8 $(DESTDIR)$(PREFIX)/share/man/man8/skbtrace.8
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(O)/skbtrace help --completion > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/skbtrace

.PHONY: help
help:
	@echo 'make                 build build/skbtrace'
	@echo 'make demo            install what is missing, build, follow a real HTTP exchange'
	@echo 'make check           install what is missing, build, run all tests (LEVEL=quick: the fast ones)'
	@echo 'make bench           measure what a run costs the traffic (6.12, emulated), and how fast a report is'
	@echo 'make fuzz            fuzz each parser for SECONDS=600'
	@echo 'make fuzz-cover      the same, and how much of the code was reached: docs/FUZZ.md'
	@echo 'make install         PREFIX=/usr/local DESTDIR='
	@echo 'make docs vmlinux    make again what is generated and committed'
	@echo 'make clean           remove build/'
	@echo 'STATIC=1 SAN=address,undefined V=1'

-include $(LIB_O:.o=.d) $(APP_O:.o=.d) $(UNIT:=.d) $(O)/skbtrace.bpf.d

.PHONY: clean
clean:
	rm -rf build
