#!/usr/bin/env bash
# Makes the packages of a release: verbund-<version>-<arch>-linux.tar.gz and verbund_<version>_<arch>.deb.
#
#   deploy/package.sh [--binary FILE] [--quick] [FOLDER]
#
# FOLDER       where they go; target/packages when it is not given
# --binary     packs a binary that is there already, instead of building one with the profile dist
# --quick      packs with little compression, for tests
#
# The same binary at the same commit gives the same bytes: times are those of the commit (or SOURCE_DATE_EPOCH), owners,
# rights and order are fixed. Needs Python 3.11 and dpkg-deb; with dpkg-shlibdeps (dpkg-dev) the package depends on
# exactly what the binary is linked to. DEBFULLNAME and DEBEMAIL name who maintains the Debian package.
set -euo pipefail
export LC_ALL=C
umask 022

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

binary='' folder='' level=9 packing=(-Zxz)
while [ $# -gt 0 ]; do
    case $1 in
        --binary)
            [ $# -ge 2 ] || fail '--binary needs a file'
            binary=$(realpath -- "$2") || fail "there is no $2"
            shift
            ;;
        --quick) level=1 packing=(-Zgzip -z1) ;;
        -*) fail "unknown option $1; the head of $0 says what there is" ;;
        *)
            [ -z "$folder" ] || fail 'more than one folder'
            folder=$(realpath -m -- "$1")
            ;;
    esac
    shift
done

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
for tool in cargo python3 dpkg-deb tar gzip; do
    command -v "$tool" >/dev/null || fail "$tool is missing"
done

# In containers of forges the checkout belongs to somebody else, and git asks to be told that this is meant.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -c safe.directory="$PWD" log -1 --format=%ct)} ||
    fail 'without a git checkout SOURCE_DATE_EPOCH must say when the sources were made, in seconds since 1970'
export SOURCE_DATE_EPOCH

workspace=$(cargo metadata --quiet --no-deps --locked --format-version 1 | python3 -c '
import json, sys
metadata = json.load(sys.stdin)
programs = {t["name"]: it for it in metadata["packages"] for t in it["targets"] if t["kind"] == ["bin"]}
package = programs["verbund"]
print(package["name"], package["version"], metadata["target_directory"])')
read -r crate version target <<<"$workspace"
folder=${folder:-$target/packages}

if [ -z "$binary" ]; then
    cargo build --profile dist --locked --package "$crate" --bin verbund
    binary=$target/dist/verbund
fi

# What it was built for stands in its head: packages are made for that, not for this machine.
[ "$(od -An -N4 -tx1 "$binary" | tr -d ' ')" = 7f454c46 ] || fail "$binary is no program for Linux"
case $(od -An -j18 -N2 -tu2 "$binary" | tr -d ' ') in
    62) arch=x86_64 debian=amd64 ;;
    183) arch=aarch64 debian=arm64 ;;
    *) fail "$binary is for a processor that there are no packages for" ;;
esac
if [ "$arch" = "$(uname -m)" ]; then
    said=$("$binary" --version) || fail "$binary does not run"
    [ "$said" = "verbund $version" ] || fail "$binary says '$said', and this checkout is $version"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
notice=$work/NOTICE
python3 deploy/package/notice.py "$crate" "$binary" "$arch-unknown-linux-gnu" >"$notice"

# put MODE SOURCE DESTINATION: copies a file, and makes the folders above it.
put() { install -D -m "$1" -- "$2" "$3"; }
# Gives everything below $1 the time of the sources.
settle() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# The tarball

name=verbund-$version-$arch-linux
top=$work/$name
put 755 "$binary" "$top/verbund"
put 644 deploy/verbund.toml "$top/verbund.toml"
put 644 api/default.toml "$top/default.toml"
put 644 deploy/systemd/verbund.service "$top/systemd/verbund.service"
put 644 deploy/systemd/verbund-migrate.service "$top/systemd/verbund-migrate.service"
put 644 deploy/postgres/roles.sql "$top/postgres/roles.sql"
put 644 deploy/runbook.md "$top/runbook.md"
put 644 deploy/package/README.md "$top/README.md"
put 644 CHANGELOG.md "$top/CHANGELOG.md"
put 644 LICENSE "$top/LICENSE"
put 644 "$notice" "$top/NOTICE"
settle "$top"
tar --create --directory "$work" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner "$name" |
    gzip --no-name "-$level" >"$work/$name.tar.gz"

# The Debian package

root=$work/debian
put 755 "$binary" "$root/usr/bin/verbund"
for unit in verbund.service verbund-migrate.service; do
    put 644 "deploy/systemd/$unit" "$root/lib/systemd/system/$unit"
    # The package makes the user, so that commands of operators can run as it: with DynamicUser the state would lie in
    # a folder that only the services reach.
    sed -i -e "1s|^# .*|# Of the package verbund; changes belong into: systemctl edit $unit|" \
        -e 's|/usr/local/bin/|/usr/bin/|' -e '/^DynamicUser=/d' "$root/lib/systemd/system/$unit"
done
put 644 deploy/verbund.toml "$root/etc/verbund/verbund.toml"
put 644 deploy/package/default "$root/etc/default/verbund"
put 644 deploy/postgres/roles.sql "$root/usr/share/verbund/postgres/roles.sql"
doc=$root/usr/share/doc/verbund
put 644 deploy/package/copyright "$doc/copyright"
put 644 deploy/package/README.Debian "$doc/README.Debian"
put 644 deploy/runbook.md "$doc/runbook.md"
put 644 CHANGELOG.md "$doc/CHANGELOG.md"
put 644 "$notice" "$doc/NOTICE"

# 1.0.0-rc.1 comes before 1.0.0 for Debian, too
debian_version=${version/-/\~}
maintainer="${DEBFULLNAME:-Verbund maintainers} <${DEBEMAIL:-maintainers@verbund.invalid}>"
cat >"$doc/changelog" <<CHANGELOG
verbund ($debian_version) unstable; urgency=medium

  * Version $version; CHANGELOG.md.gz says what changed.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGELOG
gzip --no-name -9 "$doc/changelog" "$doc/CHANGELOG.md" "$doc/NOTICE"

# What the binary is linked to, with the oldest version that has all of its symbols.
depends=libc6
if command -v dpkg-shlibdeps >/dev/null && [ "$debian" = "$(dpkg --print-architecture)" ]; then
    mkdir -p "$work/shlibs/debian"
    printf 'Source: verbund\n\nPackage: verbund\nArchitecture: any\n' >"$work/shlibs/debian/control"
    said=$(cd "$work/shlibs" && dpkg-shlibdeps -O "$binary" 2>"$work/shlibs/problems") ||
        fail "dpkg-shlibdeps failed: $(cat "$work/shlibs/problems")"
    depends=${said#shlibs:Depends=}
fi

# As dpkg-gencontrol counts: files in whole KiB, and one for everything else.
installed=$(find "$root" -type f -printf '%s\n' -o -printf '1\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
control=$root/DEBIAN
mkdir "$control"
cat >"$control/control" <<CONTROL
Package: verbund
Version: $debian_version
Architecture: $debian
Maintainer: $maintainer
Installed-Size: $installed
Depends: adduser, $depends
Recommends: ca-certificates
Suggests: postgresql (>= 15)
Section: net
Priority: optional
Description: GraphQL backend for education management across authorities
 One GraphQL API through which neighbouring public authorities run their
 education management together: calendars and annual plans, projects, datasets
 and learning places. Each authority stays independent and shows the others what
 it decides to show, under cooperation agreements.
 .
 The data is in PostgreSQL 15 or newer, or in an embedded SQLite.
CONTROL
printf '%s\n' /etc/default/verbund /etc/verbund/verbund.toml >"$control/conffiles"
for script in postinst prerm postrm; do
    put 755 "deploy/package/$script" "$control/$script"
done
(cd "$root" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' | sort -z |
    xargs -0 md5sum) >"$control/md5sums"
chmod 644 "$control"/{control,conffiles,md5sums}
settle "$root"
# With several threads the compressor cuts its input up, and the bytes would depend on the processors of this machine.
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group "${packing[@]}" --build "$root" "$work/verbund.deb" >/dev/null

mkdir -p "$folder"
put 644 "$work/$name.tar.gz" "$folder/$name.tar.gz"
put 644 "$work/verbund.deb" "$folder/verbund_${debian_version}_$debian.deb"
printf '%s\n' "$folder/$name.tar.gz" "$folder/verbund_${debian_version}_$debian.deb"
