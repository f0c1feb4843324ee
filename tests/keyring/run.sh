#!/bin/bash
# Secrets in a real keyring: gnome-keyring on a session bus of its own, in a home of its own, and a fake Mixpanel. Run by hand.
#
#   tests/keyring/run.sh            needs dbus-daemon, dbus-send and gnome-keyring-daemon (Debian: dbus gnome-keyring), and Python 3
#
# Shows that secrets are nowhere in the storage root, that all works after restarts of daemon and keyring, that a locked keyring is a clear
# error that nobody waits for, that both directions lose nothing, also when the daemon is killed in the middle of them, that two storage
# roots do not mix, that a keyring without a password, which is a text file, gives everything back, and what is told where there is no bus. MP and MPD name other programs than those of the debug build; SANDBOX the fake Mixpanel.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$here/target}/debug
MP=${MP:-$target/mp} MPD=${MPD:-$target/mpd} SANDBOX=${SANDBOX:-$target/examples/sandbox}
for needed in dbus-daemon dbus-send gnome-keyring-daemon "$MP" "$MPD" "$SANDBOX"; do
    command -v "$needed" > /dev/null || { echo "missing: $needed"; exit 2; }
done

umask 077
home=$(mktemp -d /tmp/mp-keyring.XXXXXX)
pids=()
finish() {
    status=$?
    "$MP" daemon stop --force > "$home/stop.log" 2>&1 || true
    exec 5>&-
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    rm -rf "$home"
    [ $status = 0 ] && echo "all is well" || echo "FAILED"
    exit $status
}
trap finish EXIT
unset "${!MP_@}" "${!MPD_@}"
export HOME=$home XDG_RUNTIME_DIR=$home/run XDG_DATA_HOME=$home/data MPD_BIN=$MPD NO_COLOR=1
mkdir -p "$home/run" "$home/data/keyrings"
unset DBUS_SESSION_BUS_ADDRESS
cd "$home"

ok() { printf '  ok: %s\n' "$1"; }
step() { printf '%s\n' "$1"; }
die() { printf '  NOT: %s\n' "$1"; exit 1; }
nowhere() { if grep -rlF -e "$1" "$home/.mp"; then die "'$1' is in the storage root"; else ok "'$1' is nowhere in the storage root"; fi; }
has() { grep -qF -e "$2" <<< "$1" && ok "$2" || die "expected '$2' in: $1"; }
bus() { dbus-send --session --print-reply --dest=org.freedesktop.secrets "$@"; }
locked() { bus /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login > /dev/null; }
password=password
start_keyring() {
    printf %s "$password" | gnome-keyring-daemon --foreground --components=secrets --unlock > "$home/keyring.out" 2>&1 &
    keyring=$!
    pids+=("$keyring")
    for _ in $(seq 100); do bus /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping > /dev/null 2>&1 && return; sleep 0.1; done
    die "the keyring did not start"
}
stop_keyring() { kill "$keyring"; wait "$keyring" 2> /dev/null || true; }
# Nobody is there who could type the password into a window: a keyring that starts is given it.
unlocked() { stop_keyring; start_keyring; }

step "a bus, a keyring, a fake Mixpanel"
# A bus that starts nothing itself. Else whoever asks while the keyring is away gets another one, which is locked, and which answers nobody
# for as long as the program that would ask for its password does not start.
cat > "$home/bus.conf" << END
<busconfig>
  <type>session</type>
  <listen>unix:path=$home/run/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
END
exec 3< <(dbus-daemon --config-file="$home/bus.conf" --nofork --print-address=1 --print-pid=1 2> "$home/bus.err")
read -r _ <&3
read -r bus_pid <&3
pids+=("$bus_pid")
start_keyring
mkfifo "$home/in"
exec 5<> "$home/in"
exec 4< <("$SANDBOX" --allow < "$home/in" 2> "$home/sandbox.err")
read -r MPD_UPSTREAM <&4
export MPD_UPSTREAM
start_daemon() { "$MPD" --root "$home/.mp" > "$home/mpd.out" 2> "$home/mpd.err" & daemon=$!; pids+=("$daemon"); "$MP" daemon start > /dev/null; }
start_daemon

step "accounts in files, as ever"
MP_SECRET='hush-$secret "quoted" é' "$MP" account add team --type service_account --region us --username u.1 --project 3187654 > /dev/null
printf '\n[accounts.ci]\ntype = "oauth_token"\nregion = "us"\ntoken = "hush-token"\n' >> "$home/.mp/config.toml"
mkdir -p "$home/.mp/accounts/me"
grep -q '\[accounts.me\]' "$home/.mp/config.toml" || "$MP" account add me --type oauth_browser --region us > /dev/null
tokens='{"access_token": "hush-access", "expires_at": "2099-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": "", "refresh_token": "hush-refresh"}'
(umask 077; printf '%s' "$tokens" > "$home/.mp/accounts/me/tokens.json")
has "$("$MP" account token me)" hush-access
has "$("$MP" account token ci)" hush-token
grep -qF 'hush-$secret' "$home/.mp/config.toml" && ok "the search finds what is there"

step "to the keyring"
has "$("$MP" daemon secrets keyring --dry-run)" "would go to keyring"
grep -qF hush-refresh "$home/.mp/accounts/me/tokens.json" && ok "a dry run changes nothing"
"$MP" daemon secrets keyring
for secret in 'hush-$secret' hush-refresh hush-access hush-token; do nowhere "$secret"; done
has "$("$MP" account token me)" hush-access
"$MP" exec -a team -- sh -c 'printf %s "$MP_SECRET"' | grep -qF 'hush-$secret "quoted" é' && ok "each byte of the secret is there"
bus /org/freedesktop/secrets org.freedesktop.Secret.Service.SearchItems dict:string:string:root,"$home/.mp" | grep -c collection/login | xargs printf '  items in the keyring: %s\n'

step "after a restart of the daemon, and of the keyring"
"$MP" daemon stop > /dev/null; wait "$daemon" || true; start_daemon
has "$("$MP" account token me)" hush-access
stop_keyring; start_keyring
has "$("$MP" account token me)" hush-access
"$MP" daemon stop > /dev/null; wait "$daemon" || true; start_daemon
"$MP" exec -a team -- sh -c 'printf %s "$MP_SECRET"' | grep -qF 'hush-$secret' && ok "the secret, too"

step "a locked keyring"
"$MP" daemon stop > /dev/null; wait "$daemon" || true; locked; start_daemon
begun=$(date +%s)
if "$MP" account token me > out 2> err; then die "it was locked"; else status=$?; fi
[ $status = 2 ] && ok "exit code 2, after $(($(date +%s) - begun)) s"
sed 's/^/    /' err
has "$(cat err)" "the keyring is locked"
if "$MP" exec -a team -- true 2> err; then die "it was locked"; fi
has "$(cat err)" "the keyring is locked"
if MP_SECRET=hush-new "$MP" account add new --type service_account --region us --username n > out 2> err; then die "it was locked"; fi
has "$(cat err)" "nothing was changed"
nowhere hush-new
has "$("$MP" daemon status)" "the keyring is locked"
unlocked
sleep 1.1
has "$("$MP" account token me)" hush-access

step "killed in the middle, in both directions"
for store in file keyring file; do
    for point in keyring:kept config.toml:written config.toml:synced config.toml:renamed tokens.json:written tokens.json:renamed keyring:removed; do
        "$MP" daemon stop --force > /dev/null 2>&1 || true; wait "$daemon" 2> /dev/null || true
        MPD_FAULTS=$point=kill start_daemon 2> /dev/null || true
        "$MP" --no-autostart daemon secrets "$store" > /dev/null 2>&1 || true
        if kill -0 "$daemon" 2> /dev/null; then "$MP" daemon stop --force > /dev/null 2>&1 || true; fi
        wait "$daemon" 2> /dev/null || true
        start_daemon
        [ "$("$MP" account token me)" = hush-access ] || die "the grant was lost at $point on the way to $store"
        "$MP" exec -a team -- sh -c 'printf %s "$MP_SECRET"' | grep -qF 'hush-$secret "quoted" é' || die "the secret was lost at $point"
        "$MP" daemon secrets "$store" > /dev/null
        other=$([ "$store" = file ] && echo keyring || echo file)
        [ "$point" = keyring:removed ] || "$MP" daemon secrets "$other" > /dev/null
    done
    ok "on the way to $store nothing was lost at any point"
done
left=$(bus /org/freedesktop/secrets org.freedesktop.Secret.Service.SearchItems dict:string:string:root,"$home/.mp" | grep -c collection/login || true)
[ "$left" = 0 ] && ok "back in the files, and nothing is left in the keyring" || die "$left items are left in the keyring"

step "two storage roots"
"$MP" daemon secrets keyring > /dev/null
MP_STORAGE_DIR=$home/other MP_SECRET=hush-other "$MP" account add team --type service_account --region us --username o > /dev/null
MP_STORAGE_DIR=$home/other "$MP" daemon secrets keyring > /dev/null
MP_STORAGE_DIR=$home/other "$MP" exec -a team -p 1 -- sh -c 'printf %s "$MP_SECRET"' | grep -qxF hush-other && ok "each has its own"
"$MP" exec -a team -- sh -c 'printf %s "$MP_SECRET"' | grep -qF 'hush-$secret' && ok "under the same name"
MP_STORAGE_DIR=$home/other "$MP" account remove team > /dev/null
sleep 0.5
"$MP" daemon restart > /dev/null 2>&1 || true
"$MP" exec -a team -- sh -c 'printf %s "$MP_SECRET"' | grep -qF 'hush-$secret' && ok "and removing one leaves the other"
MP_STORAGE_DIR=$home/other "$MP" daemon stop > /dev/null

step "a keyring without a password"
"$MP" daemon secrets file > /dev/null
"$MP" daemon stop > /dev/null; wait "$daemon" 2> /dev/null || true
stop_keyring; rm -f "$home"/data/keyrings/*; password=''
printf '[keyring]\ndisplay-name=login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n' > "$home/data/keyrings/login.keyring"
printf login > "$home/data/keyrings/default"
start_keyring; start_daemon
"$MP" daemon secrets keyring > /dev/null
odd=$'two\nlines, a back\\slash, é and blanks  '
MP_SECRET=$odd "$MP" account add odd --type service_account --region us --username n --project 3187654 > /dev/null
grep -qF 'hush-$secret' "$home/data/keyrings/login.keyring" && ok "it is a text file, which a program of this user can read"
"$MP" daemon stop > /dev/null; wait "$daemon" 2> /dev/null || true
stop_keyring; start_keyring; start_daemon
has "$("$MP" account token me)" hush-access
kept() { "$MP" exec -a "$1" -- sh -c 'printf %s "$MP_SECRET"; printf .'; }
[ "$(kept odd)" = "$odd." ] && ok "two lines are two lines after a restart of both" || die "it is damaged: $(kept odd)"
[ "$(kept team)" = 'hush-$secret "quoted" é.' ] && ok "each byte of the other, too"

step "without a bus"
kill "$bus_pid"
[ "$(kept team)" = 'hush-$secret "quoted" é.' ] && ok "what is known already is served"
MP_SECRET=hush-new "$MP" account add new --type service_account --region us --username n > out 2> err
has "$(cat err)" "was written to config.toml"
has "$("$MP" daemon status)" "secrets of 'new' are in files"
"$MP" daemon stop > /dev/null; wait "$daemon" 2> /dev/null || true; start_daemon
if "$MP" account token me > out 2> err; then die "there is no bus"; fi
sed 's/^/    /' err
has "$(cat err)" "session bus"
