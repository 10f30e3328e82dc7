//! Which trace a request belongs to, after W3C Trace Context. It is for those who look for faults across systems;
//! callers choose it freely, so nothing is ever decided by it.

use std::fmt::Write as _;

use kernel::ids::{random_span_id, random_trace_id};

/// Most members of `tracestate`, and most characters.
const MAX_MEMBERS: usize = 32;
const MAX_CHARACTERS: usize = 512;

/// The trace of one request, and the request's own span in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// Names the trace: the caller's, or a new one.
    pub trace: [u8; 16],
    /// Names this request in it.
    pub span: [u8; 8],
    /// The caller's span, if the caller began the trace.
    pub parent: Option<[u8; 8]>,
    /// Whether the spans of this trace are recorded.
    pub sampled: bool,
    /// What other tools noted about the caller's trace; empty = nothing.
    pub state: String,
}

impl TraceContext {
    /// From the values of the headers `traceparent` and `tracestate`. Anything but exactly one well-formed `traceparent`
    /// of version 00 begins a new trace.
    pub fn of(traceparent: &[&str], tracestate: &[&str]) -> Self {
        let span = random_span_id();
        match traceparent {
            [only] if let Some((trace, parent, flags)) = parse(only) => {
                Self { trace, span, parent: Some(parent), sampled: flags & 1 == 1, state: bounded(tracestate) }
            }
            _ => Self { trace: random_trace_id(), span, parent: None, sampled: false, state: String::new() },
        }
    }

    /// Something that happens within this request and is told of by itself.
    pub fn child(&self) -> Self {
        Self { span: random_span_id(), parent: Some(self.span), ..self.clone() }
    }

    /// The trace in 32 hex digits.
    pub fn trace_id(&self) -> String {
        hex(&self.trace)
    }

    /// The value of the header `traceresponse`.
    pub fn response(&self) -> String {
        format!("00-{}-{}-0{}", hex(&self.trace), hex(&self.span), u8::from(self.sampled))
    }
}

/// Trace, parent and flags of `00-<32 hex>-<16 hex>-<2 hex>` in lower case; ids of zeros are none.
fn parse(text: &str) -> Option<([u8; 16], [u8; 8], u8)> {
    let mut parts = text.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version != "00" || parts.next().is_some() {
        return None;
    }
    let trace = unhex(trace).filter(|it| *it != [0; 16])?;
    let parent = unhex(parent).filter(|it| *it != [0; 8])?;
    let [flags] = unhex(flags)?;
    Some((trace, parent, flags))
}

/// The first members that fit, in their order; nothing if one is malformed.
fn bounded(tracestate: &[&str]) -> String {
    let mut kept = String::new();
    let members = tracestate.iter().flat_map(|it| it.split(',')).map(str::trim).filter(|it| !it.is_empty());
    for (index, member) in members.enumerate() {
        let well_formed = member.bytes().all(|it| (b' '..=b'~').contains(&it))
            && member.split_once('=').is_some_and(|(key, value)| {
                !key.is_empty() && !value.is_empty() && !key.contains(' ') && !value.contains('=')
            });
        if !well_formed {
            return String::new();
        }
        if index < MAX_MEMBERS && kept.len() + 1 + member.len() <= MAX_CHARACTERS {
            if !kept.is_empty() {
                kept.push(',');
            }
            kept.push_str(member);
        }
    }
    kept
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |it: u8| match it {
        b'0'..=b'9' => Some(it - b'0'),
        b'a'..=b'f' => Some(it - b'a' + 10),
        _ => None,
    };
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_goes_on() {
        let found = TraceContext::of(&[PARENT], &["rojo=00f067aa0ba902b7, congo=t61rcWkgMzE", "", "a=b"]);
        assert_eq!(found.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(found.parent.map(|it| hex(&it)).as_deref(), Some("00f067aa0ba902b7"));
        assert_eq!(found.state, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,a=b");
        assert!(found.sampled && Some(found.span) != found.parent);
        let response = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", hex(&found.span));
        assert_eq!(found.response(), response);
        let child = found.child();
        assert_eq!((child.trace, child.parent, child.sampled), (found.trace, Some(found.span), true));
        assert_ne!(child.span, found.span);
        let unsampled = TraceContext::of(&[&PARENT.replace("-01", "-fe")], &[]);
        assert!(!unsampled.sampled && unsampled.response().ends_with("-00"));
    }

    #[test]
    fn anything_else_begins_a_new_one() {
        let wrong = [
            "".to_owned(),
            PARENT.to_uppercase(),
            PARENT.replace("00-4", "01-4"),
            PARENT.replace("00-4", "ff-4"),
            format!("{PARENT}-00"),
            format!(" {PARENT}"),
            PARENT.replace("0e4736", "0e473"),
            PARENT.replace("4736", "473g"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01".to_owned(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01".to_owned(),
        ];
        let none: &[&str] = &[];
        for headers in wrong.iter().map(|it| vec![it.as_str()]).chain([vec![PARENT, PARENT], none.to_vec()]) {
            let found = TraceContext::of(&headers, &["a=b"]);
            assert_ne!(found.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736", "{headers:?}");
            assert_eq!((found.parent, found.sampled, found.state.as_str()), (None, false, ""), "{headers:?}");
        }
        let two = [TraceContext::of(&[], &[]), TraceContext::of(&[], &[])];
        assert!(two[0].trace != two[1].trace && two[0].span != two[1].span);
    }

    #[test]
    fn the_state_is_bounded_and_well_formed() {
        let state = |text: &str| TraceContext::of(&[PARENT], &[text]).state;
        let many: Vec<_> = (0..40).map(|it| format!("k{it}=v")).collect();
        assert_eq!(state(&many.join(",")), many[..32].join(","));
        let long = format!("a={},b={},c=1", "x".repeat(300), "y".repeat(300));
        assert_eq!(state(&long), format!("a={},c=1", "x".repeat(300)), "whole members only");
        for malformed in ["a", "=b", "a=", "a=b,c", "a=b=c", "a=\u{7f}", "a b=c"] {
            assert_eq!(state(malformed), "", "{malformed:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_well_formed_goes_on(trace in any::<[u8; 16]>(), parent in any::<[u8; 8]>(), flags: u8) {
            prop_assume!(trace != [0; 16] && parent != [0; 8]);
            let header = format!("00-{}-{}-{flags:02x}", hex(&trace), hex(&parent));
            let found = TraceContext::of(&[&header], &[]);
            prop_assert_eq!((found.trace, found.parent, found.sampled), (trace, Some(parent), flags % 2 == 1));
            let again = TraceContext::of(&[&found.response()], &[]);
            prop_assert_eq!((again.trace, again.parent), (trace, Some(found.span)));
        }

        #[test]
        fn whatever_comes_the_answer_is_well_formed(parent in ".{0,80}", state in ".{0,900}") {
            let found = TraceContext::of(&[&parent], &[&state]);
            prop_assert!(parse(&found.response()).is_some());
            prop_assert!(found.state.len() <= MAX_CHARACTERS && found.state.split(',').count() <= MAX_MEMBERS);
        }
    }
}
