# shellcheck shell=bash
# What the commands beside this file share: the tools they need, and jars that are up to date. To be sourced.

# need COMMAND:PACKAGE... installs with apt what is missing, as root or by sudo.
need() {
  local tool missing=()
  PATH="$PATH:/usr/sbin:/sbin"
  for tool in "$@"; do
    command -v "${tool%%:*}" >/dev/null || missing+=("${tool#*:}")
  done
  [ "${#missing[@]}" -eq 0 ] || install "${missing[@]}"
}

# nginx with its stream module, which some distributions keep in a package of its own.
need_nginx() {
  need nginx:nginx
  local options modules
  options=$(nginx -V 2>&1)
  modules=$(sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p' <<<"$options")
  if grep -q -- '--with-stream=dynamic' <<<"$options" && [ ! -e "$modules/ngx_stream_module.so" ]; then
    install libnginx-mod-stream
  fi
}

install() { # install PACKAGE...
  local missing=("$@") as_root=()
  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]} (Debian's names). There is no apt-get here: install them by other means." >&2
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Missing: ${missing[*]}. Neither root nor sudo here: as root, type  apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# build JAR MODULE [SOURCE-MODULE...] builds MODULE's jar when it is missing or older than what it is made of.
build() {
  local jar=$1 module=$2 sources=(pom.xml) directory
  shift
  for directory in "$@"; do
    sources+=("$directory/pom.xml")
    [ -d "$directory/src/main" ] && sources+=("$directory/src/main")
  done
  if [ -e "$jar" ] && [ -z "$(find "${sources[@]}" -newer "$jar" -print -quit)" ]; then
    return
  fi
  need mvn:maven javac:openjdk-17-jdk-headless
  echo "Building $jar" >&2
  mvn -B -q -ntp -pl "$module" -am -DskipTests package </dev/null >&2
  touch "$jar" # the build dates its archives alike, whenever they were made
}

build_stock_gateway() {
  build loadtest/stock-gateway/target/stock-gateway.jar loadtest/stock-gateway
}

build_clients() {
  build loadtest/clients/target/clients.jar loadtest/clients
}

build_mooring() {
  build gateway-app/target/mooring.jar gateway-app balancer config discovery filters l4 health
}
