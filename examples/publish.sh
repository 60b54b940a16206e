#!/bin/sh
# A backend pushes one event with curl.
#
#   export MUSTER_KEY=$(muster token key add backend --scope publish | tail -n 1)
#   examples/publish.sh chat.room.TEST chat.msg '{"msg":"The printer is free"}'
#
# Further arguments go to curl: --cacert data/tls/localhost.crt for a certificate of the server's own.
set -eu
topic=$1 event=$2 data=$3
shift 3
# Once more under the same id is safe: within five minutes the event is published once.
id=${MUSTER_ID:-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')}
curl --fail-with-body --silent --show-error --retry 3 --retry-all-errors --max-time 30 "$@" \
  -H "Authorization: Bearer $MUSTER_KEY" -H 'Content-Type: application/json' \
  -d "{\"topic\":\"$topic\",\"event\":\"$event\",\"id\":\"$id\",\"data\":$data}" \
  "https://${MUSTER_SERVER:-localhost:8443}/api/v1/publish"
