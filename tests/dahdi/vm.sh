#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boots Debian's kernel with the real DAHDI driver in QEMU, runs one command in it over the host's own file
# system (read-only, with a memory overlay) and exits with that command's exit code. No KVM is needed.
#
#   vm.sh -m MODULES [-c SYSTEM.CONF] [-l "MODULE ..."] [-o RESULTS] [-t SECONDS] [-r] [-v] -- COMMAND...
#
#   -m   folder made by build-modules.sh        -c   given to dahdi_cfg before the command starts
#   -l   further modules to load after it       -o   folder that the guest sees as /results, writable
#   -t   limit of real seconds (120)            -r   real time; the default is below
#   -v   the kernel's messages too
#
# By default the guest's clock counts instructions and jumps over idle time: waiting costs nothing and a busy
# host cannot disturb. The clock runs ahead while the guest waits for a file of the host, so files are to be
# read once (cat FILE > /dev/null) before anything is timed. One CPU.
#
# Exit codes of its own: 2 usage, 124 time limit, 125 the guest died.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mods='' conf='' load='' out='' limit=120 quiet=1
accel="tcg,thread=single -icount shift=0,sleep=off"
while getopts m:c:l:o:t:rv o; do
	case $o in
	m) mods=$(realpath "$OPTARG") ;;
	c) conf=$(realpath "$OPTARG") ;;
	l) load=$OPTARG ;;
	o) mkdir -p "$OPTARG"; out=$(realpath "$OPTARG") ;;
	t) limit=$OPTARG ;;
	r) accel=tcg,thread=multi ;;
	v) quiet= ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ -n "$mods" ] && [ $# -gt 0 ] || { sed -n '3,8p' "$0" >&2; exit 2; }
kvers=$(ls /lib/modules | sort -V | tail -1)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
: "${out:=$tmp/results}"
mkdir -p "$out" "$tmp/root/bin" "$tmp/root/mod"

# Debian's bzImage holds an xz-compressed ELF image; unpacked here it boots through QEMU's PVH entry, and the
# guest is spared two seconds of emulated work. Offsets: Linux x86 boot protocol, setup_sects, payload_*.
bz=/boot/vmlinuz-$kvers
le() { od -An -t "u$2" -j "$(($1))" -N "$2" "$bz" | tr -d ' '; }
setup=$((($(le 0x1f1 1) + 1) * 512))
tail -c +$((setup + $(le 0x248 4) + 1)) "$bz" | head -c "$(le 0x24c 4)" | xz -dc --single-stream > "$tmp/vmlinux"

# The initramfs: init, busybox and the modules needed to reach the host's root.
cp "$here/guest/init" "$tmp/root/init"
chmod +x "$tmp/root/init"
cp /bin/busybox "$tmp/root/bin/"
for m in virtio_pci 9pnet_virtio 9p overlay; do
	modprobe -S "$kvers" -D "$m"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r f; do
	cp "$f" "$tmp/root/mod/"
	basename "$f"
done > "$tmp/order"
mv "$tmp/order" "$tmp/root/mod/order"
(cd "$tmp/root" && find . | cpio -o -H newc --quiet | gzip -1) > "$tmp/initrd"

# What the second stage needs travels in the results folder.
rm -f "$out/rc"
cp "$here/guest/stage2" "$out/.stage2"
: > "$out/.system.conf"
[ -z "$conf" ] || cp "$conf" "$out/.system.conf"
printf 'MODDIR=%q\nLOAD=%q\nDIR=%q\n' "$mods" "$load" "$PWD" > "$out/.env"
printf '%q ' "$@" > "$out/.cmd"

# "pc" and not "microvm": that one has neither HPET nor PM timer, and on a busy host the kernel then fails to
# calibrate its clock. no_timer_check skips a boot test that a busy host can fail.
append="console=ttyS0 panic=-1 mitigations=off no_timer_check tsc=reliable${quiet:+ quiet loglevel=0}"
rc=0
# shellcheck disable=SC2086
timeout "$limit" qemu-system-x86_64 -M pc -accel $accel -cpu max -smp 1 -m 768 \
	-nodefaults -display none -serial stdio -no-reboot -nic none \
	-kernel "$tmp/vmlinux" -initrd "$tmp/initrd" -append "$append" \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-virtfs local,path="$out",mount_tag=results,security_model=none </dev/null || rc=$?
[ $rc -ne 124 ] || exit 124
[ -s "$out/rc" ] || { echo "vm.sh: the guest left no exit code" >&2; exit 125; }
exit "$(cat "$out/rc")"
