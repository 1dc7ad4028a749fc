use super::*;
use crate::wire::frame::Decoder;
use proptest::prelude::*;

fn frame(bytes: &[u8]) -> Frame {
    let mut decoder = Decoder::default();
    decoder.push(bytes);
    decoder.next().unwrap().unwrap()
}

#[test]
fn messages_come_back_as_they_went() {
    for message in [
        ToHolder::Hello { offset: 1 << 40 },
        ToHolder::Input { id: 3, bytes: b"hi".to_vec() },
        ToHolder::Resize { rows: 24, cols: 80 },
        ToHolder::Ack { offset: 9 },
        ToHolder::Probe { id: 4 },
        ToHolder::Stop { grace_ms: 5000 },
        ToHolder::Bye,
        ToHolder::DropInput { id: 8 },
    ] {
        assert_eq!(ToHolder::decode(&frame(&message.encode().unwrap())).unwrap(), Some(message));
    }
    let pane = AgentName::new("SEC").unwrap();
    let exit = Some(Exit::Signal(9));
    let report = InputReport { id: 1, written: 2, total: 3 };
    for message in [
        FromHolder::Hello(HolderHello { pane, child: 7, holder: 8, start: 1, end: 2, exit }),
        FromHolder::Log { begins_segment: true, offset: 5, bytes: b"xyz".to_vec() },
        FromHolder::Probe(Probe { id: 1, foreground: true, icanon: false, echo: true }),
        FromHolder::InputDone(report),
        FromHolder::InputStalled(report),
        FromHolder::Trouble { lost: 3, reason: "no space".to_owned() },
        FromHolder::Stopped { exit: Some(Exit::Code(-1)) },
        FromHolder::Stopped { exit: None },
    ] {
        assert_eq!(FromHolder::decode(&frame(&message.encode().unwrap())).unwrap(), Some(message));
    }
}

#[test]
fn the_largest_input_fits_and_one_more_does_not() {
    assert!(ToHolder::Input { id: 1, bytes: vec![0; MAX_INPUT] }.encode().is_ok());
    assert!(ToHolder::Input { id: 1, bytes: vec![0; MAX_INPUT + 1] }.encode().is_err());
}

proptest! {
    #[test]
    fn hostile_payloads_are_errors_or_unknown(kind: u8, payload in prop::collection::vec(any::<u8>(), 0..60)) {
        let frame = Frame { kind, payload };
        let _ = ToHolder::decode(&frame);
        let _ = FromHolder::decode(&frame);
    }
}
