//! Asking for a file at an address that somebody gave.

use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use entities::FetchOutcome;
use flate2::read::MultiGzDecoder;
use icalendar::read::MAX_MIB;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use reqwest::{Client, Response, StatusCode, Url};

use crate::calendars::external::guard::AddressGuard;

/// The longest time for all of a fetch.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The longest time until somebody answers.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The most redirects that are followed.
const REDIRECTS: usize = 5;
/// The longest ETag or Last-Modified that is kept.
const LONGEST_TAG: usize = 1_000;

/// What is known of the file, so that it is only sent when it has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// ETag.
    pub etag: Option<String>,
    /// Last-Modified.
    pub last_modified: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub enum Fetched {
    /// It is as it was.
    Unchanged,
    /// The file.
    File {
        /// Its bytes.
        bytes: Vec<u8>,
        /// What the answer says about its letters.
        charset: Option<String>,
        /// What tells whether it has changed.
        tags: Tags,
    },
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed(pub FetchOutcome, pub Option<String>);

/// Asks the public internet, and nothing of the network that the server is in.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    guard: AddressGuard,
    allow_http: bool,
}

impl Fetcher {
    /// Beside the public internet, `allowed` may be asked; without TLS only where `allow_http`.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new(allow_http: bool, allowed: &[IpAddr]) -> Result<Self, String> {
        let guard = AddressGuard::new(allowed);
        let client = Client::builder()
            // Each is judged here.
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would look names up by itself.
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .user_agent(concat!("verbund/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, guard, allow_http })
    }

    /// The address as it may be asked for; `webcal` means https.
    pub fn address(&self, text: &str) -> Option<Url> {
        let text = text.trim();
        let text = match text.split_at_checked(9) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal://") => format!("https://{rest}"),
            _ => text.to_owned(),
        };
        Url::parse(&text).ok().filter(|it| self.guard.permits_url(it, self.allow_http))
    }

    /// Fetches the file at `address`, unless it is still what `known` tells.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn fetch(&self, address: &str, known: &Tags) -> Result<Fetched, Failed> {
        let all = tokio::time::timeout(TIMEOUT, self.follow(address, known)).await;
        all.unwrap_or(Err(Failed(FetchOutcome::TooSlow, None)))
    }

    async fn follow(&self, address: &str, known: &Tags) -> Result<Fetched, Failed> {
        let refused = || Failed(FetchOutcome::AddressRefused, None);
        let mut url = self.address(address).ok_or_else(refused)?;
        // Where a redirect leads is not told: only the host that was asked for.
        let host = url.host_str().map(str::to_owned);
        let failed = |error: reqwest::Error| Failed(outcome_of(&error), host.clone());
        for _ in 0..=REDIRECTS {
            let mut request = self.client.get(url.clone()).header("accept", "text/calendar, */*;q=0.1");
            if let Some(tag) = &known.etag {
                request = request.header(IF_NONE_MATCH, tag);
            }
            if let Some(at) = &known.last_modified {
                request = request.header(IF_MODIFIED_SINCE, at);
            }
            let response = request.send().await.map_err(failed)?;
            let status = response.status();
            if status == StatusCode::NOT_MODIFIED {
                return Ok(Fetched::Unchanged);
            }
            if status.is_success() {
                return body(response, failed).await;
            }
            let next = header(&response, LOCATION.as_str()).filter(|_| status.is_redirection());
            let Some(next) = next else {
                return Err(Failed(FetchOutcome::HttpStatus, Some(status.as_u16().to_string())));
            };
            let next = url.join(&next).map_err(|_| refused())?;
            if !self.guard.permits_url(&next, self.allow_http) {
                return Err(refused());
            }
            url = next;
        }
        Err(Failed(FetchOutcome::TooManyRedirects, Some(REDIRECTS.to_string())))
    }
}

async fn body(mut response: Response, failed: impl Fn(reqwest::Error) -> Failed) -> Result<Fetched, Failed> {
    let tags =
        Tags { etag: header(&response, ETAG.as_str()), last_modified: header(&response, LAST_MODIFIED.as_str()) };
    let charset = header(&response, CONTENT_TYPE.as_str()).and_then(|it| charset(&it));
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(&failed)? {
        if bytes.len() + part.len() > MAX_MIB * 1024 * 1024 {
            return Err(Failed(FetchOutcome::TooLarge, Some(MAX_MIB.to_string())));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Fetched::File { bytes: unpacked(bytes)?, charset, tags })
}

/// The file itself where the server packed it with gzip, which nobody asked for.
fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, Failed> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let (max, mut file) = (MAX_MIB * 1024 * 1024, Vec::new());
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    match MultiGzDecoder::new(bytes.as_slice()).take(limit).read_to_end(&mut file) {
        Ok(_) if file.len() > max => Err(Failed(FetchOutcome::TooLarge, Some(MAX_MIB.to_string()))),
        Ok(_) => Ok(file),
        Err(_damaged) => Err(Failed(FetchOutcome::NotACalendar, None)),
    }
}

/// The charset of a media type.
fn charset(media_type: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|it| {
        let (name, value) = it.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    Some(value.to_owned()).filter(|it| it.len() <= LONGEST_TAG)
}

/// Why nothing came. A name that means an address of the own network is answered as one that means nothing: which names
/// there are is nobody's business.
fn outcome_of(error: &reqwest::Error) -> FetchOutcome {
    if error.is_timeout() { FetchOutcome::TooSlow } else { FetchOutcome::Unreachable }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut packed).unwrap();
        packed
    }

    #[test]
    fn a_packed_file_is_unpacked_within_the_limit() {
        let file = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
        assert_eq!(unpacked(file.to_vec()).unwrap(), file);
        assert_eq!(unpacked(packed(file)).unwrap(), file);
        let large = packed(&vec![b' '; MAX_MIB * 1024 * 1024 + 1]);
        assert!(large.len() < 1024 * 1024);
        assert_eq!(unpacked(large), Err(Failed(FetchOutcome::TooLarge, Some(MAX_MIB.to_string()))));
        let cut = &packed(file)[..20];
        assert_eq!(unpacked(cut.to_vec()), Err(Failed(FetchOutcome::NotACalendar, None)));
    }

    #[test]
    fn an_answer_names_its_letters() {
        for (media_type, expected) in [
            ("text/calendar; charset=ISO-8859-1", Some("ISO-8859-1")),
            ("text/calendar;method=PUBLISH; Charset=\"utf-8\"", Some("utf-8")),
            ("text/calendar", None),
            ("text/calendar; charset", None),
        ] {
            assert_eq!(charset(media_type).as_deref(), expected, "{media_type}");
        }
    }
}
