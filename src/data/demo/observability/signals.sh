# The signals every service shows.

# Prints the percentage of $1 failures among $2 requests, rounded down.
error_share() {
    [ "$2" -gt 0 ] || {
        echo 0
        return
    }
    echo "$(($1 * 100 / $2))"
}
