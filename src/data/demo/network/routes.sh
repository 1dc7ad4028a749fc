# Which part may call which.

# Succeeds when $1 may call $2.
may_call() {
    case "${1:-}/${2:-}" in
        web/api | api/store | */dns) return 0 ;;
    esac
    return 1
}
