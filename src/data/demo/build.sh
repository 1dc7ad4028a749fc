# Checks every module and assembles dist/: one bundle of functions, one manual.
set -eu
cd "$(dirname "$0")"
LC_ALL=C
export LC_ALL

areas="lib/types platform policies observability network ops"
mkdir -p dist
: > dist/bundle.tmp
count=0
for area in $areas; do
    for module in "$area"/*.sh; do
        [ -f "$module" ] || continue
        sh -n "$module" || {
            echo "build: $module does not parse" >&2
            exit 1
        }
        cat "$module" >> dist/bundle.tmp
        count=$((count + 1))
    done
done
[ "$count" -gt 0 ] || {
    echo "build: no modules found" >&2
    exit 1
}

# A function defined twice would silently win over the other.
twice=$(sed -n 's/^\([a-z_0-9]*\)() {$/\1/p' dist/bundle.tmp | sort | uniq -d)
[ -z "$twice" ] || {
    echo "build: defined twice: $twice" >&2
    exit 1
}

cat README.md docs/*.md > dist/manual.md
mv dist/bundle.tmp dist/bundle.sh
echo "build: $count modules"
