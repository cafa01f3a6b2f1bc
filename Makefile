# SPDX-License-Identifier: GPL-2.0-or-later
# Builds skbtrace and runs its tests. `make help` lists the targets.
#
#   V=1                       show the commands
#   SAN=address,undefined     build with sanitizers, in a folder of its own
#   STATIC=1                  one static binary, in a folder of its own
#   LEVEL=quick               `make check` without guests, browser and Java

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := 0.1
PREFIX  ?= /usr/local
DESTDIR ?=
CC      := gcc
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

comma := ,
O := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))$(if $(STATIC),/static)

ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/ppc64le/powerpc/; s/riscv64/riscv/')

WARN   := -Wall -Wextra -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wundef -Werror
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=gnu11 $(CFLAGS) $(WARN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all) \
	-D_GNU_SOURCE -DSKBTRACE_VERSION='"$(VERSION)"' -Isrc -Ibpf -I$(O)
LDLIBS := $(if $(STATIC),-static) -lbpf -lelf -lz

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

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say_step,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# ---- the kernel side ----

# Kernel types: committed, small, made by `make vmlinux` from vmlinux/types.
BPF_CFLAGS := -g -O2 -std=gnu11 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Ibpf -Ivmlinux -Wall -Wextra -Werror -Wno-unused-parameter

$(APP_O): | $(O)/skbtrace.skel.h
$(O)/skbtrace.bpf.o: bpf/skbtrace.bpf.c
	@mkdir -p $(@D)
	$(call say_step,BPF,$<)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $(O)/skbtrace.bpf.d -MT $@ -c -o $(O)/skbtrace.bpf.raw.o $<
	$(Q)$(BPFTOOL) gen object $@ $(O)/skbtrace.bpf.raw.o

$(O)/skbtrace.skel.h: $(O)/skbtrace.bpf.o
	$(call say_step,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name skbtrace_bpf > $@

# ---- tests ----

$(O)/tests/%: tests/unit/%.c $(O)/libskbtrace.a
	@mkdir -p $(@D)
	$(call say_step,TEST,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/unit -MMD -MP -MF $@.d -MT $@ -o $@ $< $(O)/libskbtrace.a $(LDLIBS)

.PHONY: unit
unit: $(UNIT)

-include $(LIB_O:.o=.d) $(APP_O:.o=.d) $(UNIT:=.d) $(O)/skbtrace.bpf.d

.PHONY: clean
clean:
	rm -rf build
