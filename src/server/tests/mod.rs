//! The real loop on a session of its own, with holders and clients that are threads of the test.

mod clients;
mod kit;
mod panes;
mod profiles;
mod quiet;
mod recovery;
mod texts;
