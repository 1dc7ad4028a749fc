# Which images may run.

# Succeeds when image $1 is pinned and from a registry we know.
image_allowed() {
    case "${1:-}" in
        *:latest) return 1 ;;
        registry.example/*:*) return 0 ;;
    esac
    return 1
}
