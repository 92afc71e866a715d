# Sourced by the scripts here that open windows: a virtual screen with a window manager, in a session of its own.
#
# The script says first what it is: `name`, for messages. The variables that are set here: `dir`, a folder that is removed at the end,
# and `log`, the file in it that a program's standard error goes to. The script sets `program`, the path of the program, `app`, its process
# id while it runs, and `window`, its window.

# Runs the script again in a session of its own, so that the accessible tree and the settings are nobody else's. Takes its arguments.
in_own_session() {
  if [[ -n ${TOKENLOUPE_SESSION:-} ]]; then
    dir=$TOKENLOUPE_SESSION
    log=$dir/log
    app='' helpers=()
    trap finish EXIT
    return
  fi
  TOKENLOUPE_SESSION=$(mktemp -d)
  export TOKENLOUPE_SESSION
  trap 'rm -rf "$TOKENLOUPE_SESSION"' EXIT
  mkdir -m 700 "$TOKENLOUPE_SESSION/run" "$TOKENLOUPE_SESSION/home"
  # No portal, which needs a whole desktop: the system's file dialog is zenity's, whatever else is installed.
  local services=$TOKENLOUPE_SESSION/run/dbus-1/services
  mkdir -p "$services"
  printf '[D-BUS Service]\nName=org.freedesktop.portal.Desktop\nExec=/bin/false\n' >"$services/org.freedesktop.portal.Desktop.service"
  env -u WAYLAND_DISPLAY -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u XDG_STATE_HOME \
    HOME="$TOKENLOUPE_SESSION/home" XDG_RUNTIME_DIR="$TOKENLOUPE_SESSION/run" GSETTINGS_BACKEND=memory \
    dbus-run-session -- "$0" "$@" > >(grep --line-buffered -v '^SpiRegistry') 2> >(grep --line-buffered -v '^dbus-daemon' >&2)
  exit
}

finish() {
  status=$?
  for pid in $app "${helpers[@]}"; do kill "$pid" 2>/dev/null || true; done
  if ((status)); then
    echo 'What the window said last:' >&2
    cat "$dir/tree" >&2 2>/dev/null || true
    echo 'The last lines of its log:' >&2
    tail -n 20 "$log" >&2 2>/dev/null || true
  fi
}

fail() { printf '%s: %s\n' "$name" "$*" >&2; exit 1; }

# Runs a command until it succeeds, for so many tenths of a second.
within() {
  local tenths=$1
  shift
  for _ in $(seq "$tenths"); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  return 1
}

# A screen of this size, such as 1480x960, and a window manager.
start_screen() {
  Xvfb -displayfd 3 -screen 0 "$1x24" -nolisten tcp 3>"$dir/display" 2>"$dir/xvfb.log" &
  helpers+=($!)
  within 100 test -s "$dir/display" || fail 'no virtual screen'
  DISPLAY=:$(<"$dir/display")
  export DISPLAY
  openbox >/dev/null 2>&1 &
  helpers+=($!)
  within 100 wmctrl -m || fail 'no window manager'
}

# Lets programs tell what is in their windows.
be_looked_at() {
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.freedesktop.DBus.Properties.Set org.a11y.Status IsEnabled '<true>' >/dev/null
}

step() { printf '[%d s] %s\n' "$SECONDS" "$*"; }

look() { timeout 20 .ci/accessible-tree "${program##*/}" >"$dir/tree" 2>"$dir/tree.errors"; }

# Waits until the accessible tree holds a text, given as an extended regular expression.
sees() {
  for _ in $(seq 100); do
    look && grep -qE -- "$1" "$dir/tree" && { echo "sees: $1"; return; }
    kill -0 "$app" 2>/dev/null || fail "the program ended while waiting for: $1"
    sleep 0.2
  done
  cat "$dir/tree.errors" >&2
  fail "never saw: $1"
}

# Waits until it no longer does.
sees_no() {
  for _ in $(seq 100); do
    look && ! grep -qE -- "$1" "$dir/tree" && return
    kill -0 "$app" 2>/dev/null || fail "the program ended while it should stop to show: $1"
    sleep 0.2
  done
  fail "still there: $1"
}

press() { xdotool key --window 0 --clearmodifiers "$@"; }

# Clicks the middle of what has an accessible name that begins so.
click() {
  local place
  place=$(.ci/accessible-tree "${program##*/}" "$1") || fail "nothing to click is called $1"
  # shellcheck disable=SC2086 # two numbers
  xdotool mousemove --window "$window" $place click 1
}
