//! The session for programs that speak the Model Context Protocol: a thin proxy to its server.
//!
//! Architecture invariant: sees nothing of the engine; what it asks for is what the command line asks for, and the
//! server decides who may.

mod call;
mod check;
mod desk;
mod handler;
mod shelf;
mod tools;
mod untrusted;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::service::{QuitReason, ServerInitializeError};

use self::desk::Desk;
pub use self::desk::{Dial, Guides};
use self::handler::Handler;
use crate::domain::view::Answer;

/// What serving needs from whoever starts it.
pub struct Serving {
    /// Makes a connection to the session's server for a client of that name.
    pub dial: Dial,
    /// The bytes that a terminal sends for a key, or why there are none.
    pub key: fn(&str) -> Result<Vec<u8>, String>,
    /// An answer for people, safe to show.
    pub text: fn(&Answer) -> String,
    /// Whether this runs in a pane of the session.
    pub in_pane: bool,
    /// The specialists of a project, and how it reads requests.
    pub guides: Guides,
    /// Milliseconds since 1970.
    pub now: fn() -> i64,
}

/// Why serving ended early. Each completes "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing runs without a runtime.
    #[error("serve MCP: {0}")]
    Runtime(#[from] std::io::Error),
    /// The client does not speak MCP.
    #[error("serve MCP: {0}")]
    Greeting(Box<ServerInitializeError>),
    /// The conversation broke down.
    #[error("serve MCP: {0}")]
    Broken(String),
}

/// Serves on standard input and output until that ends.
///
/// # Errors
/// When the client does not speak MCP, or the conversation breaks down.
pub fn serve(serving: Serving) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let handler = Handler::new(Arc::new(Desk::new(serving)));
    let ended = runtime.block_on(async {
        let running = match handler.serve(rmcp::transport::stdio()).await {
            Ok(running) => running,
            // Whoever leaves before a greeting has wanted nothing.
            Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(e) => return Err(Error::Greeting(Box::new(e))),
        };
        match running.waiting().await {
            Ok(QuitReason::JoinError(e)) | Err(e) => Err(Error::Broken(e.to_string())),
            Ok(_) => Ok(()),
        }
    });
    // Calls that still wait for an answer have nobody left to give it to.
    runtime.shutdown_background();
    ended
}
