# Form only: every script opens with a comment, nothing ends in blanks, no tabs.
set -eu
cd "$(dirname "$0")"

bad=0
for file in *.sh lib/types/*.sh platform/*.sh policies/*.sh observability/*.sh network/*.sh ops/*.sh tests/*.sh; do
    [ -f "$file" ] || continue
    IFS= read -r first < "$file" || first=
    case $first in
        '# '*) ;;
        *) echo "lint: $file opens without a comment" >&2; bad=1 ;;
    esac
done
tab=$(printf '\t')
if grep -n -r -e "$tab" -e ' $' --include='*.sh' lib platform policies observability network ops tests >&2; then
    echo "lint: tabs or blanks at line ends" >&2
    bad=1
fi
[ "$bad" = 0 ] || exit 1
echo "lint: clean"
