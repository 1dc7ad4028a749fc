# Node pools and how far they may grow.

# Succeeds when a pool of $1 nodes may take $2 more and stay within $3.
pool_may_grow() {
    [ "$(($1 + $2))" -le "$3" ]
}
