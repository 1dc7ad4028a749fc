# Backups: how many are kept.

# Prints how many of $1 daily backups are dropped when $2 are kept.
backups_to_drop() {
    [ "$1" -gt "$2" ] || {
        echo 0
        return
    }
    echo "$(($1 - $2))"
}
