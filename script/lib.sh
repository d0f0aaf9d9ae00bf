# shellcheck shell=bash
# What the scripts beside this file share: saying things, and installing Debian packages. To be sourced.

export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" # where Debian keeps dockerd; not on every user's PATH

say() { printf '%s\n' "$*"; }

# fail MESSAGE [NEXT STEP]: say why, and what to do about it, and end.
fail() {
    printf '\nerror: %s\n' "$1" >&2
    [[ -z ${2:-} ]] || printf '%s\n' "$2" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [[ $EUID -eq 0 ]]; }

# Whether commands can be run as root: by sudo without a password, or with one where somebody can type it.
can_be_root() { is_root || { has sudo && { sudo -n true 2>/dev/null || { : </dev/tty; } 2>/dev/null; }; }; }

as_root() {
    if is_root; then "$@"; else sudo "$@"; fi
}

can_install() { has apt-get && can_be_root; }

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# missing_packages PACKAGE...: print those that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        is_installed "$package" || printf '%s\n' "$package"
    done
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" 2>&1 </dev/null
}

package_lists_are_fresh=
renew_package_lists() {
    [[ -z $package_lists_are_fresh ]] || return 0
    apt_get update >/dev/null || say "The package lists could not all be renewed; going on with those that are here."
    package_lists_are_fresh=yes
}

# install_packages PACKAGE...: install the missing ones, with nothing that they merely recommend.
install_packages() {
    local packages output
    mapfile -t packages < <(missing_packages "$@")
    [[ ${#packages[@]} -gt 0 ]] || return 0
    say "Installing Debian packages: ${packages[*]}"
    renew_package_lists
    output=$(apt_get install --yes --no-install-recommends "${packages[@]}") || {
        tail -n 20 <<<"$output" >&2
        fail "apt-get could not install ${packages[*]}." "Its last words stand above."
    }
}
