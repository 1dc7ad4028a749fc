# Pools and zones.
pool_may_grow 3 2 5
refuses pool_may_grow 3 3 5
[ "$(fullest_zone 7 3)" = 3 ]
