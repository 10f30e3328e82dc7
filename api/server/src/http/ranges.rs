//! Files on disk as answers: conditions, parts (RFC 9110, one range at a time), and bodies that are read as they are sent.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use kernel::i18n::Text;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::http::conditional::Validators;
use crate::http::headers::text;
use crate::http::problem;
use crate::http::problems::repeated;

/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// What of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteRange {
    Whole,
    /// From one byte to another, both counted.
    Part(u64, u64),
    /// Nothing that is in it.
    Beyond,
}

/// Reads `Range`: of several ranges, and of what cannot be read, the whole file is sent.
fn wanted(range: Option<&str>, length: u64) -> ByteRange {
    let Some((first, last)) = range.and_then(|it| it.trim().strip_prefix("bytes=")).and_then(|it| it.split_once('-'))
    else {
        return ByteRange::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let number = |it: &str| it.parse::<u64>().unwrap_or(u64::MAX);
    match (first, last) {
        (first, "") if digits(first) => match number(first) {
            start if start < length => ByteRange::Part(start, length - 1),
            _ => ByteRange::Beyond,
        },
        ("", last) if digits(last) => match number(last).min(length) {
            0 => ByteRange::Beyond,
            many => ByteRange::Part(length - many, length - 1),
        },
        (first, last) if digits(first) && digits(last) && number(first) <= number(last) => match number(first) {
            start if start < length => ByteRange::Part(start, number(last).min(length - 1)),
            _ => ByteRange::Beyond,
        },
        _ => ByteRange::Whole,
    }
}

/// A file, or the part of it that is wanted, or what the conditions of the request ask instead. The headers of what the
/// file is are the caller's. The tag is of the bytes, so a part of it fits to the part that was got from another replica.
pub(super) async fn file(headers: &HeaderMap, path: &Path, validators: &Validators) -> std::io::Result<Response> {
    let mut file = File::open(path).await?;
    let length = file.metadata().await?.len();
    let mut response = if let Some(response) = validators.instead(headers) {
        if response.status().is_client_error() {
            return Ok(response);
        }
        response
    } else {
        // A part of something else is of no use: then the whole is sent.
        let range = text(headers, header::RANGE.as_str()).filter(|_| validators.fits_range(headers));
        match wanted(range, length) {
            ByteRange::Whole => sized(StatusCode::OK, body(file, length), length),
            ByteRange::Part(first, last) => {
                file.seek(SeekFrom::Start(first)).await?;
                let many = last - first + 1;
                let mut response = sized(StatusCode::PARTIAL_CONTENT, body(file, many), many);
                set(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{length}"));
                response
            }
            ByteRange::Beyond => {
                let asked = repeated(range.unwrap_or_default());
                let text = Text::new("http-range-beyond").with("range", asked).with("length", length);
                let mut response = problem(StatusCode::RANGE_NOT_SATISFIABLE, text);
                set(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
                return Ok(response);
            }
        }
    };
    validators.set(&mut response);
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    Ok(response)
}

fn sized(status: StatusCode, body: Body, length: u64) -> Response {
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The next so many bytes of a file.
fn body(file: File, many: u64) -> Body {
    Body::from_stream(stream::try_unfold((file, many), |(mut file, left)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        let got = file.read(&mut chunk).await?;
        if got == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        chunk.truncate(got);
        Ok(Some((Bytes::from(chunk), (file, left - got as u64))))
    }))
}

/// Sets a header, if its value can be one.
pub(super) fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_everything_else_is_the_whole() {
        for (range, what) in [
            (None, ByteRange::Whole),
            (Some("bytes=0-0"), ByteRange::Part(0, 0)),
            (Some("bytes=10-19"), ByteRange::Part(10, 19)),
            (Some("bytes=90-"), ByteRange::Part(90, 99)),
            (Some("bytes=90-1000"), ByteRange::Part(90, 99)),
            (Some("bytes=-10"), ByteRange::Part(90, 99)),
            (Some("bytes=-1000"), ByteRange::Part(0, 99)),
            (Some("bytes=100-"), ByteRange::Beyond),
            (Some("bytes=99999999999999999999999-"), ByteRange::Beyond),
            (Some("bytes=-0"), ByteRange::Beyond),
            (Some("bytes=0-1,5-6"), ByteRange::Whole),
            (Some("bytes=9-3"), ByteRange::Whole),
            (Some("bytes=+1-3"), ByteRange::Whole),
            (Some("lines=1-3"), ByteRange::Whole),
            (Some("bytes=-"), ByteRange::Whole),
        ] {
            assert_eq!(wanted(range, 100), what, "{range:?}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), ByteRange::Beyond);
    }
}
