# Spreading replicas over zones.

# Prints how many of $1 replicas the fullest of $2 zones carries.
fullest_zone() {
    [ "$2" -gt 0 ] || return 1
    echo "$((($1 + $2 - 1) / $2))"
}
