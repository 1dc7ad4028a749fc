# Builds, then runs every file in tests/ in a shell of its own with the bundle loaded.
set -eu
cd "$(dirname "$0")"
sh build.sh > /dev/null

# `!` would hide a wrong success from `set -e`.
refuses='refuses() { if "$@"; then return 1; fi; }'

count=0
for file in tests/*.sh; do
    sh -eu -c "$refuses"'; . ./dist/bundle.sh; . "./$1"' test "$file" || {
        echo "test: $file failed" >&2
        exit 1
    }
    count=$((count + 1))
done
echo "test: $count files passed"
