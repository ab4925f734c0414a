#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds DAHDI's kernel modules from Debian's dahdi-source package for the newest installed Debian kernel.
# They are loaded in a virtual machine only, so the running kernel does not matter. What has been built for
# this kernel from this source is kept.   build-modules.sh OUTDIR
set -eu
out=${1:?usage: build-modules.sh OUTDIR}
kvers=$(ls /lib/modules | sort -V | tail -1)
stamp="$kvers $(dpkg-query -W -f='${Version}' dahdi-source) $(cksum < "$0")"
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ "$(cat "$out/stamp" 2>/dev/null || :)" != "$stamp" ] || exit 0
rm -rf "$out"
mkdir -p "$out/src"
tar -xjf /usr/src/dahdi.tar.bz2 -C "$out/src"
cd "$out/src/modules/dahdi"
# An empty DAHDI_BUILD_ALL drops the card drivers. dahdi_dummy gives a tick of 1 ms, as a card would.
make -s -j"$(nproc)" KVERS="$kvers" DAHDI_BUILD_ALL= \
	DAHDI_MODULES_EXTRA="dahdi.o dahdi_dynamic.o dahdi_dynamic_loc.o dahdi_echocan_mg2.o dahdi_dummy.o" \
	modules > "$out/log" 2>&1 || { tail -20 "$out/log" >&2; exit 1; }
find drivers -name '*.ko' -exec cp {} "$out/" \;
rm -rf "$out/src"
echo "$stamp" > "$out/stamp"
echo "DAHDI modules for $kvers in $out"
