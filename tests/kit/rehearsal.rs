//! A session of eight rehearsal agents and a gate.

use crate::kit::Place;

/// It, up and running, eight times faster than life.
pub fn rehearsal() -> Place {
    let place = Place::repository();
    std::fs::write(place.repo().join("build.sh"), "test -e README.md\n").unwrap();
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", "build"]);
    place.ok(&["init", "--profile", "rehearsal"]);
    let file = place.repo().join("orchestra.toml");
    let more = "\n[[gate]]\nname = \"build\"\nrun = \"sh build.sh\"\n\
        [profile.rehearsal]\nenv = { ORCHESTRA_REHEARSE_SPEED = \"8\" }\n";
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + more).unwrap();
    place.up();
    place
}
