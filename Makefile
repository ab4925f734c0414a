# SPDX-License-Identifier: GPL-2.0-or-later
#
# make run          install what is missing, build, start the demo on the simulated card, place a call
# make check        install what is missing, build with gcc and clang, pass every test that needs no driver
# make check-dahdi  the whole-call tests on the real DAHDI driver, in a virtual machine
# make help         the rest
#
# Objects live in build/VARIANT; VARIANT is one of gcc (default), clang, asan, tsan. Sources are found by
# folder: a new .c file needs no change here.

VARIANT ?= gcc
B := build/$(VARIANT)
prefix ?= /usr/local
sysconfdir ?= /etc
DESTDIR ?=

HARDEN := -D_FORTIFY_SOURCE=2
SAN :=
ifeq ($(VARIANT),clang)
CC := clang
else ifeq ($(VARIANT),asan)
CC := gcc
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
HARDEN :=
else ifeq ($(VARIANT),tsan)
CC := gcc
SAN := -fsanitize=thread
HARDEN :=
else
CC := gcc
endif

PKGS := sofia-sip-ua libfyaml sqlite3 json-c spandsp libcares
pkg_cflags := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lpri -ltonezone -lm -lpthread
OPT ?= -O2 -g
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo 0)
CPPFLAGS += -I. -D_GNU_SOURCE $(HARDEN) $(pkg_cflags)
CFLAGS += -std=c17 $(OPT) -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wvla -fstack-protector-strong -fPIE -fno-common $(SAN)
ifneq ($(CC),clang)
CFLAGS += -fstack-clash-protection
endif
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN)

src_of = $(foreach d,$(1),$(wildcard $(d)/*.c))
CORE := $(call src_of,hw hw/sim hw/dahdi channels channels/sound dialplan conf gateway/sip gateway/media gateway/ops) \
	$(filter-out gateway/main.c,$(wildcard gateway/*.c))
CLI := $(wildcard gateway/cli/*.c)
SUPPORT := $(wildcard tests/support/*.c)
UNITS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
TOOLS := $(patsubst tests/tools/%.c,$(B)/tests/tools/%,$(wildcard tests/tools/*.c)) $(B)/tests/tools/isdn_switch
BENCHES := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard tests/bench/bench_*.c))
REPLAYS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
obj = $(patsubst %.c,$(B)/%.o,$(1))

all: $(B)/tipringd $(B)/tipring

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -DTIPRING_VERSION='"$(VERSION)"' -MMD -MP -c -o $@ $<

$(B)/libtipring.a: $(call obj,$(CORE))
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^
$(B)/libsupport.a: $(call obj,$(SUPPORT))
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^

$(B)/tipringd: $(B)/gateway/main.o $(B)/libtipring.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/tipring: $(call obj,$(CLI)) $(B)/libtipring.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(B)/libsupport.a $(B)/libtipring.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
# An exchange of its own: nothing of the gateway is in it.
$(B)/tests/tools/isdn_switch: $(call obj,$(wildcard tests/switch/*.c))
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lpri -lm
$(B)/tests/%: $(B)/tests/%.o $(B)/libsupport.a $(B)/libtipring.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

# Runs the program itself.
$(B)/tests/unit/test_cli: | $(B)/tipring

lib: $(B)/libtipring.a
units: $(UNITS)
tools: $(TOOLS)
benches: $(BENCHES)
replays: $(REPLAYS)
everything: all units tools benches replays

.PRECIOUS: $(B)/%.o
.PHONY: all lib units tools benches replays everything help
-include $(shell find $(B) -name '*.d' 2>/dev/null)
include tests/check.mk
include conf/install/install.mk
