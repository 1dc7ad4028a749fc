//! The real loop on a session of its own, with holders and clients that are threads of the test.

mod clients;
mod company;
#[path = "../../../tests/hold/disk.rs"]
mod disk;
mod full;
mod keep;
mod kit;
mod notify;
mod panes;
mod profiles;
mod quiet;
mod recovery;
mod texts;
