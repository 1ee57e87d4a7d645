# Runs a PostgreSQL server until standard input ends, then removes its folder.
#
# Usage: sh server.sh PROGRAMS FOLDER. The server listens on a socket in FOLDER and on no port. The test
# program holds the other end of standard input, so the server goes with it however that program ends.
set -eu
programs=$1 folder=$2
exec 3<&0 </dev/null
trap '' HUP INT TERM
cd "$folder"

# The server also goes if this script is killed, and never runs as root.
set --
if command -v setpriv >/dev/null; then
    set -- setpriv --pdeathsig QUIT
fi
if [ "$(id -u)" = 0 ]; then
    chown postgres .
    set -- "$@" --reuid=postgres --regid=postgres --init-groups
fi

tidy_up() {
    [ -e stopped ] || tail -n 30 log >&2
    cd /
    rm -rf "$folder"
}
trap tidy_up EXIT

"$@" "$programs/initdb" -D data -A trust -U postgres -E UTF8 --no-locale --no-sync >log 2>&1
echo "listen_addresses = ''" >>data/postgresql.conf
start() {
    "$@" "$programs/postgres" -D data -k "$folder" -c fsync=off \
        -c full_page_writes=off -c max_connections=200 >>log 2>&1 &
    server=$!
    echo "$server" >server
}
start "$@"
(
    read -r _ <&3 || true
    : >stopped
    # Again and again, because a process that is about to become the server ignores the signal. It is an
    # immediate shutdown, which leaves no shared memory behind.
    while kill -QUIT "$(cat server)" 2>/dev/null; do sleep 0.1; done
) &
stopper=$!
wait "$server" || true
# The test has stopped the server, to have it started again.
while [ -e restart ] && [ ! -e stopped ]; do
    start "$@"
    rm restart
    wait "$server" || true
done
kill -KILL "$stopper" 2>/dev/null || true
