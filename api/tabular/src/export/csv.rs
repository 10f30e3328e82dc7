//! CSV: RFC 4180, UTF-8, one header row.

use std::io;
use std::io::Write;

use crate::export::ExportWriter;
use crate::export::fields::{Field, FieldValue, fields, guarded};
use crate::model::{Column, TableRow};

/// A CSV file that is being written.
pub(super) struct Csv<W: Write> {
    fields: Vec<Field>,
    out: csv::Writer<W>,
}

impl<W: Write> Csv<W> {
    pub fn begin(columns: &[Column], out: W) -> io::Result<Self> {
        let fields = fields(columns);
        // A first cell that begins with # would be a comment to readers of CSVW.
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).comment(Some(b'#')).from_writer(out);
        out.write_record(fields.iter().map(|it| &it.name))?;
        Ok(Self { fields, out })
    }
}

impl<W: Write + Send> ExportWriter for Csv<W> {
    fn rows(&mut self, rows: &[TableRow]) -> io::Result<()> {
        for row in rows {
            for field in &self.fields {
                let told = field.of(&row[field.index]);
                match told {
                    // Symbols are a closed set; none of them is a formula.
                    FieldValue::Text(text) if !field.symbols => self.out.write_field(guarded(text).as_ref())?,
                    _ => self.out.write_field(told.text(field.decimals()))?,
                }
            }
            self.out.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}
