//! The session for programs that speak the Model Context Protocol: a thin proxy to its server.
//!
//! Architecture invariant: sees nothing of the engine; what it asks for is what the command line asks for, and the
//! server decides who may.
