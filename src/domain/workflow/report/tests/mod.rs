use super::*;
use crate::domain::workflow::project::sample;

#[test]
fn show() {
    for (p, day, kind) in [
        (sample::ninth_day(), 9, Kind::Weekly(2)),
        (sample::ninth_day(), 9, Kind::Weekly(1)),
        (sample::ninth_day(), 9, Kind::Milestone),
        (sample::complete(), 30, Kind::Completion),
    ] {
        let w = report(&p, &Seen::default(), kind, sample::START + day * sample::DAY);
        println!("{}\n=================", w.markdown);
    }
}
