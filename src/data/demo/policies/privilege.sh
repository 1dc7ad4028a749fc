# What a container may ask of its node.

# Succeeds when the user id $1 is not the administrator's.
unprivileged() {
    case "${1:-0}" in
        0 | *[!0-9]*) return 1 ;;
    esac
}
