#!/usr/bin/env bash
# Checks what deploy/package.sh makes of a binary that is there: what is in both packages, that it runs from there with
# the configuration that comes along, and that making them again gives the same bytes.
#
#   tests/packages.sh BINARY
#
# Installs nothing on this machine.
set -euo pipefail
export LC_ALL=C

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# same WHAT EXPECTED: compares standard input with a text.
same() { diff -u --label expected --label "$1" <(printf '%s\n' "$2") - || fail "$1 is not as expected"; }

[ $# -eq 1 ] || fail 'tests/packages.sh BINARY'
binary=$(realpath -- "$1")
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Debug information is most of a debug binary, and only makes packing slow.
strip -o "$work/verbund" "$binary"
ln -s "$(dirname "$binary")/build" "$work/build"

# The second time with what a machine may have otherwise.
(umask 077 && TZ=Pacific/Auckland deploy/package.sh --quick --binary "$work/verbund" "$work/again" >/dev/null) &
deploy/package.sh --quick --binary "$work/verbund" "$work/packages" >/dev/null
wait $! || fail 'making the packages again failed'
diff -r "$work/packages" "$work/again" || fail 'the same binary gave other bytes'

version=$("$binary" --version | cut -d ' ' -f 2)
case $(uname -m) in
    x86_64) arch=x86_64 debian=amd64 ;;
    aarch64) arch=aarch64 debian=arm64 ;;
    *) fail "there are no packages for $(uname -m)" ;;
esac
name=verbund-$version-$arch-linux
tarball=$work/packages/$name.tar.gz
package=$work/packages/verbund_${version/-/\~}_$debian.deb
find "$work/packages" -type f | sort | same 'the folder of packages' "$tarball
$package"

# The tarball

tar --extract -vv --numeric-owner --directory "$work" --file "$tarball" | awk '{ print $1, $2, $6 }' | same 'the tarball' "\
drwxr-xr-x 0/0 $name/
-rw-r--r-- 0/0 $name/CHANGELOG.md
-rw-r--r-- 0/0 $name/LICENSE
-rw-r--r-- 0/0 $name/NOTICE
-rw-r--r-- 0/0 $name/README.md
-rw-r--r-- 0/0 $name/default.toml
drwxr-xr-x 0/0 $name/postgres/
-rw-r--r-- 0/0 $name/postgres/roles.sql
-rw-r--r-- 0/0 $name/runbook.md
drwxr-xr-x 0/0 $name/systemd/
-rw-r--r-- 0/0 $name/systemd/verbund-migrate.service
-rw-r--r-- 0/0 $name/systemd/verbund.service
-rwxr-xr-x 0/0 $name/verbund
-rw-r--r-- 0/0 $name/verbund.toml"
top=$work/$name
"$top/verbund" config | diff - "$top/default.toml" || fail 'default.toml is not what the binary says'

# The configuration has no key that the binary does not know, and a database comes of it.
for it in database-url database-owner-url; do
    echo "sqlite://$work/verbund.db?mode=rwc" >"$work/$it"
done
VERBUND__DATABASE__URL_FILE=$work/database-url VERBUND__DATABASE__OWNER_URL_FILE=$work/database-owner-url \
    "$top/verbund" --config "$top/verbund.toml" migrate >/dev/null || fail 'the binary does not migrate as configured'
[ -s "$work/verbund.db" ] || fail 'the binary migrated something else'

for it in 'axum 0' 'The Rust standard library' EXPLORER DATA 'OpenStreetMap contributors'; do
    grep -q "$it" "$top/NOTICE" || fail "NOTICE does not name $it"
done
# Names of crates in the tree that only help to build are none of its business.
! grep -q '^\(rust-embed-impl\|cc\|proptest\) ' "$top/NOTICE" || fail 'NOTICE names what is not in the binary'

# The Debian package

dpkg-deb --field "$package" Package Version Architecture | same 'the fields of the package' "\
Package: verbund
Version: ${version/-/\~}
Architecture: $debian"
dpkg-deb --field "$package" Depends | grep -q '^adduser, libc6' || fail 'the package depends on no C library'
dpkg-deb --contents "$package" | awk '{ print $1, $2, $6 }' | grep -v '/$' | same 'the package' "\
-rw-r--r-- root/root ./etc/default/verbund
-rw-r--r-- root/root ./etc/verbund/verbund.toml
-rw-r--r-- root/root ./lib/systemd/system/verbund-migrate.service
-rw-r--r-- root/root ./lib/systemd/system/verbund.service
-rwxr-xr-x root/root ./usr/bin/verbund
-rw-r--r-- root/root ./usr/share/doc/verbund/CHANGELOG.md.gz
-rw-r--r-- root/root ./usr/share/doc/verbund/NOTICE.gz
-rw-r--r-- root/root ./usr/share/doc/verbund/README.Debian
-rw-r--r-- root/root ./usr/share/doc/verbund/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/verbund/copyright
-rw-r--r-- root/root ./usr/share/doc/verbund/runbook.md
-rw-r--r-- root/root ./usr/share/verbund/postgres/roles.sql"
root=$work/root
dpkg-deb --raw-extract "$package" "$root"
same 'the list of configuration files' '/etc/default/verbund
/etc/verbund/verbund.toml' <"$root/DEBIAN/conffiles"
(cd "$root" && md5sum --check --quiet DEBIAN/md5sums) || fail 'the checksums of the package are wrong'
cmp "$root/usr/bin/verbund" "$top/verbund"
for script in preinst postinst prerm postrm; do
    [ ! -e "$root/DEBIAN/$script" ] || sh -n "$root/DEBIAN/$script"
done
# Paths that the scripts and units name are those of the package.
for unit in "$root"/lib/systemd/system/*.service; do
    grep -q '^ExecStart=/usr/bin/verbund --config /etc/verbund/verbund.toml ' "$unit" || fail "$unit starts something else"
    ! grep -E '/usr/local|^DynamicUser' "$unit" || fail "$unit is not made for the package"
done

# What is no binary is refused, and nothing is left.
! deploy/package.sh --binary LICENSE "$work/nothing" 2>/dev/null || fail 'a text was packed'
[ ! -e "$work/nothing" ] || fail 'a refusal left packages'
echo "packages: as they should be, in $SECONDS s"
