#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the Debian packages that are missing.   deps.sh [build] [check] [dahdi]
# A host with a card wants the package dahdi as well, for its driver and dahdi_cfg.
set -eu
build="gcc make pkg-config libc6-dev libsofia-sip-ua-dev libpri-dev libtonezone-dev libspandsp-dev libfyaml-dev
	libsqlite3-dev libjson-c-dev libc-ares-dev dahdi-source"	# dahdi-source: dahdi/user.h
check="clang libclang-rt-14-dev libcmocka-dev python3 sip-tester baresip tshark espeak-ng sox sqlite3 git
	iproute2 procps strace universal-ctags minimodem"
dahdi="qemu-system-x86 linux-image-amd64 linux-headers-amd64 dahdi-source dahdi busybox-static cpio kmod
	bzip2 xz-utils iproute2"
want=
for group in "${@:-build}"; do
	case $group in
	build) want="$want $build" ;;
	check) want="$want $check" ;;
	dahdi) want="$want $dahdi" ;;
	*) echo "deps.sh: no group '$group': build, check, dahdi" >&2; exit 2 ;;
	esac
done
missing=
for p in $want; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
[ "$(id -u)" = 0 ] && sudo= || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing
