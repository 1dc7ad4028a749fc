# Commands for working on orchestra; `just` alone lists them.

_list:
    @just --list

# Everything a change has to pass
ci:
    .ci/run

# All tests
test *args:
    cargo test --locked {{args}}

# The whole sprint on a scratch repository
demo *args:
    cargo run --release --locked -- demo {{args}}

# 200 prompts to agents that swallow Enters: each submitted, none lost, none doubled
prove-dispatch:
    cargo test --release --locked --test e2e_dispatch -- --ignored --nocapture

# The MCP inspector's command line (from npm, with a Node of its own) against `orchestra mcp`
mcp-inspector:
    mkdir -p target/tools/inspector
    npm install --prefix target/tools/inspector --no-fund --no-audit --loglevel=error node@22 @modelcontextprotocol/inspector@0.15
    cargo test --locked --test e2e_mcp inspector -- --nocapture

# 10,000 `read_pane` calls while eight panes flood, and what that costs another client
prove-mcp:
    cargo test --release --locked --test e2e_mcp -- --ignored --nocapture

# `kill -9` of the server at 200 random moments of a train and of its undoing
torture-train:
    cargo test --release --locked --test e2e_train -- --ignored --nocapture

# 10,000 findings of an incident correlated in under 2 s
prove-correlate:
    cargo test --release --locked --lib ten_thousand_findings -- --ignored --nocapture

# Git work against the git program: small, medium, large; --rounds N, --only WHAT, --keep DIR
bench-git *args:
    cargo bench --locked --bench git -- {{args}}

# The recorded session of the repository, made anew (after a change of the format or of the demo)
demo-session:
    cargo build --release --locked
    sessions/make.sh

# Opening and seeking in a session of eight panes, eight hours and 1 GB, and what recording costs; --mb N, --seeks N, --keep DIR
bench-record *args:
    cargo bench --locked --bench record -- {{args}}

# Panes against tmux, and mprocs and zellij where they are installed; --only WHAT, --rounds N, --minutes N
bench-panes *args:
    cargo bench --locked --bench panes -- {{args}}

# Format the sources
fmt:
    cargo fmt

# Lints, with warnings denied
lint:
    cargo clippy --all-targets --locked -- -D warnings

# Licences, advisories, bans and sources of all dependencies (needs cargo-deny)
deny:
    cargo deny check

# The documentation of the crate
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --document-private-items

# The whole sprint with real agent programs (codex and pi, from npm) and a model on 127.0.0.1
real-agents *args:
    @if command -v python3 >/dev/null; then python3 -B tests/real/run.py {{args}}; else echo "skipped: python3 not found"; fi

# codex (from npm) calls the tools of `orchestra mcp` from panes, as an agent and as the orchestrator
real-mcp *args:
    @if command -v python3 >/dev/null; then python3 -B tests/real/mcp.py {{args}}; else echo "skipped: python3 not found"; fi

# A DevOps workflow with real agent programs (codex and pi, from npm) as specialists, from its plan to merged branches
real-workflow *args:
    @if command -v python3 >/dev/null; then python3 -B tests/real/workflow.py {{args}}; else echo "skipped: python3 not found"; fi

# A thousand random histories merged by git and by a train: the same trees, stuck at the same places
torture-merge:
    cargo test --release --locked --lib git::tests::differ -- --ignored --nocapture

# Branches that move 200 times between review and merge; eight agents that commit while refs are packed and the target moves
torture-race:
    cargo test --release --locked --lib git::tests::racing -- --include-ignored

# A hundred thousand flipped bits in a recorded session: what is not hit is kept, and nothing panics
torture-record:
    cargo test --release --locked --test fuzz -- --ignored --nocapture

# Fuzzes one of journal, pane_log, screen, snapshot, cast (needs cargo-fuzz; a stable compiler does with RUSTC_BOOTSTRAP=1)
fuzz target *args:
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} {{args}}
