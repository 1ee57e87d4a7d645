# Runs etcd and Patroni's nodes as standard input says, until it ends. Then kills them and removes the folder.
#
# Usage: sh nodes.sh FOLDER CLIENT_PORT PEER_PORT. FOLDER has a NODE.yml for each node. Commands are
# `start NODE` and `kill NODE`; each is answered with itself when it is done. The test program holds the
# other end of standard input, so everything goes with it however that program ends.
set -eu
folder=$1 client=http://127.0.0.1:$2 peer=http://127.0.0.1:$3
trap '' HUP INT TERM
cd "$folder"

# Servers never run as root.
set --
if [ "$(id -u)" = 0 ]; then
    chown -R postgres .
    set -- setpriv --reuid=postgres --regid=postgres --init-groups
fi

postmaster() { # NODE
    head -n 1 "$1/postmaster.pid" 2>/dev/null || true
}

# At once and without a word, as a machine fails.
kill_node() { # NODE
    postmaster=$(postmaster "$1")
    patroni=$(cat "$1.pid")
    # shellcheck disable=SC2046
    kill -KILL "$patroni" $postmaster ${postmaster:+$(pgrep -P "$postmaster")} || true
    wait "$patroni" 2>/dev/null || true
}

# Succeeds if one of them was there.
signal_postmasters() { # SIGNAL
    was_there=false
    for node in n1 n2 n3; do
        # shellcheck disable=SC2046
        kill "-$1" $(postmaster $node) && was_there=true
    done
    $was_there
}

tidy_up() {
    set +e
    exec 2>/dev/null
    # shellcheck disable=SC2046
    kill -KILL $(cat ./*.pid)
    # An immediate shutdown leaves no shared memory behind, unlike SIGKILL.
    attempts=0
    while [ "$attempts" -lt 100 ] && signal_postmasters QUIT; do
        attempts=$((attempts + 1))
        sleep 0.1
    done
    signal_postmasters KILL
    cd /
    rm -rf "$folder"
}
trap tidy_up EXIT

"$@" etcd --data-dir etcd --name etcd --unsafe-no-fsync \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "etcd=$peer" \
    </dev/null >etcd.log 2>&1 &
echo $! >etcd.pid

while read -r command node; do
    case $command in
        start)
            "$@" patroni "$node.yml" </dev/null >>"$node.log" 2>&1 &
            echo $! >"$node.pid"
            ;;
        kill) kill_node "$node" ;;
    esac
    echo "$command $node"
done
