# SPDX-License-Identifier: GPL-2.0-or-later
# make install      programs, man pages, unit, completion and a first configuration (DESTDIR, prefix, sysconfdir)
# make uninstall    what install put there, without the configuration
#
# The first configuration is conf/sample/e1; one that is there already is left alone. All samples are in $(docdir).
bindir ?= $(prefix)/bin
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/tipring
unitdir ?= $(prefix)/lib/systemd/system
sysusersdir ?= $(prefix)/lib/sysusers.d
udevdir ?= $(if $(filter /usr,$(prefix)),/lib,$(sysconfdir))/udev/rules.d
completiondir ?= $(prefix)/share/bash-completion/completions
MAN := $(wildcard conf/man/*.[158])
ETC := trunks.yaml dids
SAMPLES := $(notdir $(wildcard conf/sample/*))

install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(docdir) $(DESTDIR)$(unitdir) $(DESTDIR)$(sysusersdir) \
		$(DESTDIR)$(udevdir) $(DESTDIR)$(completiondir)
	install -d -m 0750 $(DESTDIR)$(sysconfdir)/tipring
	install $(B)/tipringd $(B)/tipring $(DESTDIR)$(bindir)
	@for page in $(MAN); do \
		dir=$(DESTDIR)$(mandir)/man$${page##*.}; \
		install -d $$dir && install -m 0644 $$page $$dir || exit 1; \
	done
	sed 's|@bindir@|$(bindir)|; s|@sysconfdir@|$(sysconfdir)|' conf/install/tipring.service \
		> $(DESTDIR)$(unitdir)/tipring.service
	chmod 0644 $(DESTDIR)$(unitdir)/tipring.service
	install -m 0644 conf/install/tipring.sysusers $(DESTDIR)$(sysusersdir)/tipring.conf
	install -m 0644 conf/install/70-tipring.rules $(DESTDIR)$(udevdir)
	install -m 0644 conf/install/tipring.bash $(DESTDIR)$(completiondir)/tipring
	install -m 0644 README.md $(DESTDIR)$(docdir)
	@for s in $(SAMPLES); do \
		install -d $(DESTDIR)$(docdir)/examples/$$s && \
		install -m 0644 conf/sample/$$s/* $(DESTDIR)$(docdir)/examples/$$s || exit 1; \
	done
	@for f in $(ETC); do \
		to=$(DESTDIR)$(sysconfdir)/tipring/$$f; \
		if [ -e $$to ]; then echo "kept: $$to"; else install -m 0640 conf/sample/e1/$$f $$to || exit 1; fi; \
	done
# Into the running system itself: its user exists, owns the configuration's group, and systemd knows the unit.
ifeq ($(DESTDIR),)
	@if [ "$$(id -u)" = 0 ] && command -v systemd-sysusers > /dev/null; then \
		systemd-sysusers $(sysusersdir)/tipring.conf && chgrp -R tipring $(sysconfdir)/tipring; \
		[ ! -d /run/systemd/system ] || systemctl daemon-reload; \
	fi
endif

uninstall:
	rm -f $(DESTDIR)$(bindir)/tipringd $(DESTDIR)$(bindir)/tipring $(DESTDIR)$(unitdir)/tipring.service \
		$(DESTDIR)$(sysusersdir)/tipring.conf $(DESTDIR)$(udevdir)/70-tipring.rules \
		$(DESTDIR)$(completiondir)/tipring \
		$(foreach p,$(MAN),$(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(p)))/$(notdir $(p)))
	rm -rf $(DESTDIR)$(docdir)

.PHONY: install uninstall
