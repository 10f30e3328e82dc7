//! From bytes to letters: gzip, encodings, and limits on what comes out.

use std::collections::VecDeque;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use encoding_rs::{
    CoderResult, Decoder, DecoderResult, ISO_8859_15, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use flate2::bufread::MultiGzDecoder;

use crate::read::profile::Encoding;

const CHUNK: usize = 64 * 1024;
/// Bytes of one row at most: a quotation mark that is not closed would take the rest of the file.
const MAX_ROW: u64 = 4 * 1024 * 1024;

/// Why no more is read; travels inside of an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// More bytes than are read.
    TooLarge,
    /// A row that does not end.
    RowTooLong,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "more bytes than are read",
            Self::RowTooLong => "a row that does not end",
        })
    }
}

impl Error for Stop {}

impl Stop {
    /// Why an error came.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref().and_then(|it| it.downcast_ref::<Self>()).copied()
    }
}

/// The bytes of a file, unpacked.
pub fn unpacked(path: &Path, max: u64, read: &Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let file = CountingReader { inner: File::open(path)?, count: Arc::clone(read) };
    let mut file = BufReader::with_capacity(CHUNK, file);
    let packed = io::BufRead::fill_buf(&mut file)?.starts_with(&[0x1f, 0x8b]);
    let inner: Box<dyn Read + Send> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Box::new(Limited { inner, left: max }))
}

/// Finds out how letters are written: by the mark at the beginning, else by whether everything is valid UTF-8.
pub fn detect(mut bytes: impl Read) -> io::Result<Encoding> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut chunk = vec![0; CHUNK];
    let mut letters = vec![0; CHUNK * 3 + 16];
    let mut first = true;
    loop {
        let read = fill(&mut bytes, &mut chunk)?;
        let input = &chunk[..read];
        if first {
            if input.starts_with(&[0xef, 0xbb, 0xbf]) {
                return Ok(Encoding::Utf8);
            }
            if input.starts_with(&[0xff, 0xfe]) || input.starts_with(&[0xfe, 0xff]) {
                return Ok(Encoding::Utf16);
            }
            first = false;
        }
        let last = read < chunk.len();
        match decoder.decode_to_utf8_without_replacement(input, &mut letters, last).0 {
            DecoderResult::Malformed(..) => return Ok(Encoding::Windows1252),
            DecoderResult::InputEmpty if last => return Ok(Encoding::Utf8),
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
    }
}

fn fill(bytes: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < chunk.len() {
        match bytes.read(&mut chunk[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Counts bytes as they are read.
struct CountingReader<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Refuses to read more than so many bytes.
pub struct Limited<R> {
    /// What is read.
    pub inner: R,
    /// So many bytes may still come.
    pub left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(Stop::TooLarge))?;
        Ok(read)
    }
}

/// Bytes in some encoding as UTF-8.
pub struct Letters {
    bytes: Box<dyn Read + Send>,
    decoder: Decoder,
    input: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    done: bool,
    watch: Watch,
}

/// What is known about letters while somebody else reads them.
#[derive(Clone, Default)]
pub struct Watch {
    /// Whether something was no letter of the encoding.
    pub malformed: Arc<AtomicBool>,
    /// Bytes since the last row ended; whoever reads rows sets it back.
    pub since_row: Arc<AtomicU64>,
    lines: Arc<Mutex<LineStarts>>,
}

impl Watch {
    /// Number of the first line that is not blank and begins at this byte of the text or behind it.
    pub fn line_at(&self, byte: u64) -> u64 {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).at(byte)
    }
}

/// Where the lines of a text begin that are not blank. A line ends with LF, CR LF or CR, as in every editor.
struct LineStarts {
    /// Byte and number of each, as far as nobody has asked for a later one.
    known: VecDeque<(u64, u64)>,
    /// Bytes seen.
    byte: u64,
    /// Number of the line that the next byte belongs to.
    line: u64,
    begins: bool,
    after_cr: bool,
}

impl Default for LineStarts {
    fn default() -> Self {
        Self { known: VecDeque::new(), byte: 0, line: 1, begins: true, after_cr: false }
    }
}

impl LineStarts {
    fn see(&mut self, bytes: &[u8]) {
        for (byte, letter) in (self.byte..).zip(bytes) {
            match letter {
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => {
                    self.line += 1;
                    self.begins = true;
                }
                _ if self.begins => {
                    self.known.push_back((byte, self.line));
                    self.begins = false;
                }
                _ => {}
            }
            self.after_cr = *letter == b'\r';
        }
        self.byte += bytes.len() as u64;
    }

    fn at(&mut self, byte: u64) -> u64 {
        while self.known.front().is_some_and(|(start, _)| *start < byte) {
            self.known.pop_front();
        }
        self.known.front().map_or(self.line, |(_, line)| *line)
    }
}

impl Letters {
    /// Reads `bytes` in an encoding other than [`Encoding::Auto`], which is taken for UTF-8.
    pub fn new(bytes: Box<dyn Read + Send>, encoding: Encoding, watch: &Watch) -> io::Result<Self> {
        let mut bytes = bytes;
        let mut mark = [0; 2];
        let read = fill(&mut bytes, &mut mark)?;
        let decoder = match encoding {
            Encoding::Auto | Encoding::Utf8 => UTF_8.new_decoder_with_bom_removal(),
            Encoding::Utf16 if mark == [0xfe, 0xff] => UTF_16BE.new_decoder_with_bom_removal(),
            Encoding::Utf16 => UTF_16LE.new_decoder_with_bom_removal(),
            Encoding::Windows1252 => WINDOWS_1252.new_decoder_without_bom_handling(),
            Encoding::Iso885915 => ISO_8859_15.new_decoder_without_bom_handling(),
            Encoding::Macintosh => MACINTOSH.new_decoder_without_bom_handling(),
        };
        let mut input = vec![0; CHUNK];
        input[..read].copy_from_slice(&mark[..read]);
        Ok(Self { bytes, decoder, input, start: 0, end: read, ended: false, done: false, watch: watch.clone() })
    }
}

impl Read for Letters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.len() < 8 {
            return Err(io::Error::other("buffer too small for a letter"));
        }
        while !self.done {
            if self.start == self.end && !self.ended {
                self.start = 0;
                self.end = self.bytes.read(&mut self.input)?;
                self.ended = self.end == 0;
            }
            let input = &self.input[self.start..self.end];
            let (result, read, written, malformed) = self.decoder.decode_to_utf8(input, buffer, self.ended);
            self.start += read;
            if malformed {
                self.watch.malformed.store(true, Ordering::Relaxed);
            }
            self.done = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                self.watch.lines.lock().unwrap_or_else(PoisonError::into_inner).see(&buffer[..written]);
                let since = self.watch.since_row.fetch_add(written as u64, Ordering::Relaxed);
                if since > MAX_ROW {
                    return Err(io::Error::other(Stop::RowTooLong));
                }
                return Ok(written);
            }
        }
        Ok(0)
    }
}
