# Names of things: short, lower case, no surprises.

# Succeeds when $1 may name a workload.
is_name() {
    case "${1:-}" in
        '' | -* | *- | *[!a-z0-9-]*) return 1 ;;
    esac
    [ "${#1}" -le 63 ]
}
