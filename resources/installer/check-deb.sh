#!/usr/bin/env bash
# Installs the .deb in a bare Debian and starts Berth there as an ordinary user, from its desktop entry.
#
#   check-deb.sh PACKAGE.deb PICTURES-FOLDER
#
# Wants root, debootstrap and a Debian mirror ($BERTH_DEBIAN_MIRROR, for $BERTH_DEBIAN_SUITE); without them it says why
# and ends with 77.
# $BERTH_BARE_DEBIAN names a folder to keep the bare system in between runs. Everything started here ends with it.
set -euo pipefail

DEB="$(realpath "${1:?which .deb?}")"
PICTURES="$(realpath "${2:?where to put the pictures?}")"
MIRROR="${BERTH_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
SUITE="${BERTH_DEBIAN_SUITE:-bookworm}"
USER_NAME=seller
SCREEN=:77
SCREEN_SIZE=1440x900x24
PATIENCE_S=60
PASSPHRASE="a passphrase for a test, long enough"
# Not what the package asks for, but what stands around it: a screen, a launcher of desktop entries, eyes and hands
# (xwininfo, netpbm for pictures, xdotool), and a browser.
AROUND=(xvfb x11-utils libglib2.0-bin netpbm xdotool chromium chromium-sandbox chromium-l10n)

say() { printf '%s\n' "$*" >&2; }

cannot() {
    say "Not checked: $*"
    exit 77
}

[[ "$(id -u)" == 0 ]] || cannot "a bare system can only be made as root."
command -v debootstrap >/dev/null 2>&1 || cannot "debootstrap is not installed."
unshare --mount --pid --fork true 2>/dev/null || cannot "this machine lets nobody have mounts of his own."

# Mounts and processes of its own: all of them are gone when this script is.
if [[ -z "${BERTH_CHECK_INSIDE:-}" ]]; then
    exec env BERTH_CHECK_INSIDE=1 unshare --mount --pid --fork --kill-child "$0" "$DEB" "$PICTURES"
fi

WORK="$(mktemp -d)"
trap 'umount --recursive --lazy "$WORK/system" "$WORK/overlay" 2>/dev/null; rm -rf --one-file-system "$WORK"' EXIT
BARE="${BERTH_BARE_DEBIAN:-$WORK/bare}"
SYSTEM="$WORK/system"

in_system() { chroot "$SYSTEM" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }

as_user() {
    in_system setpriv --reuid="$USER_NAME" --regid="$USER_NAME" --clear-groups env -C "/home/$USER_NAME" \
        HOME="/home/$USER_NAME" USER="$USER_NAME" XDG_RUNTIME_DIR="/run/user/$USER_NAME" DISPLAY="$SCREEN" "$@"
}

wait_for() { # seconds, what, command…
    local ends=$((SECONDS + $1)) what="$2"
    shift 2
    until "$@"; do
        if ((SECONDS >= ends)); then
            say "In vain: $what"
            return 1
        fi
        sleep 0.1
    done
}

make_system() {
    if [[ ! -e "$BARE/.complete" ]]; then
        say "Making a bare Debian $SUITE"
        debootstrap --variant=minbase "$SUITE" "$BARE" "$MIRROR" >"$WORK/debootstrap.log" 2>&1 ||
            cannot "debootstrap failed: $(tail -1 "$WORK/debootstrap.log")"
        touch "$BARE/.complete"
    fi
    mkdir -p "$SYSTEM" "$WORK/changes" "$WORK/overlay"
    # What is done here is done beside the bare system, which stays bare.
    mount -t tmpfs tmpfs "$WORK/overlay"
    mkdir "$WORK/overlay/upper" "$WORK/overlay/work"
    mount -t overlay overlay -o "lowerdir=$BARE,upperdir=$WORK/overlay/upper,workdir=$WORK/overlay/work" "$SYSTEM"
    mount -t proc proc "$SYSTEM/proc"
    mount -t sysfs sysfs "$SYSTEM/sys"
    mount --rbind /dev "$SYSTEM/dev"
    mount -t tmpfs tmpfs "$SYSTEM/dev/shm"
    mount -t tmpfs tmpfs "$SYSTEM/run"
    cp /etc/resolv.conf "$SYSTEM/etc/resolv.conf"
}

install_package() {
    say "Installing $(basename "$DEB") and a browser"
    cp "$DEB" "$SYSTEM/tmp/berth.deb"
    in_system apt-get update --quiet=2 || cannot "the mirror cannot be reached."
    # Without recommended packages: what it depends on must be enough to start.
    in_system apt-get install --yes --quiet=2 --no-install-recommends -o Dpkg::Use-Pty=0 /tmp/berth.deb \
        >"$WORK/install.log" 2>&1 || { cat "$WORK/install.log" >&2 && return 1; }
    in_system apt-get install --yes --quiet=2 --no-install-recommends -o Dpkg::Use-Pty=0 "${AROUND[@]}" \
        >>"$WORK/install.log" 2>&1 || { cat "$WORK/install.log" >&2 && return 1; }
    in_system useradd --create-home "$USER_NAME"
    in_system install -d -o "$USER_NAME" -g "$USER_NAME" -m 700 "/run/user/$USER_NAME"
}

nothing_is_missing() {
    say "Looking for libraries that are missing"
    # shellcheck disable=SC2016 # for the shell in there
    local missing
    missing="$(in_system sh -c 'find /opt/berth -type f \( -name "*.so*" -o -perm -100 \) -exec ldd {} + 2>/dev/null' |
        sort -u | grep 'not found' | grep -v libcups || true)"
    [[ -z "$missing" ]] || { say "$missing" && return 1; }
}

command_line_works() {
    say "The command line, as an ordinary user"
    as_user berth --version
    as_user berth doctor
    as_user sh -c 'umask 077; echo "$0" >passphrase' "$PASSPHRASE"
    as_user berth --passphrase-file passphrase --home vault-of-its-own init >/dev/null
    as_user env -u DISPLAY berth demo --virtual-screen
}

start_screen() {
    as_user Xvfb "$SCREEN" -screen 0 "$SCREEN_SIZE" -nolisten tcp -noreset -fbdir "/run/user/$USER_NAME" 2>/dev/null &
    wait_for 20 "a screen" test -e "$SYSTEM/tmp/.X11-unix/X${SCREEN#:}"
}

has_window() { as_user xwininfo -root -tree 2>/dev/null | grep -q '("berth" "Berth")'; }

# Nothing outside sees whether a window has painted; it has when the screen stays the same for a while.
is_still() {
    local screen="$SYSTEM/run/user/$USER_NAME/Xvfb_screen0" before
    before="$(cksum <"$screen")"
    sleep 1
    [[ "$(cksum <"$screen")" == "$before" ]]
}

picture() {
    in_system sh -c "xwdtopnm -quiet /run/user/$USER_NAME/Xvfb_screen0 | pnmtopng -quiet" >"$PICTURES/$1.png"
}

window_opens_from_its_entry() {
    say "The window, from its desktop entry, for somebody who reads Chinese"
    start_screen
    as_user env LANG=zh_CN.UTF-8 LANGUAGE=zh_CN gio launch /usr/share/applications/berth.desktop >"$PICTURES/berth.log" 2>&1 &&
        wait_for "$PATIENCE_S" "a window of Berth" has_window || {
        cat "$PICTURES/berth.log" >&2
        return 1
    }
    wait_for 20 "a still picture" is_still
    picture window
    as_user xdotool search --onlyvisible --class '^Berth$' windowfocus
    as_user xdotool type "$PASSPHRASE"
    as_user xdotool key Return
    wait_for "$PATIENCE_S" "a vault" test -e "$SYSTEM/home/$USER_NAME/.local/share/Berth/vault.json"
    wait_for 20 "a still picture" is_still
    picture recovery-code
}

leaves_nothing_behind() {
    say "Removing it"
    in_system apt-get remove --yes --quiet=2 -o Dpkg::Use-Pty=0 berth >/dev/null 2>&1
    ! in_system sh -c 'ls -d /opt/berth /usr/bin/berth /usr/share/applications/berth.desktop' 2>/dev/null
}

make_system
install_package
nothing_is_missing
command_line_works
window_opens_from_its_entry
say "Installed size: $(in_system dpkg-query -W -f '${Installed-Size}' berth) KiB"
leaves_nothing_behind
say "All is well; pictures are in $PICTURES."
