#!/bin/sh
# Tells a desktop or an address of what happens in a session. A hook for orchestra.toml:
#
#   [[hook]]
#   on = ["asking", "confirm", "failed", "limited", "conflict", "ready", "merged"]
#   run = "sh docs/recipes/notify.sh"
#
#   NOTIFY_URL    where to post to; without it the desktop is told
#   NOTIFY_KIND   `text`: an object with one key `text`, as chat services take it; else the whole JSON object
#
# They are read from the environment that the session was started in. What fails is in hooks.log of the session's record.
set -eu

text=${ORCHESTRA_TEXT:?this is a hook: orchestra sets ORCHESTRA_TEXT}

if [ -n "${NOTIFY_URL:-}" ]; then
    if [ "${NOTIFY_KIND:-}" = text ]; then
        # It holds no control characters, so two have to be escaped.
        escaped=$(printf '%s' "$ORCHESTRA_SESSION: $text" | sed 's/\\/\\\\/g; s/"/\\"/g')
        body="{\"text\":\"$escaped\"}"
    else
        body=$(cat)
    fi
    printf '%s' "$body" |
        curl --fail --silent --show-error --max-time 8 --retry 2 -H 'Content-Type: application/json' --data-binary @- "$NOTIFY_URL"
elif command -v notify-send >/dev/null 2>&1; then
    # What agents say is text, not markup and not an option.
    markup=$(printf '%s' "$text" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g')
    notify-send --app-name orchestra -- "orchestra $ORCHESTRA_SESSION" "$markup"
else
    echo 'no NOTIFY_URL is set and there is no notify-send' >&2
    exit 1
fi
