#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs into a folder of its own and looks at the result: files, modes, what the unit says, what the man pages
# say of themselves, and that a second installation leaves the configuration alone.
cd "$(dirname "$0")/../.." || exit 2
to=$(mktemp -d) || exit 2
trap 'rm -rf "$to"' EXIT
passed=0 failed=0
try() {	# WHAT COMMAND...
	local what=$1
	shift
	if "$@" > "$to.out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $what: $*"
		tail -20 "$to.out"
	fi
	rm -f "$to.out"
}
has() { [ "$(stat -c %a "$to$1")" = "$2" ]; }
says() { "$to/usr/bin/$1" "$2" | grep -q "$3"; }
no_at() { ! grep -q '@[a-z]*@' "$1"; }
no_warning() { ! man --warnings -l -Tutf8 "$1" 2>&1 > /dev/null | grep .; }
same() { cmp -s "$1" "$2"; }
empty() { [ -z "$(find "$to/usr" -type f)" ]; }

install_it() { make -s install "DESTDIR=$to" prefix=/usr sysconfdir=/etc; }
try "make install" install_it
while read -r mode file; do
	try "$file has mode $mode" has "$file" "$mode"
done <<-'END'
	755 /usr/bin/tipringd
	755 /usr/bin/tipring
	644 /usr/share/man/man8/tipringd.8
	644 /usr/share/man/man1/tipring.1
	644 /usr/share/man/man5/trunks.yaml.5
	644 /usr/share/man/man5/dids.5
	644 /usr/lib/systemd/system/tipring.service
	644 /usr/lib/sysusers.d/tipring.conf
	644 /lib/udev/rules.d/70-tipring.rules
	644 /usr/share/bash-completion/completions/tipring
	644 /usr/share/doc/tipring/README.md
	644 /usr/share/doc/tipring/examples/e1/trunks.yaml
	644 /usr/share/doc/tipring/examples/e1/system.conf
	644 /usr/share/doc/tipring/examples/t1/dids
	644 /usr/share/doc/tipring/examples/e1/dids
	644 /usr/share/doc/tipring/examples/nfas/system.conf
	750 /etc/tipring
	640 /etc/tipring/trunks.yaml
	640 /etc/tipring/dids
END
try "tipringd runs" says tipringd -V tipringd
try "tipringd --version" says tipringd --version tipringd
try "tipringd -h" says tipringd -h usage:
try "tipringd --help" says tipringd --help usage:
# Without a configuration: a complete message, which names what an installed system has.
not_started() {
	! "$to/usr/bin/tipringd" -c "$to/nowhere" -s "$to/control" > "$to.said" 2>&1 && ! grep -q "Invalid argument" "$to.said" &&
		grep -q "not started$" "$to.said" && grep -q "installed: share/doc/tipring/examples/)" "$to.said"
}
try "tipringd without a configuration" not_started
rm -f "$to.said"
try "tipring runs" says tipring --version tipring
unit=$to/usr/lib/systemd/system/tipring.service
try "the unit has no blanks left" no_at "$unit"
try "the unit names the program" grep -q '^ExecStart=/usr/bin/tipringd -c /etc/tipring$' "$unit"
if command -v systemd-analyze > /dev/null; then
	# Its programs are looked for where they are to be: here they are not.
	sed "s|/usr/bin/|$to/usr/bin/|" "$unit" > "$to/tipring.service"
	try "systemd reads the unit" bash -c "! systemd-analyze --man=no verify '$to/tipring.service' 2>&1 | grep -i tipring"
fi
if command -v man > /dev/null; then
	for page in "$to"/usr/share/man/man?/*; do
		try "$page formats without a warning" no_warning "$page"
	done
fi
try "completion is good bash" bash -n "$to/usr/share/bash-completion/completions/tipring"
# Every command that help lists is offered.
completes() {	# WORD... CURRENT: what may stand there
	bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tipring; printf "%s\n" "${COMPREPLY[@]}"' \
		completes "$to/usr/share/bash-completion/completions/tipring" "$to/usr/bin/tipring" "$@"
}
all_commands() {
	"$to/usr/bin/tipring" help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | sort -u > "$to.help"
	completes "" | grep '^[a-z]' | sort > "$to.offered"
	completes help "" | sort > "$to.of_help"
	[ "$(wc -l < "$to.help")" -gt 20 ] && cmp "$to.help" "$to.offered" && cmp "$to.help" "$to.of_help"
}
offers() {	# WANT WORD...
	local want=$1
	shift
	completes "$@" | grep -qx -- "$want"
}
try "completion has every command" all_commands
rm -f "$to.help" "$to.offered" "$to.of_help"
try "completion of trace" offers start trace ""
try "completion of line" offers record line copper/1 ""
try "completion of out" offers span out ""
try "completion of detect" offers --country detect --c
try "completion of phone" offers pulse phone phones/1 off ""
try "the first configuration is sound" "$to/usr/bin/tipring" check "$to/etc/tipring"
echo "# mine" >> "$to/etc/tipring/dids"
rm "$to/etc/tipring/trunks.yaml"
try "make install again" install_it
try "an own file is kept" grep -q '^# mine$' "$to/etc/tipring/dids"
try "a missing one is put back" same conf/sample/e1/trunks.yaml "$to/etc/tipring/trunks.yaml"
try "make uninstall" make -s uninstall "DESTDIR=$to" prefix=/usr sysconfdir=/etc
try "nothing is left but the configuration" empty
try "which stays" grep -q '^# mine$' "$to/etc/tipring/dids"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
