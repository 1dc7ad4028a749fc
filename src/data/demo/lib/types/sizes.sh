# Amounts of memory, as people write them.

# Prints the mebibytes of $1, such as 512Mi or 2Gi.
to_mebibytes() {
    case "${1:-}" in
        *[!0-9]*Mi | *[!0-9]*Gi | Mi | Gi) return 1 ;;
        *Mi) echo "${1%Mi}" ;;
        *Gi) echo "$((${1%Gi} * 1024))" ;;
        *) return 1 ;;
    esac
}
