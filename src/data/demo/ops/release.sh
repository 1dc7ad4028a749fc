# Releases: a version has three numbers.

# Succeeds when $1 is a version such as 1.4.2.
is_version() {
    case "${1:-}" in
        *[!0-9.]* | .* | *. | *..* | *.*.*.*) return 1 ;;
        *.*.*) return 0 ;;
    esac
    return 1
}
