# What `run` and `test` share: finding the toolchain, installing what is missing.
# Sourced, never run.

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Runs a command as root, with sudo only if we are not root already.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs those of the named Debian packages that are missing.
need_packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
      || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || fail "Install these packages first: ${missing[*]}"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null \
    || fail "These packages are missing, and installing them needs root: ${missing[*]}"
  say "Installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq >/dev/null \
    || fail "The list of Debian packages cannot be fetched: is there a network?"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null || fail "These packages could not be installed: ${missing[*]}"
}

# The Swift 6.3 toolchain, from PATH or where it usually lies.
need_swift() {
  command -v swift >/dev/null || PATH="$PATH:/opt/swift/usr/bin:/usr/local/swift/usr/bin"
  command -v swift >/dev/null || fail \
    "Muster needs the Swift 6.3 toolchain, and there is no 'swift' in PATH. Get it for Debian 12 from swift.org/install and add its usr/bin folder to PATH."
  local version
  version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9.]+$')
  case "$version" in
    6.[3-9]*|6.[1-9][0-9]*|[7-9].*) ;;
    *) fail "Muster needs Swift 6.3 or newer; 'swift' in PATH is version ${version:-unknown}." ;;
  esac
}

BUILD_PACKAGES=(
  libcurl4-openssl-dev libicu-dev libpq-dev libqrencode-dev libsqlite3-dev libssl-dev
  liburing-dev libutf8proc-dev libxlsxwriter-dev libyaml-dev
  pkg-config tzdata zlib1g-dev
)
# Encrypts short records faster than libcrypto; there is none for other processors.
[ "$(uname -m)" != x86_64 ] || BUILD_PACKAGES+=(libipsec-mb-dev)
