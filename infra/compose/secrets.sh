#!/bin/sh
# Makes each secret of the compose file that is not there yet, in secrets/ beside it.
# Only their owner can enter the folder; inside a container each is a file that its user can read.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

make_secret() { # name, bytes
    [ -e "secrets/$1" ] && return
    head -c "$2" /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"secrets/$1.new"
    chmod 444 "secrets/$1.new"
    mv "secrets/$1.new" "secrets/$1"
    echo "made secrets/$1"
}

make_secret secret_key 48
make_secret credential_key 32
make_secret database_password 24
make_secret broker_password 24
make_secret metrics_token 24
make_secret grafana_password 18
