# Ports and who may use them.

# Succeeds when $1 is a port a workload may listen on.
port_allowed() {
    case "${1:-}" in
        '' | *[!0-9]*) return 1 ;;
    esac
    [ "$1" -ge 1024 ] && [ "$1" -le 65535 ]
}
