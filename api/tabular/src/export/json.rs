//! JSON and JSON Lines.

use std::io;
use std::io::Write;

use serde_json::json;

use crate::export::fields::{Field, FieldValue, fields};
use crate::export::{ExportMetadata, ExportWriter};
use crate::model::{Column, TableRow};

/// `{"dataset": …, "columns": […], "rows": [[…], …]}`
pub(super) struct JsonDocument<W> {
    fields: Vec<Field>,
    out: W,
    begun: bool,
}

impl<W: Write> JsonDocument<W> {
    pub fn begin(columns: &[Column], about: &ExportMetadata, mut out: W) -> io::Result<Self> {
        let fields = fields(columns);
        let dataset = json!({
            "id": about.id,
            "url": about.url,
            "title": about.title,
            "version": about.version,
            "publisher": about.publisher,
            "licence": about.licence.map(|it| it.page()),
            "attribution": about.attribution,
            "source": about.source,
            "referenceDate": about.reference_date,
            "protection": about.protection,
        });
        let columns: Vec<_> = fields
            .iter()
            .map(|it| {
                json!({
                    "name": it.name,
                    "title": it.title(),
                    "type": if it.symbols { json!("SYMBOL") } else { json!(it.column.kind) },
                    "role": it.column.role,
                    "unit": if it.symbols { None } else { it.column.unit.as_deref() },
                    "codes": it.codes().iter().map(|(code, title)| json!({"code": code, "title": title})).collect::<Vec<_>>(),
                })
            })
            .collect();
        write!(out, "{{\"dataset\":{dataset},\n\"columns\":{},\n\"rows\":[", json!(columns))?;
        Ok(Self { fields, out, begun: false })
    }
}

impl<W: Write + Send> ExportWriter for JsonDocument<W> {
    fn rows(&mut self, rows: &[TableRow]) -> io::Result<()> {
        for row in rows {
            self.out.write_all(if self.begun { b",\n[" } else { b"\n[" })?;
            self.begun = true;
            for (position, field) in self.fields.iter().enumerate() {
                if position > 0 {
                    self.out.write_all(b",")?;
                }
                value(&mut self.out, field, row)?;
            }
            self.out.write_all(b"]")?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

/// One object per row and line.
pub(super) struct JsonLines<W> {
    fields: Vec<Field>,
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub fn begin(columns: &[Column], out: W) -> Self {
        Self { fields: fields(columns), out }
    }
}

impl<W: Write + Send> ExportWriter for JsonLines<W> {
    fn rows(&mut self, rows: &[TableRow]) -> io::Result<()> {
        for row in rows {
            for (position, field) in self.fields.iter().enumerate() {
                self.out.write_all(if position == 0 { b"{" } else { b"," })?;
                serde_json::to_writer(&mut self.out, &field.name)?;
                self.out.write_all(b":")?;
                value(&mut self.out, field, row)?;
            }
            self.out.write_all(b"}\n")?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

/// A number is written with all its places: a float would not keep them.
fn value(out: &mut impl Write, field: &Field, row: &TableRow) -> io::Result<()> {
    let told = field.of(&row[field.index]);
    match told {
        FieldValue::Nothing => out.write_all(b"null"),
        FieldValue::Text(text) => Ok(serde_json::to_writer(out, text)?),
        FieldValue::Date(date) => Ok(serde_json::to_writer(out, &date)?),
        FieldValue::Number(_) | FieldValue::Boolean(_) => out.write_all(told.text(field.decimals()).as_bytes()),
    }
}
